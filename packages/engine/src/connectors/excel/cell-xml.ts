import { type Column, kindOf } from '../../model/index.ts'
import { dayMilliseconds } from './cells.ts'
import { escapeText } from './escapes.ts'
import { styleIds } from './workbook-parts.ts'

/** Characters that Excel lets a cell have, counted as UTF-16 does. */
export const longestCell = 32_767

/** What stands in a `c` element after its reference: attributes, then content. Text as DuckDB prints it. */
export type CellWriter = (text: string) => string

/** A text cell: never a formula, whatever it begins with. */
export const textCell: CellWriter = (text) =>
  ` t="inlineStr"><is><t xml:space="preserve">${escapeText(text)}</t></is></c>`

const numberCell = (text: string, style = 0): string =>
  `${style === 0 ? '' : ` s="${style}"`}><v>${text}</v></c>`

/** How the cells of a column are written; what Excel would round or cannot hold becomes text. */
export function cellWriter({ type }: Column): CellWriter {
  const kind = kindOf(type)
  if (kind === 'integer') return (text) => (isExactInteger(text) ? numberCell(text) : textCell(text))
  if (kind === 'decimal') return (text) => (isShortDecimal(text) ? numberCell(text) : textCell(text))
  if (kind === 'float') return (text) => (isHeldDouble(text) ? numberCell(text) : textCell(text))
  if (kind === 'boolean') return (text) => ` t="b"><v>${text === 'true' ? 1 : 0}</v></c>`
  if (kind === 'date') return dateCell
  if (type === 'TIME') return timeCell
  return kind === 'timestamp' && type !== 'TIMESTAMP WITH TIME ZONE' ? timestampCell : textCell
}

const isExactInteger = (text: string): boolean => Number.isSafeInteger(Number(text))

const isShortDecimal = (text: string): boolean => text.replace(/^-?0*\.?0*|\./g, '').length <= 15

/** Excel knows no infinities, no NaN and no numbers near the ends of the exponent's range. */
function isHeldDouble(text: string): boolean {
  const size = Math.abs(Number(text))
  return size === 0 || (size >= 2.2251e-308 && size <= 9.99e307)
}

/** 1899-12-30, from which Excel counts since March 1900; before that its calendar has a day too many. */
const epochDay = -25_569
const firstSerial = 61

function serialOf(date: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) return undefined
  const serial = Date.parse(date) / dayMilliseconds - epochDay
  return serial >= firstSerial ? serial : undefined
}

const dateCell: CellWriter = (text) => {
  const serial = serialOf(text)
  return serial === undefined ? textCell(text) : numberCell(String(serial), styleIds.date)
}

/** Milliseconds of a day; undefined where the time is finer, which Excel would cut. */
function millisecondsOf(time: string): number | undefined {
  const parts = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,3})0*)?$/.exec(time)
  if (!parts) return undefined
  const [, hours, minutes, seconds, fraction = ''] = parts
  return (
    ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'))
  )
}

const timeCell: CellWriter = (text) => {
  const time = millisecondsOf(text)
  // 24:00:00 would be the beginning of the next day.
  if (time === undefined || time >= dayMilliseconds) return textCell(text)
  const style = time % 1000 === 0 ? styleIds.time : styleIds.timeFraction
  return numberCell(String(time / dayMilliseconds), style)
}

const timestampCell: CellWriter = (text) => {
  const day = serialOf(text.slice(0, 10))
  const time = millisecondsOf(text.slice(11))
  if (day === undefined || time === undefined) return textCell(text)
  const style = time % 1000 === 0 ? styleIds.timestamp : styleIds.timestampFraction
  return numberCell(String(day + time / dayMilliseconds), style)
}
