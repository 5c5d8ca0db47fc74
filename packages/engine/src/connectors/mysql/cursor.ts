import { kindOf } from '../../model/index.ts'
import type { ConnectorContext, Token } from '../../spec/index.ts'
import {
  type CursorDialect,
  cursorColumn,
  type Incremental,
  incrementalPart,
} from '../databases/incremental.ts'
import type { MysqlSession } from './session.ts'
import type { MysqlSourceSettings } from './spec.ts'
import { quoteName, quoteNumber, quoteText } from './text.ts'
import type { ResultColumn } from './types.ts'

const isNumber = (type: string): boolean => ['integer', 'decimal', 'float'].includes(kindOf(type))

const numberPattern = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/
const timePattern = /^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?)?$/

const dialect: CursorDialect = {
  constant: (value, type) => (isNumber(type) ? quoteNumber(value) : quoteText(value)),
  // The server would take what is no date for a text, and find nothing.
  fits(text, type) {
    if (isNumber(type)) return numberPattern.test(text)
    return !(type === 'DATE' || type.startsWith('TIMESTAMP')) || timePattern.test(text)
  },
  earlier: (start, _, amount, unit) => `TIMESTAMP(${start}) - INTERVAL ${amount} ${unit.toUpperCase()}`,
}

/** `primaryKey`: tells rows of the same cursor value apart where the settings name no columns. */
export function incremental(
  context: Pick<ConnectorContext, 'nodeId' | 'cursor' | 'interval'>,
  settings: MysqlSourceSettings,
  columns: readonly ResultColumn[],
  primaryKey: readonly string[],
): Incremental | undefined {
  const partOf = (name: string, field: string) => {
    // A key of bytes tells rows apart; it is no cursor.
    const hasOrder = ({ type }: ResultColumn) =>
      field !== 'cursorColumn' || (type !== 'BLOB' && type !== 'JSON')
    const { type, isFloat } = cursorColumn(name, columns, hasOrder, { nodeId: context.nodeId, field })
    const plain = `q.${quoteName(name)}`
    return { name, type, sql: isFloat ? `(${plain} + 0e0)` : plain }
  }
  return incrementalPart(context, settings, partOf, primaryKey, dialect)
}

/** The last place of what is read, as the server prints it. */
export async function lastCursor(
  session: MysqlSession,
  from: string,
  { parts }: Incremental,
): Promise<Token | undefined> {
  const list = parts.map((part, place) => `${part.sql} AS c${place}`)
  const order = parts.map((part) => `${part.sql} DESC`)
  const [row] = await session.query(`SELECT ${list.join(', ')} ${from} ORDER BY ${order.join(', ')} LIMIT 1`)
  return row && Object.fromEntries(parts.map(({ name }, place) => [name, row[`c${place}`] ?? null]))
}
