import { createHash } from 'node:crypto'
import type { InferredNode } from '../graph/infer.ts'
import type { Column, PinnedRows } from '../model/index.ts'
import { ProblemError } from '../problems/index.ts'
import type { Input } from '../spec/index.ts'
import { empty, identifier, join, literal, type Sql, sql, typeText } from '../sql/index.ts'
import type { ColumnProfile, Evaluation, PreviewRequest } from './engine.ts'
import { profileOf } from './profile.ts'
import { rejectsPortSelect } from './relations.ts'
import { type ComparisonPage, compareRows, type RowComparison } from './row-comparison.ts'
import type { SourceSample } from './samples.ts'
import type { Session } from './session.ts'
import { toSqlFault } from './sql-fault.ts'
import { problemOf } from './system-problems.ts'

/** Rows that the table of a port may have; only a join of samples comes near. */
const mostRows = 100_000
/** Tables that are kept; the one used longest ago goes first. */
const capacity = 300

/** Hidden columns: the number of a row at its port, and the number of the input row that it comes from. */
const [line, from] = [sql`"__mr_line"`, sql`"__mr_from"`]
const carry = sql`, "__mr_file", "__mr_line"`

/** The rows of a port over the samples, in a table. */
export interface PortTable {
  readonly key: string
  readonly table: Sql
  readonly columns: readonly Column[]
  readonly rows: number
  /** The table of the input whose rows these still are; undefined where rows cannot be followed. */
  readonly origin: PortTable | undefined
  profile?: Promise<readonly ColumnProfile[]>
}

/** What a source offers: a sample of what it reads, or rows that a person wrote down. */
export type SourceRows = { readonly sample: SourceSample } | { readonly pinned: PinnedRows }

/**
 * The rows behind the screen: every port that is looked at becomes a table over the tables of its
 * inputs, kept by what it depends on. After an edit only what lies between the edit and the port
 * that is looked at is computed. The statements are those that a run executes.
 */
export class Workbench {
  readonly #session: Session
  readonly #tables = new Map<string, Promise<PortTable>>()
  #next = 1

  constructor(session: Session) {
    this.#session = session
  }

