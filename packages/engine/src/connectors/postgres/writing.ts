import { type Column, kindOf } from '../../model/index.ts'
import { type Fault, identifier, type Sql, sql } from '../../sql/index.ts'
import { escaped } from './copy-text.ts'
import type { NativeType } from './types.ts'

/** How a column of the flow travels to the server. */
export interface WriteColumn {
  readonly name: string
  /** The cell in the text format of COPY. */
  readonly cell: Sql
  /** What the server would change without a word: those rows are refused. */
  readonly silent: readonly Fault[]
  /** What the server cannot even read. */
  readonly unreadable: readonly Fault[]
}

const asText = (value: Sql): Sql => sql`CAST(${value} AS VARCHAR)`

const isWhole = ({ base, builtIn, isArray }: NativeType): boolean =>
  builtIn && !isArray && ['int2', 'int4', 'int8', 'oid'].includes(base)

/** `12.00` for a column of whole numbers is `12`. */
const wholeWhereWhole = (value: Sql): Sql =>
  sql`CASE WHEN ${value} = trunc(${value}) AND TRY_CAST(${value} AS HUGEINT) IS NOT NULL THEN ${asText(sql`TRY_CAST(${value} AS HUGEINT)`)} ELSE ${asText(value)} END`

/** 'Before Christ' stands after the day in DuckDB and at the end in PostgreSQL, which takes it anywhere. */
const withEra = (value: Sql, type: string): Sql =>
  sql`CASE WHEN ${value} < ${type === 'DATE' ? sql`DATE '0001-01-01'` : sql`TIMESTAMP '0001-01-01'`} THEN replace(${asText(value)}, ' (BC)', ' BC') ELSE ${asText(value)} END`

function arrayText(value: Sql): Sql {
  const quoted = sql`'"' || replace(replace(CAST(item AS VARCHAR), chr(92), chr(92) || chr(92)), '"', chr(92) || '"') || '"'`
  return sql`CASE WHEN ${value} IS NOT NULL THEN '{' || array_to_string(list_transform(${value}, lambda item: CASE WHEN item IS NULL THEN 'NULL' ELSE ${quoted} END), ',') || '}' END`
}

function cellOf({ name, type }: Column, native: NativeType): Sql {
  const value = identifier(name)
  const kind = kindOf(type)
  if (kind === 'integer' || kind === 'boolean') return value
  if (kind === 'decimal' || kind === 'float') return isWhole(native) ? wholeWhereWhole(value) : value
  if (kind === 'date' || (kind === 'timestamp' && type !== 'TIMESTAMP WITH TIME ZONE'))
    return withEra(value, type)
  if (kind === 'timestamp') return sql`replace(${asText(value)}, ' (BC)', ' BC')`
  if (kind === 'time') return asText(value)
  if (kind === 'binary') return sql`chr(92) || chr(92) || 'x' || hex(${value})`
  if (kind === 'list' && native.isArray) return escaped(arrayText(value))
  if (kind === 'list' || kind === 'struct' || type.startsWith('MAP('))
    return escaped(asText(sql`to_json(${value})`))
  return escaped(asText(value))
}

function silentFaults({ name, type }: Column, native: NativeType): Fault[] {
  const value = identifier(name)
  const kind = kindOf(type)
  const fault = (fails: Sql, rule: string, what: string): Fault => ({
    fails: sql`coalesce(${fails}, false)`,
    column: name,
    value: asText(value),
    rule,
    reason: sql`'“' || left(${asText(value)}, 200) || ${`” ${what}`}`,
  })
  const { builtIn, isArray, base, scale } = native
  if (!builtIn || isArray) return []
  if (base === 'numeric' && scale !== undefined) {
    const what = `has more decimals than ${native.spelled}`
    const own = Number(/^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1] ?? 0)
    if (kind === 'decimal' && own > scale)
      return [fault(sql`${value} <> round(${value}, ${scale})`, 'scale', what)]
    if (kind === 'float')
      return [fault(sql`isfinite(${value}) AND ${value} <> round(${value}, ${scale})`, 'scale', what)]
    if (kind === 'text' && scale >= 0)
      return [fault(sql`regexp_matches(${value}, ${`\\.\\d{${scale}}\\d*[1-9]`})`, 'scale', what)]
  }
  if (base === 'date') {
    const what = 'has a time of day, which a date would lose'
    if (kind === 'timestamp')
      return [fault(sql`isfinite(${value}) AND ${value} <> date_trunc('day', ${value})`, 'type', what)]
    if (kind === 'text') return [fault(sql`contains(${value}, ':')`, 'type', what)]
  }
  if (type === 'TIMESTAMP_NS')
    return [fault(sql`epoch_ns(${value}) % 1000 <> 0`, 'type', 'is finer than a microsecond')]
  return []
}

export function writeColumn(column: Column, native: NativeType): WriteColumn {
  const value = identifier(column.name)
  const nul: Fault = {
    fails: sql`coalesce(contains(${asText(value)}, chr(0)), false)`,
    column: column.name,
    value: asText(value),
    rule: 'type',
    reason: sql`'PostgreSQL has no NUL character in texts'`,
  }
  return {
    name: column.name,
    cell: cellOf(column, native),
    silent: silentFaults(column, native),
    unreadable: kindOf(column.type) === 'text' ? [nul] : [],
  }
}
