import { kindOf } from '../../model/index.ts'
import { fail, ProblemError } from '../../problems/index.ts'
import { type ConnectorContext, invalidPosition } from '../../spec/index.ts'
import type { DatabaseSourceSettings } from './fields.ts'

/** A column of the cursor, and how it is spelled in SQL. */
export interface CursorPart {
  readonly name: string
  readonly sql: string
  /** Its type in the flow. */
  readonly type: string
}

/** Which rows an incremental reading takes: those after the cursor, by the cursor's column and then by key. */
export interface Incremental {
  /** A condition. */
  readonly after: string
  readonly parts: readonly CursorPart[]
}

/** Where the SQL of systems without comparison of tuples in the order of an index differs. */
export interface CursorDialect {
  /** A value of the cursor as the system printed it, compared without converting the column. */
  constant(value: string, type: string): string
  /** Whether a value that a person may have entered is one of the column's. */
  fits(text: string, type: string): boolean
  /** A time, so many units before another. */
  earlier(start: string, type: string, amount: number, unit: string): string
}

const label = { en: 'Cursor column', zh: '游标列' }
const isNumber = (type: string): boolean => ['integer', 'decimal', 'float'].includes(kindOf(type))
const windowPattern = /^(\d+)\s*(second|minute|hour|day|week|month|year)s?$/i

function lowerBound(
  { type }: CursorPart,
  start: string,
  lookBack: string,
  nodeId: string,
  dialect: CursorDialect,
): string {
  const wanted = isNumber(type)
    ? { en: 'a number is wanted', zh: '应为数字' }
    : { en: 'a time such as “15 minutes” is wanted', zh: '应为时长，如“15 minutes”' }
  if (isNumber(type) && /^\d+(\.\d+)?$/.test(lookBack)) return `${start} - ${lookBack}`
  const [, amount, unit] = windowPattern.exec(lookBack) ?? []
  if (amount !== undefined && unit !== undefined && ['date', 'timestamp'].includes(kindOf(type)))
    return dialect.earlier(start, type, Number(amount), unit.toLowerCase())
  const name = { en: 'Look back', zh: '回看范围' }
  return fail('setting.invalid', { label: name, detail: wanted }, { nodeId, field: 'lookBack' })
}

/** After (a, b, …) in the order of a, then b …; NULL comes first. */
function after(
  parts: readonly CursorPart[],
  values: readonly (string | null)[],
  dialect: CursorDialect,
): string {
  const [part, ...others] = parts
  const [value, ...rest] = values
  if (!part || value === undefined) return '1 = 0'
  const constant = value === null ? undefined : dialect.constant(value, part.type)
  const greater = constant === undefined ? `${part.sql} IS NOT NULL` : `${part.sql} > ${constant}`
  if (others.length === 0) return greater
  const equal = constant === undefined ? `${part.sql} IS NULL` : `${part.sql} = ${constant}`
  return `(${greater} OR (${equal} AND ${after(others, rest, dialect)}))`
}

/** The column that a setting names, or a problem at that setting. `hasOrder` is false for what cannot be a cursor. */
export function cursorColumn<T extends { readonly name: string }>(
  name: string,
  columns: readonly T[],
  hasOrder: (column: T) => boolean,
  at: { readonly nodeId: string; readonly field: string },
): T {
  const column = columns.find((candidate) => candidate.name === name)
  const suggestions = columns.slice(0, 5).map((candidate) => candidate.name)
  if (!column) return fail('column.unknown', { column: name }, at, suggestions)
  if (hasOrder(column)) return column
  return fail('setting.invalid', { label, detail: { en: 'it has no order', zh: '该列没有顺序' } }, at)
}

/** `primaryKey`: tells rows of the same cursor value apart where the settings name no columns. */
export function incrementalPart(
  { nodeId, cursor, interval }: Pick<ConnectorContext, 'nodeId' | 'cursor' | 'interval'>,
  settings: Pick<DatabaseSourceSettings, 'mode' | 'cursorColumn' | 'tieColumns' | 'lookBack'>,
  partOf: (name: string, field: string) => CursorPart,
  primaryKey: readonly string[],
  dialect: CursorDialect,
): Incremental | undefined {
  if (settings.mode === 'full') return undefined
  const at = { nodeId, field: 'cursorColumn' }
  if (settings.cursorColumn === '') fail('setting.required', { label }, at)
  const first = partOf(settings.cursorColumn, 'cursorColumn')
  const ties = settings.tieColumns.map((name, place) => partOf(name, `tieColumns.${place}`))
  const own = primaryKey.filter((name) => name !== first.name).map((name) => partOf(name, 'tieColumns'))
  const parts = [first, ...(ties.length > 0 ? ties : own)]
  const bound = (value: string): string => {
    if (!dialect.fits(value, first.type)) throw new ProblemError(invalidPosition(value, first, at))
    return dialect.constant(value, first.type)
  }
  const conditions = [`${first.sql} IS NOT NULL`]
  const start = cursor?.[first.name]
  if (interval) conditions.push(`${first.sql} BETWEEN ${bound(interval.from)} AND ${bound(interval.to)}`)
  else if (typeof start === 'string') {
    const known = parts.filter(({ name }) => cursor?.[name] !== undefined)
    const values = known.map(({ name }) => {
      const value = cursor?.[name]
      return typeof value === 'string' ? value : null
    })
    const newer = after(known, values, dialect)
    const lookBack = settings.lookBack.trim()
    const from = bound(start)
    conditions.push(
      lookBack === ''
        ? newer
        : `(${newer} OR ${first.sql} >= ${lowerBound(first, from, lookBack, nodeId, dialect)})`,
    )
  }
  return { after: conditions.join(' AND '), parts }
}
