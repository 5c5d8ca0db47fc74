import { isTree, positionOf, type Tree, textOf, treesOf } from './parse-tree.ts'

/** A relation that a query may read: its name there, and its columns. */
export interface KnownTable {
  readonly name: string
  readonly columns: readonly string[]
}

/** A column of a known table, by the spelling it has there. */
export interface TableColumn {
  readonly table: string
  readonly column: string
}

export interface OutputColumn {
  /** Undefined where DuckDB makes a name out of the expression. */
  readonly name: string | undefined
  /** Every column whose value goes into it. */
  readonly origins: ReadonlySet<TableColumn>
  /** The column of which it is an unchanged copy. */
  readonly copyOf: TableColumn | undefined
  /** The column whose name it has, so that it is renamed with it. */
  readonly namedAfter: TableColumn | undefined
}

/** A place in the text that names a column. */
export interface NamedColumn {
  readonly column: TableColumn
  /** Byte offset of the dotted name; undefined where the parser keeps none (USING, EXCLUDE …). */
  readonly position: number | undefined
  /** The parts of the dotted name, and which of them is the column. */
  readonly parts: readonly string[]
  readonly part: number
}

export interface QueryColumns {
  readonly outputs: readonly OutputColumn[]
  readonly named: readonly NamedColumn[]
  /** Columns that are read in a way that hides which names it depends on (`COLUMNS('…')`, a whole row). */
  readonly hidden: ReadonlySet<TableColumn>
  /** Texts among its constants, in order. */
  readonly texts: readonly string[]
}

interface Relation {
  readonly name: string
  readonly columns: readonly OutputColumn[]
}

interface Scope {
  readonly relations: readonly Relation[]
  /** Output columns that may be called by their alias, and whether that comes before the relations. */
  readonly aliases: readonly OutputColumn[]
  readonly aliasesFirst: boolean
  /** Parameters of lambdas. */
  readonly parameters: readonly string[]
  readonly outer: Scope | undefined
}

type Tables = ReadonlyMap<string, readonly OutputColumn[]>

const none: ReadonlySet<TableColumn> = new Set()
const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase()
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const merged = (sets: readonly ReadonlySet<TableColumn>[]): ReadonlySet<TableColumn> =>
  new Set(sets.flatMap((set) => [...set]))

function columnsOf({ name, columns }: KnownTable): OutputColumn[] {
  return columns.map((column) => {
    const self: TableColumn = { table: name, column }
    return { name: column, origins: new Set([self]), copyOf: self, namedAfter: self }
  })
}

/**
 * Which columns of `tables` a SELECT reads, where it names them, and what its output columns are made
 * of. `statement`: the first of `json_serialize_sql`. With `row`, its columns can be named without
 * FROM, as in `SELECT (EXPRESSION)`.
 */
export function queryColumns(
  statement: Tree,
  tables: readonly KnownTable[],
  row: KnownTable | undefined,
): QueryColumns {
  const resolver = new Resolver()
  const known: Tables = new Map(tables.map((table) => [table.name.toLowerCase(), columnsOf(table)]))
  const outer: Scope | undefined = row && {
    relations: [{ name: row.name, columns: columnsOf(row) }],
    aliases: [],
    aliasesFirst: false,
    parameters: [],
    outer: undefined,
  }
  const node = statement['node']
  const outputs = isTree(node) ? resolver.query(node, known, outer) : []
  return { outputs, named: resolver.named, hidden: resolver.hidden, texts: resolver.texts }
}

class Resolver {
  readonly named: NamedColumn[] = []
  readonly hidden = new Set<TableColumn>()
  readonly texts: string[] = []

