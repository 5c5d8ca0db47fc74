import type { WriteMode } from '../../spec/index.ts'
import { quoteName } from './text.ts'
import { rowNumber } from './writing.ts'

/** What the statements of a run are made of. */
export interface StatementOptions {
  readonly mode: WriteMode
  /** As SQL: where the rows go, and where they are staged. */
  readonly destination: string
  readonly stage: string
  readonly columns: readonly string[]
  readonly keys: readonly string[]
  /** Whether the key is the only thing that is unique: otherwise ON DUPLICATE KEY may find another row than the one of this key. */
  readonly isOnlyKey: boolean
}

const list = (names: readonly string[], owner = ''): string =>
  names.map((name) => `${owner}${quoteName(name)}`).join(', ')

const sameKey = (keys: readonly string[]): string =>
  keys.map((key) => `t.${quoteName(key)} = s.${quoteName(key)}`).join(' AND ')

const firstOf = (keys: readonly string[]): string => quoteName(keys[0] ?? '')

/** Accepted rows from number `from` to `to`. */
const within = (from: number, to: number): string => `s.${rowNumber} BETWEEN ${from} AND ${to}`

/** The statements that write the staged rows from number `from` to `to`, one after the other. */
export function writeStatements(options: StatementOptions, from: number, to: number): string[] {
  const { mode, destination, stage, columns, keys, isOnlyKey } = options
  const rows = within(from, to)
  const insert = `INSERT INTO ${destination} (${list(columns)}) SELECT ${list(columns, 's.')} FROM ${stage} AS s`
  const others = columns.filter((name) => !keys.includes(name))
  const set = others.map((name) => `t.${quoteName(name)} = s.${quoteName(name)}`).join(', ')
  const update =
    others.length > 0
      ? [`UPDATE ${destination} AS t JOIN ${stage} AS s ON ${sameKey(keys)} SET ${set} WHERE ${rows}`]
      : []
  if (mode === 'delete')
    return [`DELETE t FROM ${destination} AS t JOIN ${stage} AS s ON ${sameKey(keys)} WHERE ${rows}`]
  if (mode === 'update') return update
  if (mode === 'append' || mode === 'replace') return [`${insert} WHERE ${rows} ORDER BY s.${rowNumber}`]
  if (!isOnlyKey)
    return [
      ...update,
      `${insert} LEFT JOIN ${destination} AS t ON ${sameKey(keys)} WHERE ${rows} AND t.${firstOf(keys)} IS NULL ORDER BY s.${rowNumber}`,
    ]
  const changed = (others.length > 0 ? others : keys.slice(0, 1)).map(
    (name) => `${quoteName(name)} = VALUES(${quoteName(name)})`,
  )
  return [`${insert} WHERE ${rows} ON DUPLICATE KEY UPDATE ${changed.join(', ')}`]
}

/** Numbers of accepted rows whose key the table does not have. */
export const unmatchedRows = ({ destination, stage, keys }: StatementOptions): string =>
  `SELECT s.${rowNumber} AS n FROM ${stage} AS s LEFT JOIN ${destination} AS t ON ${sameKey(keys)} WHERE s.${rowNumber} >= 0 AND t.${firstOf(keys)} IS NULL ORDER BY 1`

/** Numbers of accepted rows whose key another one has too, as the table compares keys. */
export const repeatedRows = ({ stage, keys }: StatementOptions): string =>
  `SELECT s.${rowNumber} AS n FROM ${stage} AS s JOIN (SELECT ${list(keys)} FROM ${stage} WHERE ${rowNumber} >= 0 GROUP BY ${list(keys)} HAVING COUNT(*) > 1) AS t ON ${sameKey(keys)} WHERE s.${rowNumber} >= 0 ORDER BY 1`

const others = ({ destination, stage, keys }: StatementOptions): string =>
  `FROM ${destination} AS t LEFT JOIN ${stage} AS s ON ${sameKey(keys)} WHERE s.${rowNumber} IS NULL`

/** Rows of the table that the flow no longer has. */
export const countOthers = (options: StatementOptions): string => `SELECT COUNT(*) AS n ${others(options)}`
export const deleteOthers = (options: StatementOptions): string => `DELETE t ${others(options)}`
