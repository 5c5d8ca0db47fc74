import { kindOf } from '../../model/index.ts'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext, Token } from '../../spec/index.ts'
import type { MysqlSession } from './session.ts'
import type { MysqlSourceSettings } from './spec.ts'
import { quoteName, quoteNumber, quoteText } from './text.ts'
import type { ResultColumn } from './types.ts'

/** Which rows an incremental reading takes: those after the cursor, by the cursor's column and then by key. */
export interface Incremental {
  /** A condition. */
  readonly after: string
  readonly order: string
  /** The columns of the cursor and how each is spelled in SQL. */
  readonly parts: readonly { readonly name: string; readonly sql: string }[]
}

interface Part {
  readonly name: string
  readonly sql: string
  readonly type: string
}

const isNumber = (type: string): boolean => ['integer', 'decimal', 'float'].includes(kindOf(type))

/** A value of the cursor as the server printed it, as a constant that is compared without converting the column. */
const constant = (value: string, type: string): string =>
  isNumber(type) ? quoteNumber(value) : quoteText(value)

const numberPattern = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const timePattern = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?$/
const windowPattern = /^(\d+)\s*(second|minute|hour|day|week|month|year)s?$/i

function lowerBound({ type }: Part, start: string, lookBack: string, nodeId: string): string {
  const at = { nodeId, field: 'lookBack' }
  const label = { en: 'Look back', zh: '回看范围' }
  if (isNumber(type)) {
    if (/^\d+(\.\d+)?$/.test(lookBack)) return `${start} - ${lookBack}`
    return fail('setting.invalid', { label, detail: { en: 'a number is wanted', zh: '应为数字' } }, at)
  }
  const [, amount, unit] = windowPattern.exec(lookBack) ?? []
  if (amount === undefined || unit === undefined || !['date', 'timestamp'].includes(kindOf(type)))
    return fail(
      'setting.invalid',
      { label, detail: { en: 'a time such as “15 minutes” is wanted', zh: '应为时长，如“15 minutes”' } },
      at,
    )
  return `TIMESTAMP(${start}) - INTERVAL ${amount} ${unit.toUpperCase()}`
}

/** A value that a person may have entered; the server would take one that is no date for a text, and find nothing. */
function bound(text: string, { name, type }: Part, nodeId: string): string {
  const form = isNumber(type)
    ? numberPattern
    : type === 'DATE' || type.startsWith('TIMESTAMP')
      ? timePattern
      : /^/
  if (!form.test(text))
    fail('cursor.invalid', { column: name, value: text, type }, { nodeId, field: 'cursorColumn' })
  return constant(text, type)
}

/** After (a, b, …) in the order of a, then b …; NULL comes first. */
function after(parts: readonly Part[], values: readonly (string | null)[]): string {
  const [part, ...others] = parts
  const [value, ...rest] = values
  if (!part || value === undefined) return 'FALSE'
  const greater = value === null ? `${part.sql} IS NOT NULL` : `${part.sql} > ${constant(value, part.type)}`
  if (others.length === 0) return greater
  const equal = value === null ? `${part.sql} IS NULL` : `${part.sql} = ${constant(value, part.type)}`
  return `(${greater} OR (${equal} AND ${after(others, rest)}))`
}

/** `primaryKey`: tells rows of the same cursor value apart where the settings name no columns. */
export function incremental(
  { nodeId, cursor, interval }: Pick<ConnectorContext, 'nodeId' | 'cursor' | 'interval'>,
  settings: MysqlSourceSettings,
  columns: readonly ResultColumn[],
  primaryKey: readonly string[],
): Incremental | undefined {
  if (settings.mode === 'full') return undefined
  const partOf = (name: string, field: string): Part => {
    const column = columns.find((candidate) => candidate.name === name)
    const suggestions = columns.slice(0, 5).map((candidate) => candidate.name)
    if (!column) return fail('column.unknown', { column: name }, { nodeId, field }, suggestions)
    const plain = `q.${quoteName(name)}`
    return { name, type: column.type, sql: column.isFloat ? `(${plain} + 0e0)` : plain }
  }
  const label = { en: 'Cursor column', zh: '游标列' }
  const at = { nodeId, field: 'cursorColumn' }
  if (settings.cursorColumn === '') fail('setting.required', { label }, at)
  const first = partOf(settings.cursorColumn, 'cursorColumn')
  if (first.type === 'BLOB' || first.type === 'JSON')
    fail('setting.invalid', { label, detail: { en: 'it has no order', zh: '该列没有顺序' } }, at)
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
  return {
    after: conditions.join(' AND '),
    order: parts.map((part) => `${part.sql} DESC`).join(', '),
    parts,
  }
}

/** The last place of what is read, as the server prints it. */
export async function lastCursor(
  session: MysqlSession,
  from: string,
  { order, parts }: Incremental,
): Promise<Token | undefined> {
  const list = parts.map((part, place) => `${part.sql} AS c${place}`)
  const [row] = await session.query(`SELECT ${list.join(', ')} ${from} ORDER BY ${order} LIMIT 1`)
  return row && Object.fromEntries(parts.map(({ name }, place) => [name, row[`c${place}`] ?? null]))
}
