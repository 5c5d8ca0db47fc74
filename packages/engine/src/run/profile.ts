import { type Column, kindOf } from '../model/index.ts'
import { identifier, join, type Sql, sql } from '../sql/index.ts'
import type { ColumnProfile } from './engine.ts'
import type { Session } from './session.ts'

const binCount = 12
const topCount = 6
/** Columns that one statement profiles. */
const columnsAtOnce = 40

const hasOrder = (type: string): boolean =>
  ['text', 'integer', 'decimal', 'float', 'boolean', 'date', 'time', 'timestamp'].includes(kindOf(type))

/** The place of a value on a line, as DOUBLE; undefined for types without one. */
function measureOf({ name, type }: Column): Sql | undefined {
  const value = identifier(name)
  const kind = kindOf(type)
  if (['integer', 'decimal', 'float'].includes(kind)) return sql`CAST(${value} AS DOUBLE)`
  return kind === 'date' || kind === 'timestamp' ? sql`epoch(${value})` : undefined
}

/** Figures of each column over all rows of a table. */
export async function profileOf(
  session: Session,
  table: Sql,
  columns: readonly Column[],
): Promise<ColumnProfile[]> {
  const profiles: ColumnProfile[] = []
  for (let start = 0; start < columns.length; start += columnsAtOnce)
    profiles.push(...(await profilePart(session, table, columns.slice(start, start + columnsAtOnce))))
  return profiles
}

async function profilePart(
  session: Session,
  table: Sql,
  columns: readonly Column[],
): Promise<ColumnProfile[]> {
  const figures = columns.map((column) => {
    const value = identifier(column.name)
    const extreme = (which: Sql) =>
      hasOrder(column.type) ? sql`(SELECT CAST(${which}(${value}) AS VARCHAR) FROM ${table})` : sql`NULL`
    return sql`{'missing': (SELECT count(*) - count(${value}) FROM ${table}), 'distinct': (SELECT count(DISTINCT ${value}) FROM ${table}), 'minimum': ${extreme(sql`min`)}, 'maximum': ${extreme(sql`max`)}, 'bins': ${binsOf(column, table)}, 'top': ${topOf(column, table)}}`
  })
  const [row] = await (await session.run(sql`SELECT ${join(figures)}`)).getRowsJson()
  return columns.map(({ name }, index) => readProfile(name, row?.[index]))
}

function binsOf(column: Column, table: Sql): Sql {
  const measure = measureOf(column)
  if (!measure) return sql`NULL`
  const finite = sql`(SELECT ${measure} AS m FROM ${table} WHERE isfinite(${measure}))`
  const width = sql`(SELECT min(m) AS low, max(m) AS high FROM ${finite})`
  const bin = sql`CASE WHEN high > low THEN least(CAST(floor((m - low) / (high - low) * ${binCount}) AS INTEGER), ${binCount - 1}) ELSE 0 END`
  return sql`(SELECT list({'bin': bin, 'rows': n}) FROM (SELECT ${bin} AS bin, count(*) AS n FROM ${finite}, ${width} GROUP BY ALL))`
}

function topOf({ name, type }: Column, table: Sql): Sql {
  if (!['text', 'boolean'].includes(kindOf(type))) return sql`NULL`
  const value = sql`CAST(${identifier(name)} AS VARCHAR)`
  return sql`(SELECT list({'value': v, 'rows': n} ORDER BY n DESC, v) FROM (SELECT left(${value}, 200) AS v, count(*) AS n FROM ${table} WHERE ${value} IS NOT NULL GROUP BY ALL ORDER BY n DESC, v LIMIT ${topCount}))`
}

interface Figures {
  readonly missing: unknown
  readonly distinct: unknown
  readonly minimum: string | null
  readonly maximum: string | null
  readonly bins: readonly { readonly bin: unknown; readonly rows: unknown }[] | null
  readonly top: readonly { readonly value: string; readonly rows: unknown }[] | null
}

/** `json`: what DuckDB gives for the struct that `profilePart` asks for. */
function readProfile(name: string, json: unknown): ColumnProfile {
  const { missing, distinct, minimum, maximum, bins, top } = json as Figures
  const filled = Array.from({ length: bins && bins.length > 0 ? binCount : 0 }, () => 0)
  for (const { bin, rows } of bins ?? []) filled[Number(bin)] = Number(rows)
  return {
    name,
    missing: Number(missing),
    distinct: Number(distinct),
    minimum,
    maximum,
    bins: filled,
    top: (top ?? []).map(({ value, rows }) => ({ value, count: Number(rows) })),
  }
}
