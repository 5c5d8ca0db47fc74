import { type Column, kindOf } from '../../model/index.ts'
import { type Fault, identifier, isOneOf, literal, type Sql, sql } from '../../sql/index.ts'
import { isMeantBytes, type TableColumn } from './catalog.ts'

/** In the staging table, the number of a row; -1 - n for one that was refused. */
export const rowNumber = '`__mr_n`'

/** How a column of the flow travels to the server. */
export interface WriteColumn {
  /** In the table, as its own letters are. */
  readonly name: string
  /** The cell as the server is to read it: a text, or NULL. */
  readonly cell: Sql
  /** Whether the cell may hold quotes, backslashes or line breaks, and be of any length. */
  readonly isText: boolean
  /** What the server makes of the cell, where it does not take it as it is: what stands before it and after it. */
  readonly conversion: readonly [before: string, after: string] | undefined
  /** What the server would change without a word: those rows are refused. */
  readonly silent: readonly Fault[]
}

const integerBases = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint']
const clockBases = ['time', 'datetime', 'timestamp']
const isBinary = (base: string): boolean =>
  /^(binary|varbinary|(tiny|medium|long)?blob)$/.test(base) || isMeantBytes(base)

const asText = (value: Sql): Sql => sql`CAST(${value} AS VARCHAR)`

function cellOf({ name, type }: Column, { base }: TableColumn): Sql {
  const value = identifier(name)
  const kind = kindOf(type)
  if (isBinary(base)) return sql`hex(${kind === 'binary' ? value : asText(value)})`
  if (kind === 'binary') return sql`hex(${value})`
  if (kind === 'boolean') return sql`CAST(${value} AS TINYINT)`
  if (type === 'TIMESTAMP WITH TIME ZONE') return asText(sql`timezone('UTC', ${value})`)
  if (kind === 'list' || kind === 'struct' || type.startsWith('MAP(')) return asText(sql`to_json(${value})`)
  // One digit would be the year 2000.
  if (base === 'year' && kind === 'integer')
    return sql`CASE WHEN ${value} = 0 THEN '0000' ELSE ${asText(value)} END`
  // `12.00` for a column of whole numbers is `12`.
  if (integerBases.includes(base) && (kind === 'decimal' || kind === 'float'))
    return sql`coalesce(${asText(sql`TRY_CAST(${value} AS HUGEINT)`)}, ${asText(value)})`
  return asText(value)
}

function conversionOf({ base }: TableColumn): WriteColumn['conversion'] {
  if (isBinary(base)) return ['UNHEX(', ')']
  return base === 'bit' ? ['CAST(', ' AS UNSIGNED)'] : undefined
}

/** Kinds whose values are printed as a few digits, letters and marks. */
const shortKinds = ['integer', 'decimal', 'float', 'boolean', 'date', 'time', 'timestamp']

/** The members of `enum('a','it''s')` in small letters. */
const membersOf = (native: string): string[] =>
  [...native.matchAll(/'((?:[^']|'')*)'/g)].map(([, member = '']) =>
    member.replaceAll("''", "'").toLowerCase(),
  )

function silentFaults({ name, type }: Column, column: TableColumn): Fault[] {
  const value = identifier(name)
  const text = asText(value)
  const kind = kindOf(type)
  const { base, fraction, native } = column
  const fault = (fails: Sql, rule: string, what: string): Fault => ({
    fails: sql`coalesce(${fails}, false)`,
    column: name,
    value: text,
    rule,
    reason: sql`'“' || left(${text}, 200) || ${`” ${what}`}`,
  })
  const is = sql`${value} IS NOT NULL`
  if (kind === 'binary' && !isBinary(base)) return [fault(is, 'type', `are bytes, not ${native}`)]
  // The letters of a text would be taken for numbers.
  if (kind !== 'binary' && isMeantBytes(base)) return [fault(is, 'type', `are not the bytes of ${native}`)]
  if (base === 'bit' && kind !== 'integer' && kind !== 'boolean')
    return [fault(is, 'type', `is no whole number for ${native}`)]
  if (base === 'bit' && kind === 'integer') return [fault(sql`${value} < 0`, 'type', 'is below zero')]
  if (integerBases.includes(base)) {
    const what = `has a fraction, which ${native} would lose`
    if (kind === 'decimal' || kind === 'float') return [fault(sql`${value} <> trunc(${value})`, 'type', what)]
    if (kind === 'text') {
      const plain = sql`regexp_full_match(trim(${value}), '[+-]?[0-9]+')`
      return [fault(sql`TRY_CAST(${value} AS DOUBLE) IS NOT NULL AND NOT ${plain}`, 'type', what)]
    }
  }
  if (base === 'year') {
    const short = kind === 'integer' ? sql`${value} BETWEEN 1 AND 99` : sql`length(trim(${text})) < 4`
    return [fault(short, 'type', 'is no year of four digits')]
  }
  if (
    (base === 'time' && (kind === 'date' || kind === 'timestamp')) ||
    (kind === 'time' && base.startsWith('date'))
  )
    return [fault(is, 'type', `is not ${native}`)]
  if (clockBases.includes(base) && fraction !== null) {
    const what = `is finer than ${native} keeps`
    const faults = type === 'TIMESTAMP_NS' ? [fault(sql`epoch_ns(${value}) % 1000 <> 0`, 'type', what)] : []
    const unit = 10 ** (6 - fraction)
    if ((kind === 'timestamp' || kind === 'time') && unit > 1)
      return [
        ...faults,
        fault(sql`isfinite(${value}) AND epoch_us(${value}) % ${unit} <> 0`, 'type', what),
      ].map((found) =>
        kind === 'time'
          ? { ...found, fails: sql`coalesce(epoch_us(${value}) % ${unit} <> 0, false)` }
          : found,
      )
    if (kind === 'text')
      return [fault(sql`regexp_matches(${value}, ${`\\.\\d{${fraction}}\\d*[1-9]`})`, 'type', what)]
    return faults
  }
  if (base === 'char' && kind === 'text')
    return [fault(sql`ends_with(${value}, ' ')`, 'type', `ends with a space, which ${native} drops`)]
  if (base === 'enum' || base === 'set') {
    const member = isOneOf(sql`lower(${text})`, membersOf(native).map(literal))
    const isNumber = sql`regexp_full_match(${text}, '\\s*[0-9]+\\s*')`
    return [fault(sql`${isNumber} AND NOT ${member}`, 'type', `is none of ${native}`)]
  }
  return []
}

export const writeColumn = (column: Column, there: TableColumn): WriteColumn => ({
  name: there.name,
  cell: cellOf(column, there),
  isText: !shortKinds.includes(kindOf(column.type)),
  conversion: conversionOf(there),
  silent: silentFaults(column, there),
})