  /** The table of an output port. Throws the located problem of the node that fails. */
  async port(
    node: InferredNode,
    port: string,
    nodes: ReadonlyMap<string, InferredNode>,
    sources: ReadonlyMap<string, SourceRows>,
  ): Promise<PortTable> {
    const source = sources.get(node.node.id)
    if (source) return this.#source(node, port, source)
    const inputs = new Map<string, readonly PortTable[]>()
    for (const { name } of node.kind.inputs(node.settings)) {
      const tables: PortTable[] = []
      for (const edge of node.incoming.get(name) ?? []) {
        const upstream = nodes.get(edge.from.node)
        if (!upstream) throw new Error(`nothing is known of ${edge.from.node}`)
        tables.push(await this.port(upstream, edge.from.port, nodes, sources))
      }
      inputs.set(name, tables)
    }
    const keys = [...inputs].map(([name, tables]) => [name, tables.map(({ key }) => key)])
    return this.#keep([node.kind.kind, node.settings, keys, port], node.node.id, (table) =>
      this.#compute(node, port, inputs, table),
    )
  }

  #source(node: InferredNode, port: string, source: SourceRows): Promise<PortTable> {
    const about = 'sample' in source ? source.sample.key : source.pinned
    return this.#keep([about, port], node.node.id, async (table) => {
      const columns = node.columns[port] ?? []
      const select =
        'pinned' in source
          ? port === 'out'
            ? pinnedSelect(source.pinned)
            : sql`SELECT * FROM (${nothing(columns)})`
          : sql`SELECT * FROM read_parquet(${await source.sample.port(port === 'rejects' ? 'rejects' : 'out')})`
      const rows = await this.#create(table, sql`SELECT *, row_number() OVER () AS ${line} FROM (${select})`)
      return { columns, rows, origin: undefined }
    })
  }

  async #compute(
    node: InferredNode,
    port: string,
    inputs: ReadonlyMap<string, readonly PortTable[]>,
    table: Sql,
  ): Promise<Omit<PortTable, 'key' | 'table'>> {
    const { kind } = node
    if (kind.role !== 'operator') throw new Error(`${kind.kind} has no output`)
    const first = kind.inputs(node.settings)[0]?.name ?? 'in'
    const [origin, ...more] = inputs.get(first) ?? []
    // Rejected rows are rows of the first input, whatever becomes of the others.
    const canFollow = origin !== undefined && more.length === 0
    const follows = canFollow && (port === 'rejects' || kind.operator.spec.provenance === 'keep')
    const relations: Record<string, readonly Input[]> = {}
    for (const [name, tables] of inputs)
      relations[name] = tables.map((each) => {
        const visible = join(each.columns.map((column) => identifier(column.name)))
        const hidden = follows && name === first ? sql`, '' AS "__mr_file", ${line}` : empty
        return { relation: sql`(SELECT ${visible}${hidden} FROM ${each.table})`, columns: each.columns }
      })
    const compiled = kind.operator.compile({
      settings: node.settings,
      inputs: relations,
      carry: follows ? carry : empty,
      report: () => {},
    })
    const columns = node.columns[port] ?? []
    const select =
      port === 'rejects'
        ? rejectsPortSelect(origin?.columns ?? [], compiled.rejects, follows ? carry : empty)
        : compiled.outputs[port]
    if (!select) throw new Error(`no statement for ${node.node.id}.${port}`)
    const visible = join(columns.map((column) => identifier(column.name)))
    const isFollowed = follows && (port !== 'rejects' || compiled.rejects !== undefined)
    const place = isFollowed ? sql`, ${line} AS ${from}` : empty
    const rows = await this.#create(
      table,
      sql`SELECT ${visible}${place}, row_number() OVER () AS ${line} FROM (${select}) LIMIT ${mostRows}`,
    )
    return { columns, rows, origin: isFollowed ? origin : undefined }
  }

  #create(table: Sql, select: Sql): Promise<number> {
    return this.#session.execute(sql`CREATE TEMP TABLE ${table} AS ${select}`)
  }

  async #keep(
    about: readonly unknown[],
    nodeId: string | undefined,
    make: (table: Sql) => Promise<Omit<PortTable, 'key' | 'table'>>,
  ): Promise<PortTable> {
    const key = createHash('sha256').update(JSON.stringify(about)).digest('base64')
    const kept = this.#tables.get(key)
    this.#tables.delete(key)
    const table = identifier(`port ${this.#next++}`)
    const made: Promise<PortTable> =
      kept ??
      make(table).then(
        (found) => ({ key, table, ...found }),
        (error: unknown) => {
          throw new ProblemError(problemOf(error, nodeId))
        },
      )
    this.#tables.set(key, made)
    made.catch(() => this.#tables.delete(key))
    const [oldest] = this.#tables.entries()
    if (this.#tables.size > capacity && oldest) {
      this.#tables.delete(oldest[0])
      const { table: old } = await oldest[1]
      await this.#session.run(sql`DROP TABLE IF EXISTS ${old}`)
    }
    return made
  }

  profile(port: PortTable): Promise<readonly ColumnProfile[]> {
    port.profile ??= profileOf(this.#session, port.table, port.columns)
    return port.profile
  }

  /** A page of a port's rows, each cell as DuckDB prints it, with the columns that changed in each. */
  async page(
    { table, columns, origin }: PortTable,
    {
      limit,
      offset = 0,
      sort,
      search = '',
      changedOnly = false,
    }: Pick<PreviewRequest, 'limit' | 'offset' | 'sort' | 'search' | 'changedOnly'>,
  ): Promise<{
    rows: (string | null)[][]
    changed: string[][] | null
    matching: number
  }> {
    const texts = columns.map(({ name }) => sql`CAST(o.${identifier(name)} AS VARCHAR)`)
    const changes = origin && changesBetween(columns, origin.columns)
    const joined = origin
      ? sql`${table} AS o LEFT JOIN ${origin.table} AS i ON o.${from} = i.${line}`
      : sql`${table} AS o`
    const conditions: Sql[] = []
    if (search !== '')
      conditions.push(sql`contains(lower(concat_ws(chr(31), ${join(texts)})), lower(${search}))`)
    if (changedOnly && changes) conditions.push(sql`len(${changes}) > 0`)
    const where = conditions.length === 0 ? empty : sql` WHERE ${join(conditions, ' AND ')}`
    const sorted = columns.find(({ name }) => name === sort?.column)
    const direction = sort?.descending ? sql`DESC` : sql`ASC`
    const by = sorted ? sql`o.${identifier(sorted.name)} ${direction} NULLS LAST, ` : empty
    const list = join([...texts, changes ? sql`array_to_string(${changes}, chr(31))` : sql`NULL`])
    const result = await this.#session.run(
      sql`SELECT ${list} FROM ${joined}${where} ORDER BY ${by}o.${line} LIMIT ${limit} OFFSET ${offset}`,
    )
    const cells = (await result.getRowsJson()).map((row) =>
      row.map((cell) => (cell === null || cell === undefined ? null : String(cell))),
    )
    return {
      rows: cells.map((row) => row.slice(0, -1)),
      changed: changes ? cells.map((row) => row.at(-1)?.split('\u001f').filter(Boolean) ?? []) : null,
      matching: await this.#session.count(sql`SELECT count(*) FROM ${joined}${where}`),
    }
  }

  /** Rows that were written down, as a table. */
  written(rows: PinnedRows): Promise<PortTable> {
    return this.#keep(['written', rows], undefined, async (table) => ({
      columns: rows.columns,
      rows: await this.#create(
        table,
        sql`SELECT *, row_number() OVER () AS ${line} FROM (${pinnedSelect(rows)})`,
      ),
      origin: undefined,
    }))
  }

  /** The rows in which two ports differ. */
  compare(before: PortTable, after: PortTable, page: ComparisonPage): Promise<RowComparison> {
    return compareRows(this.#session, before, after, page)
  }

  /** The values of an expression over the first rows; a row that has none says why. */
  async values({ table, columns }: PortTable, value: Sql, limit: number): Promise<Evaluation['rows']> {
    const visible = join(columns.map(({ name }) => identifier(name)))
    const texts = columns.map(({ name }) => sql`CAST(${identifier(name)} AS VARCHAR)`)
    const rowsOf = async (list: readonly Sql[], rows: Sql) => {
      const result = await this.#session.run(
        sql`SELECT ${join(list)} FROM (SELECT ${visible} FROM ${table} ${rows})`,
      )
      return (await result.getRowsJson()).map((row) =>
        row.map((cell) => (cell === null ? null : String(cell))),
      )
    }
    const first = sql`ORDER BY ${line} LIMIT ${limit}`
    const text = sql`CAST(${value} AS VARCHAR)`
    try {
      const rows = await rowsOf([...texts, text], first)
      return rows.map((row) => ({ cells: row.slice(0, -1), value: row.at(-1) ?? null, fault: null }))
    } catch {
      // Some row has no value: each is asked by itself.
      const rows: Evaluation['rows'][number][] = []
      for (const [index, cells] of (await rowsOf(texts, first)).entries()) {
        const own = sql`WHERE ${line} = ${index + 1}`
        const found = await rowsOf([text], own).then(
          ([row]) => ({ value: row?.[0] ?? null, fault: null }),
          (error: unknown) => ({ value: null, fault: toSqlFault(error).message }),
        )
        rows.push({ cells, ...found })
      }
      return rows
    }
  }

  close(): void {
    this.#session.close()
  }
}

