import { aggregateFunctions, scalarFunctions, tableFunctions } from './allowed-functions.ts'

export interface CheckedSql {
  readonly problems: readonly {
    readonly code: 'sql.invalid' | 'sql.notAllowed' | 'expression.notScalar'
    readonly detail: string
    /** As DuckDB counts; `placeOfProblem` gives UTF-16 units. */
    readonly position?: number
  }[]
  /** Names of the functions it calls, lower case. */
  readonly functions: readonly string[]
  readonly columns: readonly string[]
  readonly tables: readonly string[]
}

type Tree = Readonly<Record<string, unknown>>

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** DuckDB gives the largest unsigned number where it knows no place. */
function positionOf(tree: Tree): number | undefined {
  const position = tree['query_location']
  return typeof position === 'number' && position < 1e9 ? position : undefined
}

/** Types that a value must not be cast to: conversions to them have crashed the process. */
const forbiddenTypes = new Set(['VARIANT'])

class Checker {
  readonly problems: CheckedSql['problems'][number][] = []
  readonly functions = new Set<string>()
  readonly columns = new Set<string>()
  readonly tables = new Set<string>()
  readonly #scalarOnly: boolean
  readonly #allowedTables: Set<string>

  constructor(scalarOnly: boolean, tables: readonly string[]) {
    this.#scalarOnly = scalarOnly
    this.#allowedTables = new Set(tables.map((name) => name.toLowerCase()))
  }

  refuse(code: CheckedSql['problems'][number]['code'], detail: string, tree?: Tree): void {
    this.problems.push({ code, detail, position: tree && positionOf(tree) })
  }

  /** The statements of a serialized text; refuses a text that is not exactly one SELECT. */
  statement(serialized: string): Tree | undefined {
    const parsed: unknown = JSON.parse(serialized)
    if (!isTree(parsed)) return undefined
    if (parsed['error'] === true) {
      const position = Number(parsed['position'])
      const detail = textOf(parsed['error_message'])
      this.problems.push({
        code: 'sql.invalid',
        detail,
        position: Number.isFinite(position) ? position : undefined,
      })
      return undefined
    }
    const statements = Array.isArray(parsed['statements']) ? parsed['statements'] : []
    const [first] = statements
    if (statements.length !== 1 || !isTree(first)) {
      this.refuse(this.#scalarOnly ? 'expression.notScalar' : 'sql.notAllowed', 'more than one statement')
      return undefined
    }
    return first
  }

  walk(value: unknown): void {
    if (Array.isArray(value)) {
      for (const item of value) this.walk(item)
      return
    }
    if (!isTree(value)) return
    this.#addCtes(value)
    this.#checkClass(value)
    this.#checkTable(value)
    for (const child of Object.values(value)) this.walk(child)
  }

  /** Names that a WITH brings are tables for what it belongs to. */
  #addCtes(tree: Tree): void {
    const map = isTree(tree['cte_map']) ? tree['cte_map']['map'] : undefined
    if (!Array.isArray(map)) return
    for (const entry of map) if (isTree(entry)) this.#allowedTables.add(textOf(entry['key']).toLowerCase())
  }

