import { type Column, kindOf, sameName } from '../model/index.ts'
import { empty, identifier, join, type Sql, sql } from '../sql/index.ts'
import type { Session } from './session.ts'
import type { PortTable } from './workbench.ts'

export type RowChangeKind = 'added' | 'removed' | 'changed'

/** One row that differs; cells as DuckDB prints them, one for each of the comparison's columns. */
export interface RowChange {
  readonly kind: RowChangeKind
  /** Null: there was no such row. */
  readonly before: readonly (string | null)[] | null
  readonly after: readonly (string | null)[] | null
  /** Names of the columns whose values differ; of those that both sides have. */
  readonly changed: readonly string[]
}

/** A column of either side, with its type on each; null where that side does not have it. */
export interface ComparedColumn {
  readonly name: string
  readonly before: string | null
  readonly after: string | null
}

export interface RowComparison {
  readonly columns: readonly ComparedColumn[]
  /** How a row before is found again after: as the same row of a source, by a column without repetition, or as a whole. */
  readonly pairedBy:
    | { readonly by: 'origin' }
    | { readonly by: 'column'; readonly column: string }
    | { readonly by: 'row' }
  readonly counts: {
    readonly before: number
    readonly after: number
    readonly added: number
    readonly removed: number
    readonly changed: number
  }
  readonly rows: readonly RowChange[]
}

export interface ComparisonPage {
  readonly limit: number
  readonly offset?: number | undefined
  /** Only rows that differ so; without it, all that differ. */
  readonly only?: RowChangeKind | undefined
}

interface SharedColumn {
  readonly before: Column
  readonly after: Column
}

const line = sql`"__mr_line"`
const from = sql`"__mr_from"`
const text = (side: Sql, { name }: Column): Sql => sql`CAST(${side}.${identifier(name)} AS VARCHAR)`
const [left, right] = [sql`b`, sql`a`]

/** The rows in which two tables differ. Values are compared as DuckDB prints them, columns by their names. */
export async function compareRows(
  session: Session,
  before: PortTable,
  after: PortTable,
  { limit, offset = 0, only }: ComparisonPage,
): Promise<RowComparison> {
  const shared = before.columns.flatMap((column): SharedColumn[] => {
    const same = after.columns.find(({ name }) => sameName(name, column.name))
    return same ? [{ before: column, after: same }] : []
  })
  const columns = comparedColumns(before.columns, after.columns)
  const pairs = await pairing(session, before, after, shared)
  const differs = shared.map(
    (column) => sql`${text(left, column.before)} IS DISTINCT FROM ${text(right, column.after)}`,
  )
  const names = differs.map((differs, index) => sql`CASE WHEN ${differs} THEN ${String(index)} END`)
  const changed = names.length === 0 ? sql`''` : sql`concat_ws(',', ${join(names)})`
  const cells = [
    ...before.columns.map((column) => text(left, column)),
    ...after.columns.map((column) => text(right, column)),
  ]
  const compared = sql`
    SELECT ${cells.length === 0 ? empty : sql`${join(cells)}, `}
      CASE WHEN b."__mr_n" IS NULL THEN 'added' WHEN a."__mr_n" IS NULL THEN 'removed'
           WHEN ${names.length === 0 ? sql`false` : join(differs, ' OR ')} THEN 'changed' ELSE 'same' END AS "__mr_kind",
      ${changed} AS "__mr_changed",
      coalesce(a.${line}, b.${line}) AS "__mr_order"
    FROM ${pairs.before} AS b FULL JOIN ${pairs.after} AS a
      ON b."__mr_key" IS NOT DISTINCT FROM a."__mr_key" AND b."__mr_n" = a."__mr_n"`
  const totals = await session.query(
    sql`SELECT "__mr_kind" AS kind, count(*) AS count FROM (${compared}) GROUP BY ALL`,
  )
  const countOf = (kind: string) => Number(totals.find((row) => row['kind'] === kind)?.['count'] ?? 0)
  const wanted = only === undefined ? sql`<> 'same'` : sql`= ${only}`
  const result = await session.run(
    sql`SELECT * FROM (${compared}) WHERE "__mr_kind" ${wanted} ORDER BY "__mr_order", "__mr_kind" LIMIT ${limit} OFFSET ${offset}`,
  )
  const rows = (await result.getRowsJson()).map((row) =>
    row.map((cell) => (cell === null || cell === undefined ? null : String(cell))),
  )
  return {
    columns,
    pairedBy: pairs.pairedBy,
    counts: {
      before: before.rows,
      after: after.rows,
      added: countOf('added'),
      removed: countOf('removed'),
      changed: countOf('changed'),
    },
    rows: rows.map((row) => rowChange(row, before.columns, after.columns, columns, shared)),
  }
}

function comparedColumns(before: readonly Column[], after: readonly Column[]): ComparedColumn[] {
  const gone = before.filter((column) => !after.some(({ name }) => sameName(name, column.name)))
  return [
    ...after.map(({ name, type }) => ({
      name,
      before: before.find((column) => sameName(column.name, name))?.type ?? null,
      after: type,
    })),
    ...gone.map(({ name, type }) => ({ name, before: type, after: null })),
  ]
}

