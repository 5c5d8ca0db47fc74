import type { DatabaseSync } from 'node:sqlite'
import { kindOf } from '../../model/index.ts'
import type { ConnectorContext, Token } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import {
  type CursorDialect,
  cursorColumn,
  type Incremental,
  incrementalPart,
} from '../databases/incremental.ts'
import type { TableColumn } from './catalog.ts'
import { rowsOf } from './session.ts'
import type { SqliteSourceSettings } from './spec.ts'
import { quoteNumber, quoteText } from './text.ts'
import { timeText } from './times.ts'
import { affinityOf } from './types.ts'

export const isNumber = (type: string): boolean => ['integer', 'decimal', 'float'].includes(kindOf(type))
/** A number that is kept as text, and would be compared as one. */
export const isNumberAsText = ({ type, declared }: TableColumn): boolean =>
  isNumber(type) && affinityOf(declared) === 'TEXT'

const numberPattern = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

const dialect: CursorDialect = {
  // A number only where it is one, for any column may hold texts.
  constant: (value, type) =>
    isNumber(type) && numberPattern.test(value) ? quoteNumber(value) : quoteText(value),
  fits(text, type) {
    if (isNumber(type)) return numberPattern.test(text)
    const isTime = ['date', 'timestamp'].includes(kindOf(type))
    return !isTime || timeText(text, 'TIMESTAMP WITH TIME ZONE') !== undefined
  },
  earlier(start, type, amount, unit) {
    const modifier = unit === 'week' ? `-${amount * 7} days` : `-${amount} ${unit}s`
    // Texts are compared: a date is before every time of its day.
    return `${kindOf(type) === 'date' ? 'date' : 'datetime'}(${start}, ${quoteText(modifier)})`
  },
}

/** `primaryKey`: tells rows of the same cursor value apart where the settings name no columns. */
export function incremental(
  context: Pick<ConnectorContext, 'nodeId' | 'cursor' | 'interval'>,
  settings: SqliteSourceSettings,
  columns: readonly TableColumn[],
  primaryKey: readonly string[],
): Incremental | undefined {
  const hasOrder = (column: TableColumn) => column.type !== 'BLOB' && !isNumberAsText(column)
  const partOf = (name: string, field: string) => {
    const { type } = cursorColumn(name, columns, hasOrder, { nodeId: context.nodeId, field })
    return { name, type, sql: `q.${quoteIdentifier(name)}` }
  }
  return incrementalPart(context, settings, partOf, primaryKey, dialect)
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
