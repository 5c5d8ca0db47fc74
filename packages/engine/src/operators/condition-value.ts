import { type Column, type ColumnKind, kindOf, type Label } from '../model/index.ts'
import { createProblem, type Problem } from '../problems/index.ts'
import { literal, type Sql, sql, typeText } from '../sql/index.ts'

const plainNumber = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)$/
const withExponent = /^[+-]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)[eE][+-]?\d+$/
/** Not of numbers: DuckDB knows them for FLOAT and DOUBLE. */
const unbounded = /^[+-]?(?:inf|infinity|nan)$/i
const prefixed = /^[+-]?0[xb][\da-f]+$/i
/** What a date begins with, and the words that are one. */
const day = /^[+-]?\d{1,6}[-/\\ ]\d|^epoch$|^-?infinity$/i
const clock = /^\d{1,2}:\d/

/** Whether a text is certainly no value of a type: what DuckDB would refuse in the middle of the rows. */
function isNoValue(text: string, type: string): boolean {
  const value = text.trim()
  switch (kindOf(type)) {
    case 'integer':
      return ![plainNumber, withExponent, prefixed].some((form) => form.test(value))
    case 'decimal':
      return ![plainNumber, withExponent].some((form) => form.test(value))
    case 'float':
      return ![plainNumber, withExponent, unbounded].some((form) => form.test(value))
    case 'date':
    case 'timestamp':
      return !day.test(value)
    case 'time':
      return !clock.test(value)
    default:
      return false
  }
}

/** What is wrong with a value that a column is compared with; undefined: nothing that could be told by its looks. */
export function valueProblem(text: string, { name, type }: Column, field: string): Problem | undefined {
  if (!isNoValue(text, type)) return undefined
  if (text.trim() === '')
    return createProblem('setting.required', { label: { en: 'The value', zh: '值' } }, { field })
  const meant = meantValue(text, type)
  return createProblem(
    'condition.value',
    { column: name, value: text, type: kindNames[kindOf(type)] ?? type },
    { field },
    meant === undefined || isNoValue(meant, type) ? [] : [meant],
  )
}

const kindNames: Readonly<Partial<Record<ColumnKind, Label>>> = {
  integer: { en: 'number', zh: '数字' },
  decimal: { en: 'number', zh: '数字' },
  float: { en: 'number', zh: '数字' },
  date: { en: 'date', zh: '日期' },
  timestamp: { en: 'date and time', zh: '日期时间' },
  time: { en: 'time', zh: '时间' },
}

/** A number without its currency sign and separators, a day in the order year, month, day; undefined: nobody knows. */
function meantValue(text: string, type: string): string | undefined {
  const kind = kindOf(type)
  if (kind === 'integer' || kind === 'decimal' || kind === 'float') return text.replace(/[\s,，￥¥$€]/g, '')
  const [, year, month, date] =
    /^\s*(\d{4})\s*[年.]\s*(\d{1,2})\s*[月.]\s*(\d{1,2})\s*日?\s*$/.exec(text) ?? []
  if (!year || !month || !date) return undefined
  return `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`
}

/** Digits before and after the point, without those that say nothing. */
function digitsOf(number: string): { whole: number; fraction: number } {
  const [whole = '', fraction = ''] = number.replace(/[+_-]/g, '').split('.')
  return { whole: whole.replace(/^0+/, '').length, fraction: fraction.replace(/0+$/, '').length }
}

const mostDigits = 38

/**
 * The type that holds a value as it is written. A cast to the type of the column would round: 1.5 is no whole
 * number, and nothing is greater than 1.5 because it is greater than 2.
 */
function typeFor(text: string, type: string): string {
  const value = text.trim()
  const kind = kindOf(type)
  // A cast to a date drops the time of day.
  if (kind === 'date' && value.includes(':')) return 'TIMESTAMP'
  if (kind !== 'integer' && kind !== 'decimal') return type
  if (withExponent.test(value)) return 'DOUBLE'
  if (!plainNumber.test(value)) return type
  const { whole, fraction } = digitsOf(value)
  const [, width = '18', scale = '0'] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? []
  const room = kind === 'decimal' ? Number(width) - Number(scale) : type === 'BIGINT' ? 18 : 2
  if (whole <= room && fraction <= (kind === 'decimal' ? Number(scale) : 0)) return type
  const digits = Math.max(1, whole + fraction)
  return digits > mostDigits ? 'DOUBLE' : `DECIMAL(${digits},${fraction})`
}

/** A value of a condition as the column is compared with it. */
export const comparedValue = (text: string, { type }: Column): Sql =>
  kindOf(type) === 'text' ? literal(text) : sql`CAST(${text} AS ${typeText(typeFor(text, type))})`
