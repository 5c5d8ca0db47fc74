import { unescapeText } from './escapes.ts'
import type { NumberMeaning } from './number-formats.ts'
import type { Workbook } from './workbook.ts'

/** What a cell holds; `long`: a whole number that a DOUBLE would round; `fault`: nothing readable. */
export const cellKinds = [
  'text',
  'empty',
  'integer',
  'long',
  'number',
  'boolean',
  'date',
  'timestamp',
  'time',
  'fault',
] as const
export type CellKind = (typeof cellKinds)[number]

/** A cell's value as canonical text: ISO dates, plain digits, true and false. */
export interface CellValue {
  readonly kind: CellKind
  readonly text: string
  /** Why a fault is one. */
  readonly reason?: string
}

/** A cell as its XML has it. */
export interface RawCell {
  /** The type `t`; empty: a number. */
  readonly type: string
  /** The style `s`. */
  readonly style: number
  /** The text of `v`; of an inline string, its text. */
  readonly text: string
  readonly hasFormula: boolean
}

const fault = (text: string, reason: string): CellValue => ({ kind: 'fault', text, reason })

/** Reads one cell; undefined where there is nothing in it. */
export function cellValue(cell: RawCell, workbook: Workbook): CellValue | undefined {
  const { type, text } = cell
  if (type === 's') {
    const shared = workbook.strings.get(text === '' ? -1 : Number(text))
    return shared === undefined ? fault(text, 'the workbook has no such shared text') : textValue(shared)
  }
  if (type === 'inlineStr') return textValue(text)
  if (type === 'str') return textValue(unescapeText(text))
  if (text.trim() === '')
    return cell.hasFormula
      ? fault('', 'the formula has no stored result; open the workbook in Excel and save it')
      : undefined
  if (type === 'b') return booleanValue(text.trim())
  if (type === 'e') return fault(text, `the cell shows the error ${text}`)
  if (type === 'd') return isoValue(text.trim())
  return numberValue(text.trim(), workbook.styles[cell.style] ?? 'number', workbook.from1904)
}

const textValue = (text: string): CellValue => ({ kind: text === '' ? 'empty' : 'text', text })

function booleanValue(text: string): CellValue {
  if (/^(1|true)$/i.test(text)) return { kind: 'boolean', text: 'true' }
  if (/^(0|false)$/i.test(text)) return { kind: 'boolean', text: 'false' }
  return fault(text, 'this is not a yes or no')
}

function isoValue(text: string): CellValue {
  const [, date, time = ''] = /^(\d{4}-\d\d-\d\d)?(?:T?(\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?Z?$/.exec(text) ?? []
  if (date === undefined)
    return time === '' ? fault(text, 'this is not a date') : { kind: 'time', text: time }
  if (Number.isNaN(Date.parse(date))) return fault(text, 'this is not a date')
  return time === '' ? { kind: 'date', text: date } : { kind: 'timestamp', text: `${date} ${time}` }
}

/** JavaScript would read `0x10` and the like too. */
const decimalDigits = /^[-+]?[\d.]+(?:e[-+]?\d+)?$/i

function numberValue(text: string, meaning: NumberMeaning, from1904: boolean): CellValue {
  const number = Number(text)
  if (!Number.isFinite(number) || !decimalDigits.test(text)) return fault(text, `“${text}” is not a number`)
  return meaning === 'number' ? plainNumber(text, number) : dateValue(number, meaning, from1904)
}

const mostBigint = 2n ** 63n - 1n

/** The digits of a number as its writer meant them: never rounded, never with an exponent where avoidable. */
function plainNumber(stored: string, number: number): CellValue {
  if (Number.isSafeInteger(number)) return { kind: 'integer', text: String(number) }
  if (/^-?\d+$/.test(stored) || Number.isInteger(number)) {
    // Writers other than Excel store more digits than a DOUBLE has; they are kept.
    const text = /^-?\d+$/.test(stored) ? String(BigInt(stored)) : withoutExponent(number)
    if (!/^-?\d+$/.test(text)) return { kind: 'number', text }
    const whole = BigInt(text)
    if (whole <= mostBigint && whole >= -mostBigint) return { kind: 'long', text }
    return { kind: withoutExponent(number) === text ? 'number' : 'text', text }
  }
  return { kind: 'number', text: withoutExponent(number) }
}

/** The shortest digits that give this number, with zeros instead of an exponent up to 38 places. */
function withoutExponent(number: number): string {
  const shortest = String(number)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(shortest)
  if (!parts) return shortest
  const [, sign = '', first = '', rest = '', power = '0'] = parts
  const exponent = Number(power)
  if (Math.abs(exponent) > 37) return shortest
  const digits = first + rest
  return exponent < 0
    ? `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
    : sign + digits.padEnd(exponent + 1, '0')
}

export const dayMilliseconds = 86_400_000
/** 9999-12-31, counted from 1899-12-30. */
const lastSerial = 2_958_465

/** Days from the Unix epoch to the day that a serial number of 0 stands for. */
const epochOf = (from1904: boolean, day: number): number => {
  if (from1904) return -24_107
  // Excel believes that there was a 29th of February in 1900 (serial 60).
  return day < 60 ? -25_568 : -25_569
}

function dateValue(serial: number, meaning: NumberMeaning, from1904: boolean): CellValue {
  // Excel knows times to the millisecond; finer digits are noise of the binary fraction.
  const total = Math.round(serial * dayMilliseconds)
  const day = Math.floor(total / dayMilliseconds)
  const rest = total - day * dayMilliseconds
  const isTime = meaning === 'time' || meaning === 'elapsed' || meaning === 'either'
  if (isTime && day === 0) return { kind: 'time', text: clock(rest) }
  if (meaning === 'elapsed') return { kind: 'text', text: duration(total) }
  const last = from1904 ? lastSerial - 1462 : lastSerial
  if (day < (from1904 ? 0 : 1) || day > last || (!from1904 && day === 60))
    return fault(withoutExponent(serial), `${withoutExponent(serial)} stands for no date of Excel’s calendar`)
  const date = new Date((day + epochOf(from1904, day)) * dayMilliseconds).toISOString().slice(0, 10)
  if (rest === 0 && (meaning === 'date' || meaning === 'either')) return { kind: 'date', text: date }
  return { kind: 'timestamp', text: `${date} ${clock(rest)}` }
}

const two = (part: number): string => String(part).padStart(2, '0')

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const fraction = milliseconds % 1000
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(3, '0')}`
}

/** Hours beyond a day, as `[h]:mm:ss` shows them. */
const duration = (milliseconds: number): string =>
  milliseconds < 0 ? `-${clock(-milliseconds)}` : clock(milliseconds)
