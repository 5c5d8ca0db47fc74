import type { SQLInputValue } from 'node:sqlite'
import { type Column, kindOf } from '../../model/index.ts'
import { identifier, type Sql, sql } from '../../sql/index.ts'
import type { TableColumn } from './catalog.ts'
import { decimalOf, fitsDecimal, isExactReal, plainNumber, shownDigits } from './decimals.ts'
import { Misfit, textOf } from './reading.ts'
import { timeText } from './times.ts'
import { affinityOf } from './types.ts'

/** How a column of the flow is written. */
export interface WriteColumn {
  /** In the flow, for what is told of a row. */
  readonly name: string
  /** The cell as DuckDB prints it; bytes in hexadecimal digits. */
  readonly cell: Sql
  /** What SQLite is given for it; a misfit where it would become something else. */
  readonly convert: (text: string) => SQLInputValue | Misfit
}

type Convert = WriteColumn['convert']
type Kind = ReturnType<typeof kindOf>

const asText = (value: Sql): Sql => sql`CAST(${value} AS VARCHAR)`

function cellOf({ name, type }: Column): Sql {
  const value = identifier(name)
  const kind = kindOf(type)
  if (kind === 'binary') return sql`hex(${value})`
  if (type === 'TIMESTAMP WITH TIME ZONE') return sql`${asText(sql`timezone('UTC', ${value})`)} || '+00:00'`
  if (kind === 'list' || kind === 'struct' || type.startsWith('MAP(')) return asText(sql`to_json(${value})`)
  return asText(value)
}

const shown = (text: string): string => `“${text.slice(0, 200)}”`
const least = -(2n ** 63n)
const most = 2n ** 63n - 1n

/** A number as people write it: without signs, spaces and zeros that a number loses. */
const written = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/

/** Digits of what counts as a number: a number of the flow, or a text that is written as one. */
function digitsOf(text: string, kind: Kind): string | undefined {
  if (kind === 'integer' || kind === 'decimal' || kind === 'float') return plainNumber(text)
  return kind === 'text' && written.test(text) ? plainNumber(text) : undefined
}

function wholeNumber(digits: string | undefined): bigint | undefined {
  if (digits === undefined || digits.includes('.')) return undefined
  const value = BigInt(digits)
  return value >= least && value <= most ? value : undefined
}

/** What a value is in SQLite where no type is asked for. */
function natural(kind: Kind): Convert {
  return (text) => {
    if (kind === 'integer') return wholeNumber(text) ?? text
    if (kind === 'boolean') return text === 'true' ? 1n : 0n
    if (kind === 'binary') return Buffer.from(text, 'hex')
    return kind === 'float' ? real(text) : text
  }
}

function real(text: string): number | Misfit {
  if (text === 'nan') return new Misfit('SQLite has no NaN')
  return text.endsWith('inf') ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text)
}

const toInteger =
  (kind: Kind): Convert =>
  (text) => {
    if (kind === 'boolean') return text === 'true' ? 1n : 0n
    // What DuckDB prints of a whole number is one, and of so few digits it fits.
    if (kind === 'integer' && text.length <= 18) return BigInt(text)
    return wholeNumber(digitsOf(text, kind)) ?? new Misfit(`${shown(text)} is no whole number of 64 bits`)
  }

const toReal =
  (kind: Kind, isNumeric: boolean): Convert =>
  (text) => {
    if (kind === 'float') return real(text)
    const digits = digitsOf(text, kind)
    const whole = isNumeric ? wholeNumber(digits) : undefined
    if (whole !== undefined) return whole
    const isExact = digits !== undefined && isExactReal(digits)
    return isExact ? Number(digits) : new Misfit(`${shown(text)} is no number that a REAL holds`)
  }

const toBoolean =
  (kind: Kind): Convert =>
  (text) => {
    const value = kind === 'binary' ? '' : text.toLowerCase()
    if (value === 'true' || value === '1') return 1n
    return value === 'false' || value === '0' ? 0n : new Misfit(`${shown(text)} is neither true nor false`)
  }

