import { type Column, kindOf, sameName } from '@millrace/engine'
import type { TextKey } from '../../../../i18n/index.ts'

const wholeNumber = /^[+-]?\d+$/
const anyNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const day = /^\d{4,6}-\d{1,2}-\d{1,2}([ T].*)?$/

const wanted: Readonly<Record<string, readonly [RegExp, TextKey]>> = {
  integer: [wholeNumber, 'cursor.notWhole'],
  decimal: [anyNumber, 'cursor.notNumber'],
  float: [anyNumber, 'cursor.notNumber'],
  date: [day, 'cursor.notDay'],
  timestamp: [day, 'cursor.notDay'],
}

/**
 * Why a text is no place in a column of a cursor, as the key of a text with `value`; undefined where it is one,
 * where there is none, and where nothing is known of the column.
 */
export function placeFault(text: string, name: string, columns: readonly Column[]): TextKey | undefined {
  const type = columns.find((column) => sameName(column.name, name))?.type
  const [pattern, fault] = (type !== undefined && wanted[kindOf(type)]) || []
  return pattern === undefined || text.trim() === '' || pattern.test(text.trim()) ? undefined : fault
}