  #checkClass(tree: Tree): void {
    const { class: kind } = tree
    if (kind === 'FUNCTION' || kind === 'WINDOW') this.#checkFunction(tree, kind)
    else if (kind === 'COLUMN_REF') {
      const names = Array.isArray(tree['column_names']) ? tree['column_names'] : []
      this.columns.add(textOf(names.at(-1)))
    } else if (kind === 'SUBQUERY' && this.#scalarOnly)
      this.refuse('expression.notScalar', 'a subquery', tree)
    else if (kind === 'STAR' && this.#scalarOnly) this.refuse('expression.notScalar', '*', tree)
    else if (kind === 'PARAMETER') this.refuse('sql.notAllowed', '$ or ?', tree)
    else if (
      kind === 'CAST' &&
      isTree(tree['cast_type']) &&
      forbiddenTypes.has(textOf(tree['cast_type']['id']))
    )
      this.refuse('sql.notAllowed', textOf(tree['cast_type']['id']), tree)
  }

  #checkFunction(tree: Tree, kind: 'FUNCTION' | 'WINDOW'): void {
    const name = textOf(tree['function_name']).toLowerCase()
    this.functions.add(name)
    if (kind === 'WINDOW') {
      if (this.#scalarOnly) this.refuse('expression.notScalar', `the window function ${name}`, tree)
      else if (!windowFunctions.has(name) && !aggregateFunctions.has(name))
        this.refuse('sql.notAllowed', name, tree)
      return
    }
    // DuckDB's grammar puts what SQL spells specially (TRIM, EXTRACT, lists) into `main` by itself.
    const isBuiltIn = ['', 'main'].includes(textOf(tree['schema'])) && textOf(tree['catalog']) === ''
    if (!isBuiltIn) this.refuse('sql.notAllowed', name, tree)
    else if (scalarFunctions.has(name)) return
    else if (aggregateFunctions.has(name)) {
      if (this.#scalarOnly) this.refuse('expression.notScalar', `the aggregate ${name}`, tree)
    } else if (!(tableFunctions.has(name) && !this.#scalarOnly)) this.refuse('sql.notAllowed', name, tree)
  }

  #checkTable(tree: Tree): void {
    const { type } = tree
    if (type === 'BASE_TABLE') {
      const name = textOf(tree['table_name'])
      this.tables.add(name)
      const qualified = textOf(tree['schema_name']) !== '' || textOf(tree['catalog_name']) !== ''
      if (qualified || !this.#allowedTables.has(name.toLowerCase()))
        this.refuse('sql.notAllowed', `the table ${name}`, tree)
    } else if (type === 'TABLE_FUNCTION' && isTree(tree['function'])) {
      const name = textOf(tree['function']['function_name']).toLowerCase()
      if (!tableFunctions.has(name)) this.refuse('sql.notAllowed', name, tree)
    } else if (typeof type === 'string' && unusualTables.has(type))
      this.refuse('sql.notAllowed', type.toLowerCase(), tree)
  }

  result(): CheckedSql {
    return {
      problems: this.problems,
      functions: [...this.functions],
      columns: [...this.columns],
      tables: [...this.tables],
    }
  }
}

const windowFunctions = new Set(
  'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value fill'.split(
    ' ',
  ),
)

/** Sources of rows other than tables, functions, joins, subqueries and VALUES. */
const unusualTables = new Set(['SHOW_REF', 'COLUMN_DATA', 'DELIM_GET', 'BOUND_TABLE_REF'])

/**
 * Checks DuckDB's own parse tree (`json_serialize_sql`) of one SELECT: it may read only `tables` and
 * what it names itself in WITH, and call only allowed functions.
 */
export function checkSelect(serialized: string, tables: readonly string[]): CheckedSql {
  const checker = new Checker(false, tables)
  checker.walk(checker.statement(serialized))
  return checker.result()
}

/** The same for `SELECT (EXPRESSION)`: it must be one scalar expression over the columns of a row. */
export function checkScalar(serialized: string): CheckedSql {
  const checker = new Checker(true, [])
  const statement = checker.statement(serialized)
  const node = isTree(statement?.['node']) ? statement['node'] : undefined
  if (node) {
    const items = Array.isArray(node['select_list']) ? node['select_list'] : []
    const from = isTree(node['from_table']) ? node['from_table']['type'] : undefined
    const modifiers = Array.isArray(node['modifiers']) ? node['modifiers'] : []
    const extra = [node['where_clause'], node['having'], node['qualify'], node['sample']].some(
      (part) => part !== null && part !== undefined,
    )
    if (
      node['type'] !== 'SELECT_NODE' ||
      items.length !== 1 ||
      from !== 'EMPTY' ||
      modifiers.length > 0 ||
      extra
    )
      checker.refuse('expression.notScalar', 'a whole query')
  }
  checker.walk(statement)
  return checker.result()
}