  query(node: Tree, known: Tables, outer: Scope | undefined): readonly OutputColumn[] {
    const tables = new Map(known)
    const ctes = isTree(node['cte_map']) ? node['cte_map']['map'] : []
    for (const entry of treesOf(ctes)) {
      const value = isTree(entry['value']) ? entry['value'] : {}
      const body = isTree(value['query']) ? value['query']['node'] : undefined
      if (!isTree(body)) continue
      const columns = this.query(body, tables, outer)
      tables.set(textOf(entry['key']).toLowerCase(), renamed(columns, value['aliases']))
    }
    if (node['type'] === 'SELECT_NODE') return this.#select(node, tables, outer)
    const [left, right] = [node['left'], node['right']]
    if (!isTree(left) || !isTree(right)) return []
    const first = this.query(left, tables, outer)
    if (node['type'] === 'RECURSIVE_CTE_NODE')
      tables.set(textOf(node['cte_name']).toLowerCase(), renamed(first, node['aliases']))
    const second = this.query(right, tables, outer)
    const columns = node['setop_type'] === 'UNION_BY_NAME' ? byName(first, second) : byPlace(first, second)
    this.#modifiers(
      node,
      { relations: [], aliases: columns, aliasesFirst: true, parameters: [], outer },
      tables,
    )
    return columns
  }

  #select(node: Tree, tables: Tables, outer: Scope | undefined): readonly OutputColumn[] {
    const relations: Relation[] = []
    const scope = { relations, aliases: [], aliasesFirst: false, parameters: [], outer }
    if (isTree(node['from_table'])) this.#from(node['from_table'], relations, scope, tables)
    const columns: OutputColumn[] = []
    for (const item of treesOf(node['select_list']))
      columns.push(...this.#item(item, { ...scope, aliases: columns }, tables))
    const later: Scope = { ...scope, aliases: columns }
    for (const part of ['where_clause', 'group_expressions', 'having', 'qualify', 'sample'])
      this.expression(node[part], later, tables)
    this.#modifiers(node, { ...later, aliasesFirst: true }, tables)
    return columns
  }

  #modifiers(node: Tree, scope: Scope, tables: Tables): void {
    this.expression(node['modifiers'], scope, tables)
  }

  #item(item: Tree, scope: Scope, tables: Tables): OutputColumn[] {
    if (item['class'] === 'STAR') return this.#star(item, scope, tables)
    const origins = this.expression(item, scope, tables)
    const alias = textOf(item['alias'])
    const plain = item['class'] === 'COLUMN_REF' ? find(namesOf(item), scope) : undefined
    const whole = plain && plain.part === namesOf(item).length - 1 ? plain.column : undefined
    const name = alias === '' ? (whole?.name ?? (plain ? namesOf(item).at(-1) : undefined)) : alias
    const namedAfter = alias === '' ? whole?.namedAfter : undefined
    return [{ name, origins, copyOf: whole?.copyOf, namedAfter }]
  }

  #star(item: Tree, scope: Scope, tables: Tables): OutputColumn[] {
    const relation = textOf(item['relation_name'])
    const all = scope.relations
      .filter(({ name }) => relation === '' || same(name, relation))
      .flatMap(({ columns }) => columns)
    // What a pattern or a function over column names picks can only be told by running it.
    if (item['columns'] === true || isTree(item['expr']))
      for (const origin of merged(all.map(({ origins }) => origins))) this.hidden.add(origin)
    const excluded = [
      ...list(item['exclude_list']).map(textOf),
      ...treesOf(item['qualified_exclude_list']).map((entry) => textOf(entry['column'])),
    ]
    const replaced = treesOf(item['replace_list'])
    const renamings = treesOf(item['rename_list']).map((entry) => ({
      from: isTree(entry['key']) ? textOf(entry['key']['column']) : '',
      to: textOf(entry['value']),
    }))
    for (const name of [
      ...excluded,
      ...replaced.map((entry) => textOf(entry['key'])),
      ...renamings.map(({ from }) => from),
    ])
      this.#unplaced(name, all)
    return all
      .filter(({ name }) => !excluded.some((other) => same(name, other)))
      .map((column) => {
        const replacement = replaced.find((entry) => same(column.name, textOf(entry['key'])))
        if (replacement)
          return {
            ...column,
            origins: this.expression(replacement['value'], scope, tables),
            copyOf: undefined,
          }
        const renaming = renamings.find(({ from }) => same(column.name, from))
        return renaming ? { ...column, name: renaming.to, namedAfter: undefined } : column
      })
  }

  /** A name that the parse tree keeps without its place. */
  #unplaced(name: string, columns: readonly OutputColumn[]): void {
    for (const { namedAfter } of columns.filter((column) => same(column.name, name)))
      if (namedAfter) this.named.push({ column: namedAfter, position: undefined, parts: [name], part: 0 })
  }

  #from(table: Tree, relations: Relation[], scope: Scope, tables: Tables): void {
    const alias = textOf(table['alias'])
    const add = (name: string, columns: readonly OutputColumn[]) =>
      relations.push({ name: alias || name, columns: renamed(columns, table['column_name_alias']) })
    if (table['type'] === 'BASE_TABLE') {
      const name = textOf(table['table_name'])
      add(name, tables.get(name.toLowerCase()) ?? [])
    } else if (table['type'] === 'SUBQUERY') {
      const body = isTree(table['subquery']) ? table['subquery']['node'] : undefined
      // A subquery in FROM may be lateral: it sees the relations before it.
      add('', isTree(body) ? this.query(body, tables, { ...scope, relations: [...relations] }) : [])
    } else if (table['type'] === 'JOIN') this.#join(table, relations, scope, tables)
    else {
      const origins = this.expression({ ...table, column_name_alias: [] }, scope, tables)
      const names = list(table['column_name_alias']).map(textOf)
      const derived = (name: string | undefined): OutputColumn => ({
        name,
        origins,
        copyOf: undefined,
        namedAfter: undefined,
      })
      if (table['type'] !== 'EMPTY')
        relations.push({ name: alias, columns: names.length > 0 ? names.map(derived) : [derived(undefined)] })
    }
  }

  #join(table: Tree, relations: Relation[], scope: Scope, tables: Tables): void {
    const before = relations.length
    if (isTree(table['left'])) this.#from(table['left'], relations, scope, tables)
    const middle = relations.length
    if (isTree(table['right'])) this.#from(table['right'], relations, scope, tables)
    this.expression(table['condition'], { ...scope, relations: relations.slice(before) }, tables)
    const left = relations.slice(before, middle).flatMap(({ columns }) => columns)
    const right = relations.slice(middle).flatMap(({ columns }) => columns)
    const shared =
      table['ref_type'] === 'NATURAL'
        ? left.flatMap(({ name }) => (name && right.some((other) => same(other.name, name)) ? [name] : []))
        : list(table['using_columns']).map(textOf)
    for (const name of shared) {
      this.#unplaced(name, left)
      this.#unplaced(name, right)
      // The column that both sides share stands once in `*`.
      for (let index = middle; index < relations.length; index += 1) {
        const relation = relations[index]
        if (relation)
          relations[index] = {
            ...relation,
            columns: relation.columns.filter((column) => !same(column.name, name)),
          }
      }
    }
    if (table['ref_type'] === 'NATURAL')
      for (const origin of merged([...left, ...right].map(({ origins }) => origins))) this.hidden.add(origin)
  }

  /** Notes what an expression names; the columns whose values go into it. */
  expression(value: unknown, scope: Scope, tables: Tables): ReadonlySet<TableColumn> {
    if (Array.isArray(value)) return merged(value.map((item) => this.expression(item, scope, tables)))
    if (!isTree(value)) return none
    if (value['class'] === 'COLUMN_REF') return this.#reference(value, scope)
    if (value['class'] === 'FUNCTION' && lambdaFunctions.has(textOf(value['function_name']).toLowerCase()))
      return merged(
        treesOf(value['children']).map((child) =>
          child['class'] === 'LAMBDA'
            ? this.#lambda(child, scope, tables)
            : this.expression(child, scope, tables),
        ),
      )
    if (value['class'] === 'CONSTANT') return this.#constant(value)
    if (value['class'] === 'STAR') {
      const columns = this.#star(value, scope, tables)
      const origins = merged(columns.map((column) => column.origins))
      for (const origin of origins) this.hidden.add(origin)
      return origins
    }
    const body =
      value['class'] === 'SUBQUERY' && isTree(value['subquery']) ? value['subquery']['node'] : undefined
    if (isTree(body)) {
      const columns = this.query(body, tables, scope)
      return merged([
        ...columns.map(({ origins }) => origins),
        this.expression(value['child'], scope, tables),
      ])
    }
    return merged(Object.values(value).map((child) => this.expression(child, scope, tables)))
  }

  #constant(tree: Tree): ReadonlySet<TableColumn> {
    const value = isTree(tree['value']) ? tree['value']['value'] : undefined
    if (typeof value === 'string') this.texts.push(value)
    return none
  }

  #lambda(tree: Tree, scope: Scope, tables: Tables): ReadonlySet<TableColumn> {
    const parameters = parametersOf(tree['lhs'])
    return this.expression(
      tree['expr'],
      { ...scope, parameters: [...scope.parameters, ...parameters] },
      tables,
    )
  }

  #reference(tree: Tree, scope: Scope): ReadonlySet<TableColumn> {
    const parts = namesOf(tree)
    const found = find(parts, scope)
    if (!found) {
      const row = relationNamed(parts[0] ?? '', scope)
      const origins = merged((row?.columns ?? []).map((column) => column.origins))
      for (const origin of origins) this.hidden.add(origin)
      return origins
    }
    const { column, part } = found
    if (column.namedAfter)
      this.named.push({ column: column.namedAfter, position: positionOf(tree), parts, part })
    return column.origins
  }
}

