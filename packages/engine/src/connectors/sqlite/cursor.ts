import type { DatabaseSync } from 'node:sqlite'
import { kindOf } from '../../model/index.ts'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext, Token } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import type { TableColumn } from './catalog.ts'
import { rowsOf } from './session.ts'
import type { SqliteSourceSettings } from './spec.ts'
import { quoteNumber, quoteText } from './text.ts'
import { timeText } from './times.ts'
import { affinityOf } from './types.ts'

interface Part {
  readonly name: string
  readonly sql: string
  readonly type: string
}

/** Which rows an incremental reading takes: those after the cursor, by the cursor's column and then by key. */
export interface Incremental {
  /** A condition. */
  readonly after: string
  readonly parts: readonly Part[]
}

export const isNumber = (type: string): boolean => ['integer', 'decimal', 'float'].includes(kindOf(type))
/** A number that is kept as text, and would be compared as one. */
export const isNumberAsText = ({ type, declared }: TableColumn): boolean =>
  isNumber(type) && affinityOf(declared) === 'TEXT'
const isTime = (type: string): boolean => ['date', 'timestamp'].includes(kindOf(type))

const numberPattern = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

/** As SQLite printed it; a number only where it is one, for any column may hold texts. */
const constant = (value: string, type: string): string =>
  isNumber(type) && numberPattern.test(value) ? quoteNumber(value) : quoteText(value)

const windowPattern = /^(\d+)\s*(second|minute|hour|day|week|month|year)s?$/i

function lowerBound({ type }: Part, start: string, lookBack: string, nodeId: string): string {
  const at = { nodeId, field: 'lookBack' }
  const label = { en: 'Look back', zh: '回看范围' }
  if (isNumber(type)) {
    if (/^\d+(\.\d+)?$/.test(lookBack)) return `${start} - ${lookBack}`
    return fail('setting.invalid', { label, detail: { en: 'a number is wanted', zh: '应为数字' } }, at)
  }
  const [, amount, unit] = windowPattern.exec(lookBack) ?? []
  if (amount === undefined || unit === undefined || !isTime(type))
    return fail(
      'setting.invalid',
      { label, detail: { en: 'a time such as “15 minutes” is wanted', zh: '应为时长，如“15 minutes”' } },
      at,
    )
  const weeks = unit.toLowerCase() === 'week'
  const modifier = quoteText(`-${weeks ? Number(amount) * 7 : amount} ${weeks ? 'day' : unit.toLowerCase()}s`)
  // Texts are compared: a date is before every time of its day.
  return `${kindOf(type) === 'date' ? 'date' : 'datetime'}(${start}, ${modifier})`
}

/** A value that a person may have entered. */
function bound(text: string, { name, type }: Part, nodeId: string): string {
  const fits = isNumber(type)
    ? numberPattern.test(text)
    : !isTime(type) || timeText(text, 'TIMESTAMP WITH TIME ZONE') !== undefined
  if (!fits) fail('cursor.invalid', { column: name, value: text, type }, { nodeId, field: 'cursorColumn' })
  return constant(text, type)
}

/** After (a, b, …) in the order of a, then b …; NULL comes first. */
function after(parts: readonly Part[], values: readonly (string | null)[]): string {
  const [part, ...others] = parts
  const [value, ...rest] = values
  if (!part || value === undefined) return '1 = 0'
  const greater = value === null ? `${part.sql} IS NOT NULL` : `${part.sql} > ${constant(value, part.type)}`
  if (others.length === 0) return greater
  const equal = value === null ? `${part.sql} IS NULL` : `${part.sql} = ${constant(value, part.type)}`
  return `(${greater} OR (${equal} AND ${after(others, rest)}))`
}

/** `primaryKey`: tells rows of the same cursor value apart where the settings name no columns. */
export function incremental(
  { nodeId, cursor, interval }: Pick<ConnectorContext, 'nodeId' | 'cursor' | 'interval'>,
  settings: SqliteSourceSettings,
  columns: readonly TableColumn[],
  primaryKey: readonly string[],
): Incremental | undefined {
  if (settings.mode === 'full') return undefined
  const label = { en: 'Cursor column', zh: '游标列' }
  const partOf = (name: string, field: string): Part => {
    const column = columns.find((candidate) => candidate.name === name)
    const suggestions = columns.slice(0, 5).map((candidate) => candidate.name)
    if (!column) return fail('column.unknown', { column: name }, { nodeId, field }, suggestions)
    if (column.type === 'BLOB' || isNumberAsText(column))
      fail(
        'setting.invalid',
        { label, detail: { en: 'it has no order', zh: '该列没有顺序' } },
        { nodeId, field },
      )
    return { name, type: column.type, sql: `q.${quoteIdentifier(name)}` }
  }
  const at = { nodeId, field: 'cursorColumn' }
  if (settings.cursorColumn === '') fail('setting.required', { label }, at)
  const first = partOf(settings.cursorColumn, 'cursorColumn')
  const ties = settings.tieColumns.map((name, place) => partOf(name, `tieColumns.${place}`))
  const own = primaryKey.filter((name) => name !== first.name).map((name) => partOf(name, 'tieColumns'))
  const parts = [first, ...(ties.length > 0 ? ties : own)]
  const conditions = [`${first.sql} IS NOT NULL`]
  const start = cursor?.[first.name]
  if (interval) {
    const [from, to] = [interval.from, interval.to].map((text) => bound(text, first, nodeId))
    conditions.push(`${first.sql} BETWEEN ${from} AND ${to}`)
  } else if (typeof start === 'string') {
    const known = parts.filter(({ name }) => cursor?.[name] !== undefined)
    const values = known.map(({ name }) => {
      const value = cursor?.[name]
      return typeof value === 'string' ? value : null
    })
    const newer = after(known, values)
    const lookBack = settings.lookBack.trim()
    const from = bound(start, first, nodeId)
    conditions.push(
      lookBack === '' ? newer : `(${newer} OR ${first.sql} >= ${lowerBound(first, from, lookBack, nodeId)})`,
    )
  }
  return { after: conditions.join(' AND '), parts }
}

/**
 * The last place of what `from` has. A value of another type than the column's is after all others: it is
 * read, and rejected, each time, but moves nothing on.
 */
export function lastCursor(database: DatabaseSync, from: string, { parts }: Incremental): Token | undefined {
  const [first] = parts
  if (!first) return undefined
  const own = isNumber(first.type) ? "('integer', 'real')" : "('text')"
  const texts = parts.map(
    ({ sql }, place) =>
      `CASE typeof(${sql}) WHEN 'real' THEN printf('%!.17g', ${sql}) ELSE CAST(${sql} AS TEXT) END AS c${place}`,
  )
  const order = parts.map(({ sql }) => `${sql} DESC`)
  const [row] = rowsOf(
    database,
    `SELECT ${texts.join(', ')} ${from} AND typeof(${first.sql}) IN ${own} ORDER BY ${order.join(', ')} LIMIT 1`,
  )
  return (
    row &&
    Object.fromEntries(
      parts.map(({ name }, place) => {
        const value = row[`c${place}`]
        return [name, typeof value === 'string' ? value : null]
      }),
    )
  )
}