/** A port that is not there. */
export const nowhere: PortTable = {
  key: '',
  table: sql`(SELECT CAST(0 AS BIGINT) AS ${line} WHERE false)`,
  columns: [],
  rows: 0,
  origin: undefined,
}

/** Names of the columns of an output row that hold something else than in its input row. */
function changesBetween(columns: readonly Column[], before: readonly Column[]): Sql {
  const parts = columns.flatMap(({ name }) => {
    const old = before.find((column) => column.name.toLowerCase() === name.toLowerCase())
    if (!old) return []
    const [o, i] = [
      sql`CAST(o.${identifier(name)} AS VARCHAR)`,
      sql`CAST(i.${identifier(old.name)} AS VARCHAR)`,
    ]
    return [sql`CASE WHEN ${o} IS DISTINCT FROM ${i} THEN ${name} END`]
  })
  return parts.length === 0
    ? sql`CAST([] AS VARCHAR[])`
    : sql`list_filter([${join(parts)}], lambda name: name IS NOT NULL)`
}

const nothing = (columns: readonly Column[]): Sql =>
  sql`SELECT ${join(columns.map(({ name, type }) => sql`CAST(NULL AS ${typeText(type)}) AS ${identifier(name)}`))} WHERE false`

/** Written rows as typed ones; a cell that does not fit its column is named. */
function pinnedSelect({ columns, rows }: PinnedRows): Sql {
  if (rows.length === 0) return nothing(columns)
  const names = columns.map(({ name }) => identifier(name))
  const values = rows.map((row) => sql`(${join(row.map(literal))})`)
  const typed = columns.map(
    ({ name, type }) => sql`CAST(${identifier(name)} AS ${typeText(type)}) AS ${identifier(name)}`,
  )
  return sql`SELECT ${join(typed)} FROM (VALUES ${join(values)}) AS pinned (${join(names)})`
}