function rowChange(
  row: readonly (string | null)[],
  before: readonly Column[],
  after: readonly Column[],
  columns: readonly ComparedColumn[],
  shared: readonly SharedColumn[],
): RowChange {
  const [kind, changed] = row.slice(before.length + after.length)
  const side = (own: readonly Column[], start: number) =>
    columns.map(({ name }) => {
      const index = own.findIndex((column) => sameName(column.name, name))
      return index < 0 ? null : (row[start + index] ?? null)
    })
  const isChanged = kind === 'changed'
  return {
    kind: isChanged ? 'changed' : kind === 'added' ? 'added' : 'removed',
    before: kind === 'added' ? null : side(before, 0),
    after: kind === 'removed' ? null : side(after, before.length),
    changed: isChanged
      ? (changed ?? '').split(',').flatMap((index) => shared[Number(index)]?.after.name ?? [])
      : [],
  }
}

interface Pairing {
  readonly pairedBy: RowComparison['pairedBy']
  readonly before: Sql
  readonly after: Sql
}

/** Both tables with a key: the same key and number mean the same row. */
async function pairing(
  session: Session,
  before: PortTable,
  after: PortTable,
  shared: readonly SharedColumn[],
): Promise<Pairing> {
  const origin = commonOrigin(before, after)
  if (origin)
    return {
      pairedBy: { by: 'origin' },
      before: numbered(followed(before, origin.before)),
      after: numbered(followed(after, origin.after)),
    }
  const key = await keyColumn(session, before, after, shared)
  const keyed = (table: PortTable, texts: readonly Sql[]) =>
    numbered(sql`SELECT t.*, [${join(texts)}] AS "__mr_key" FROM ${table.table} AS t`)
  const chosen = key ? [key] : shared
  const texts = (side: keyof SharedColumn) => [
    sql`CAST('' AS VARCHAR)`,
    ...chosen.map((column) => text(sql`t`, column[side])),
  ]
  return {
    pairedBy: key ? { by: 'column', column: key.after.name } : { by: 'row' },
    before: keyed(before, texts('before')),
    after: keyed(after, texts('after')),
  }
}

/** Rows with the same key are told apart by their order. */
const numbered = (select: Sql): Sql =>
  sql`(SELECT *, row_number() OVER (PARTITION BY "__mr_key" ORDER BY ${line}) AS "__mr_n" FROM (${select}))`

/** The table itself and those whose rows its rows still are, nearest first. */
function ancestry(table: PortTable): PortTable[] {
  const found: PortTable[] = []
  for (let at: PortTable | undefined = table; at; at = at.origin) found.push(at)
  return found
}

/** How many steps back both have the same table; undefined where they have none in common. */
function commonOrigin(before: PortTable, after: PortTable): { before: number; after: number } | undefined {
  const [old, young] = [ancestry(before), ancestry(after)]
  for (const [steps, { key }] of old.entries()) {
    const found = young.findIndex((table) => table.key === key)
    if (found >= 0) return { before: steps, after: found }
  }
  return undefined
}

/** A table with the number that each row has so many steps back as its key. */
function followed(table: PortTable, steps: number): Sql {
  if (steps === 0) return sql`SELECT t0.*, t0.${line} AS "__mr_key" FROM ${table.table} AS t0`
  const chain = ancestry(table).slice(0, steps)
  const alias = (index: number) => identifier(`t${index}`)
  const joins = chain.map(({ table: one }, index) =>
    index === 0
      ? sql`${one} AS ${alias(0)}`
      : sql` JOIN ${one} AS ${alias(index)} ON ${alias(index - 1)}.${from} = ${alias(index)}.${line}`,
  )
  return sql`SELECT t0.*, ${alias(steps - 1)}.${from} AS "__mr_key" FROM ${join(joins, '')}`
}

const keyName = /(^|[_\s-])(id|key|code|no|nr|number|uuid|sku)$|Id$|编号$|代码$|编码$|号$/i
/** More columns than these are not tried as keys. */
const mostKeys = 100

/** A column in which no value is missing or repeated, on both sides; one that is named like a key before others. */
async function keyColumn(
  session: Session,
  before: PortTable,
  after: PortTable,
  shared: readonly SharedColumn[],
): Promise<SharedColumn | undefined> {
  if (before.rows === 0 || after.rows === 0) return undefined
  // That no amount and no time is repeated in a sample is chance.
  const candidates = shared
    .filter(({ after: { name, type } }) => keyName.test(name) || ['integer', 'text'].includes(kindOf(type)))
    .toSorted((a, b) => Number(keyName.test(b.after.name)) - Number(keyName.test(a.after.name)))
    .slice(0, mostKeys)
  if (candidates.length === 0) return undefined
  const unique = async (table: PortTable, side: keyof SharedColumn) => {
    const counts = candidates.map((column) => sql`count(DISTINCT ${text(sql`t`, column[side])})`)
    const result = await session.run(sql`SELECT ${join(counts)} FROM ${table.table} AS t`)
    const [row = []] = await result.getRowsJson()
    return row.map((count) => Number(count) === table.rows)
  }
  const [old, young] = [await unique(before, 'before'), await unique(after, 'after')]
  return candidates.find((_, index) => old[index] && young[index])
}
