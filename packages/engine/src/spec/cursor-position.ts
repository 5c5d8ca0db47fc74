import { type Column, kindOf } from '../model/column.ts'
import type { Label } from '../model/label.ts'
import { createProblem, type Location, type Problem } from '../problems/index.ts'

interface Wanted {
  readonly label: Label
  readonly fits: (text: string) => boolean
}

const anyNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i
const anyTime =
  /^(\d{4,6})-(\d\d)-(\d\d)([ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?( ?(Z|[+-]\d\d(:?\d\d){0,2}))?)?$/

/** Where a day is none of the calendar, systems compare its text and find nothing. */
function isTime(text: string): boolean {
  const [, year, month, day] = anyTime.exec(text) ?? []
  if (day === undefined) return false
  const date = new Date(Date.UTC(2000, 0, 1))
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

const number: Wanted = {
  label: { en: 'a number', zh: '数字' },
  fits: (text) => anyNumber.test(text),
}
const time: Wanted = {
  label: { en: 'a time such as 2026-03-01 12:00', zh: '时间，如 2026-03-01 12:00' },
  fits: isTime,
}
const wantedByKind: Partial<Record<ReturnType<typeof kindOf>, Wanted>> = {
  integer: { label: { en: 'a whole number', zh: '整数' }, fits: (text) => /^-?\d+$/.test(text) },
  decimal: number,
  float: number,
  date: time,
  timestamp: time,
}

/** That a text is no position in a column which only grows, and what is expected instead. */
export function invalidPosition(value: string, { name, type }: Column, location: Location = {}): Problem {
  const expected = wantedByKind[kindOf(type)]?.label ?? { en: `a value of ${type}`, zh: `${type} 类型的值` }
  return createProblem('cursor.invalid', { value, column: name, type, expected }, location)
}

/**
 * Why a text that a person has written is no position of a cursor, as far as the type of its column tells;
 * undefined where it is one.
 */
export function positionProblem(value: string, column: Column, location: Location = {}): Problem | undefined {
  const wanted = wantedByKind[kindOf(column.type)]
  return wanted === undefined || wanted.fits(value) ? undefined : invalidPosition(value, column, location)
}
