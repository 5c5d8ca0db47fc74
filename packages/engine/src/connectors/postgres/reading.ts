import { kindOf, uniqueNames } from '../../model/index.ts'
import { identifier, quoteIdentifier, reasonFor, type Sql, sql, typeText } from '../../sql/index.ts'
import { unescaped } from '../databases/text-lines.ts'
import { flowType, type NativeType } from './types.ts'

/** How a column travels from the server to DuckDB. */
export interface ReadColumn {
  readonly name: string
  /** What its text is called while it is scanned. */
  readonly raw: string
  /** Whether every value that the server has of it fits, so that nothing is lost by not reading it. */
  readonly alwaysFits: boolean
  /** Its type in the flow. */
  readonly type: string
  /** What the server is asked for, over the relation `q`. */
  readonly select: string
  /** The type that lines are scanned with at first: whatever does not fit makes the scan fail. */
  readonly scanType: string
  /** Its value where the scan had `scanType`; may fail. */
  readonly value: Sql
  /** Its value where the scan had text; NULL for what does not fit. */
  readonly tried: Sql
  /** The text that the server sent, unescaped. */
  readonly text: Sql
  /** Where the scan had text: whether a value was lost. Undefined: none can be. */
  readonly fails: Sql | undefined
  readonly reason: Sql
}

/** 'Before Christ' stands at the end in PostgreSQL and after the day in DuckDB. */
const withEra = (raw: Sql): Sql =>
  sql`CASE WHEN ends_with(${raw}, ' BC') THEN regexp_replace(${raw}, '^(\\S+)( .*)? BC$', '\\1 (BC)\\2') ELSE ${raw} END`

/** Scanned by DuckDB's reader as they are; the text of the others is worked on. */
const scannedAsTheyAre = ['integer', 'float', 'boolean', 'decimal', 'time']

function conversion(type: string, raw: Sql): Pick<ReadColumn, 'scanType' | 'value' | 'tried' | 'text'> {
  const text = unescaped(raw)
  const kind = kindOf(type)
  const cast = (value: Sql) => sql`CAST(${value} AS ${typeText(type)})`
  const tryCast = (value: Sql) => sql`TRY_CAST(${value} AS ${typeText(type)})`
  if (type === 'VARCHAR') return { scanType: type, value: text, tried: text, text }
  if (kind === 'binary') {
    // The escaped `\x` before the digits.
    const bytes = sql`unhex(substr(${raw}, 4))`
    return { scanType: 'VARCHAR', value: bytes, tried: bytes, text }
  }
  if (kind === 'list') {
    const elements = sql`from_json(${text}, '["VARCHAR"]')`
    const several = sql`starts_with(${text}, '[[')`
    return {
      scanType: 'VARCHAR',
      value: cast(sql`CASE WHEN ${several} THEN error('several dimensions') ELSE ${elements} END`),
      tried: sql`CASE WHEN NOT ${several} THEN ${tryCast(elements)} END`,
      text,
    }
  }
  if (kind === 'date' || kind === 'timestamp') {
    // The reader takes years before Christ for others in dates, and any fault for NULL where there is a zone.
    const time = sql`TRY_CAST(${withEra(raw)} AS ${kind === 'date' ? sql`DATE` : sql`TIMESTAMP`})`
    return { scanType: 'TIMESTAMP', value: cast(raw), tried: tryCast(time), text }
  }
  if (scannedAsTheyAre.includes(kind)) return { scanType: type, value: raw, tried: tryCast(raw), text }
  return { scanType: 'VARCHAR', value: cast(text), tried: tryCast(text), text }
}

function selectOf({ base, builtIn, isArray }: NativeType, reference: string): string {
  // Elements as text, so that none becomes a number of JavaScript's on the way.
  if (isArray) return `array_to_json(${reference}::text[])::text`
  // In the zone of the flow, without saying so.
  if (builtIn && base === 'timestamptz') return `${reference} AT TIME ZONE 'UTC'`
  // `money` is printed with the marks of the server's locale.
  return builtIn && base === 'money' ? `${reference}::numeric` : reference
}

export const rawName = (place: number): string => `c${place}`

const alwaysFitting = new Set([
  'int2',
  'int4',
  'int8',
  'oid',
  'float4',
  'float8',
  'bool',
  'uuid',
  'json',
  'jsonb',
])

/** The columns of a relation `q` as a flow gets them. */
export function readColumns(found: readonly { name: string; native: NativeType }[]): ReadColumn[] {
  const names = uniqueNames(found.map(({ name }) => name))
  return found.map(({ native }, place) => {
    const type = flowType(native)
    const raw = identifier(rawName(place))
    const converted = conversion(type, raw)
    const never = type === 'VARCHAR' || kindOf(type) === 'binary'
    return {
      name: names[place] ?? '',
      raw: rawName(place),
      alwaysFits: never || (!native.isArray && native.builtIn && alwaysFitting.has(native.base)),
      type,
      select: selectOf(native, `q.${quoteIdentifier(rawName(place))}`),
      ...converted,
      fails: never ? undefined : sql`(${raw} IS NOT NULL AND ${converted.tried} IS NULL)`,
      reason: reasonFor(type, converted.text),
    }
  })
}