/** As text always with all decimals, so that equal numbers are equal texts. */
function toDecimal(kind: Kind, type: string, isText: boolean): Convert {
  const { precision, scale } = decimalOf(type)
  return (text) => {
    const digits = digitsOf(text, kind)
    if (digits === undefined || !fitsDecimal(digits, precision, scale))
      return new Misfit(`${shown(text)} is not ${type}`)
    const [before = '', after = ''] = digits.split('.')
    if (isText) return scale === 0 ? before : `${before}.${after.padEnd(scale, '0')}`
    const whole = wholeNumber(digits)
    if (whole !== undefined) return whole
    const value = Number(digits)
    return shownDigits(value) === digits
      ? value
      : new Misfit(`${shown(text)} has more than the 15 digits that SQLite keeps of it`)
  }
}

type TimeType = Parameters<typeof timeText>[1]

/** A time as DuckDB prints it, which is in the calendar. */
const printed = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/

/** One form for each type, so that equal times are equal texts. */
const toTime =
  (kind: Kind, type: TimeType): Convert =>
  (text) => {
    if (kind === 'timestamp' && type === 'TIMESTAMP' && printed.test(text)) return text
    const isTime = ['date', 'time', 'timestamp', 'text'].includes(kind)
    const found = isTime ? timeText(text, type) : undefined
    if (found === undefined) return new Misfit(`${shown(text)} is no ${type} that SQLite knows`)
    if (type === 'DATE') return found
    const plain = found.replace(/\+00$/, '')
    const full = plain.length === 10 ? `${plain} 00:00:00` : /:\d\d:/.test(plain) ? plain : `${plain}:00`
    return type === 'TIMESTAMP WITH TIME ZONE' ? `${full}+00:00` : full
  }

/** SQLite takes a text that looks like a number for one, where the declared type is none it knows. */
const toNumericText =
  (kind: Kind): Convert =>
  (text) => {
    if (kind === 'binary') return new Misfit('these are bytes, not a text')
    const digits = plainNumber(text.trim())
    if (digits === undefined) return text
    const whole = wholeNumber(digits)
    const stored = whole !== undefined ? String(whole) : textOf(Number(digits))
    return stored === text ? text : new Misfit(`SQLite would store ${shown(text)} as the number ${stored}`)
  }

const toText =
  (kind: Kind): Convert =>
  (text) =>
    kind === 'binary' ? new Misfit('these are bytes, not a text') : text

const toBytes =
  (kind: Kind): Convert =>
  (text) =>
    kind === 'binary' ? Buffer.from(text, 'hex') : new Misfit(`${shown(text)} is not a BLOB`)

function convertTo({ type }: Column, there: TableColumn): Convert {
  const kind = kindOf(type)
  const affinity = affinityOf(there.declared)
  switch (there.type) {
    case 'BIGINT':
      return toInteger(kind)
    case 'DOUBLE':
      return toReal(kind, affinity === 'NUMERIC')
    case 'BOOLEAN':
      return toBoolean(kind)
    case 'BLOB':
      return toBytes(kind)
    case 'DATE':
    case 'TIME':
    case 'TIMESTAMP':
    case 'TIMESTAMP WITH TIME ZONE':
      return toTime(kind, there.type)
    case 'VARCHAR':
      return affinity === 'TEXT' ? toText(kind) : affinity === 'BLOB' ? natural(kind) : toNumericText(kind)
    default:
      return toDecimal(kind, there.type, affinity === 'TEXT')
  }
}

/** Of a strict table: what SQLite refuses by itself goes to it, so that its own reason is told. */
function asStrict(convert: Convert, { type }: Column): Convert {
  const plain = natural(kindOf(type))
  return (text) => {
    const value = convert(text)
    if (!(value instanceof Misfit)) return value
    const given = plain(text)
    const isRefused =
      given instanceof Uint8Array || (typeof given === 'string' && plainNumber(given.trim()) === undefined)
    return isRefused ? given : value
  }
}

export function writeColumn(column: Column, there: TableColumn, isStrict: boolean): WriteColumn {
  const isAny = isStrict && there.declared.toUpperCase() === 'ANY'
  const convert = isAny ? natural(kindOf(column.type)) : convertTo(column, there)
  return {
    name: column.name,
    cell: cellOf(column),
    convert: isStrict && !isAny ? asStrict(convert, column) : convert,
  }
}

/** The affinity of a column of the staging table, so that keys are compared as the table compares them. */
export const stageType = ({ declared }: TableColumn, isStrict: boolean): string => {
  const affinity = affinityOf(declared)
  return affinity === 'BLOB' || (isStrict && declared.toUpperCase() === 'ANY') ? '' : affinity
}