/** Elsewhere `a -> b` is JSON extraction, whose left side is a column and no parameter. */
const lambdaFunctions = new Set(
  ['transform', 'apply', 'filter', 'reduce'].flatMap((name) => [name, `list_${name}`, `array_${name}`]),
)

const namesOf = (tree: Tree): string[] => list(tree['column_names']).map(textOf)

function parametersOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(parametersOf)
  if (!isTree(value)) return []
  if (value['class'] === 'COLUMN_REF') return namesOf(value)
  return Object.values(value).flatMap(parametersOf)
}

function relationNamed(name: string, scope: Scope | undefined): Relation | undefined {
  if (!scope) return undefined
  return scope.relations.find((relation) => same(relation.name, name)) ?? relationNamed(name, scope.outer)
}

/** What a dotted name stands for, nearest scope first: a column, or one behind a relation’s name. */
function find(
  parts: readonly string[],
  scope: Scope | undefined,
): { column: OutputColumn; part: number } | undefined {
  const [first = '', second] = parts
  if (!scope || scope.parameters.some((name) => same(name, first))) return undefined
  if (second !== undefined)
    for (const relation of scope.relations.filter(({ name }) => same(name, first))) {
      const column = relation.columns.find(({ name }) => same(name, second))
      if (column) return { column, part: 1 }
    }
  const inRelations = scope.relations.flatMap(({ columns }) => columns)
  const places = scope.aliasesFirst ? [scope.aliases, inRelations] : [inRelations, scope.aliases]
  for (const columns of places) {
    const column = columns.find(({ name }) => same(name, first))
    if (column) return { column, part: 0 }
  }
  return find(parts, scope.outer)
}

/** Columns under the names that an alias list gives them. */
function renamed(columns: readonly OutputColumn[], aliases: unknown): readonly OutputColumn[] {
  const names = list(aliases).map(textOf)
  return columns.map((column, index) => {
    const name = names[index]
    return name === undefined ? column : { ...column, name, namedAfter: undefined }
  })
}

function together(a: OutputColumn, b: OutputColumn | undefined): OutputColumn {
  return b ? { ...a, origins: merged([a.origins, b.origins]), copyOf: undefined } : a
}

const byPlace = (left: readonly OutputColumn[], right: readonly OutputColumn[]): OutputColumn[] =>
  left.map((column, index) => together(column, right[index]))

function byName(left: readonly OutputColumn[], right: readonly OutputColumn[]): OutputColumn[] {
  const pairOf = (column: OutputColumn, others: readonly OutputColumn[]) =>
    others.find(({ name }) => name !== undefined && same(column.name, name))
  return [
    ...left.map((column) => together(column, pairOf(column, right))),
    ...right.filter((column) => !pairOf(column, left)),
  ]
}
