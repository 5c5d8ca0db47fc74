import type { WriteMode } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'

/** A column of the staging table: where it goes, and whether rows are found by it. */
export interface StagedColumn {
  readonly target: string
  /** In the staging table. */
  readonly cell: string
  readonly isKey: boolean
  /** How the key is compared. */
  readonly collation: string
}

/** What the statements of a run are made of. */
export interface StatementOptions {
  readonly mode: WriteMode
  /** As SQL: where the rows go, and where they are staged. */
  readonly destination: string
  readonly stage: string
  readonly columns: readonly StagedColumn[]
}

/** The number of a row in the staging table; -1 - n for one that was refused. */
export const rowNumber = '"__mr_n"'
const within = `s.${rowNumber} BETWEEN ? AND ?`
const name = ({ target }: StagedColumn): string => quoteIdentifier(target)

const keysOf = ({ columns }: StatementOptions) => columns.filter(({ isKey }) => isKey)
const sameKey = (options: StatementOptions): string =>
  keysOf(options)
    .map((column) => `t.${name(column)} = s.${column.cell}`)
    .join(' AND ')

/** Of rows that are found by key: only those that change, down to the letters that a collation overlooks. */
export function updateStatement(options: StatementOptions): string | undefined {
  const others = options.columns.filter(({ isKey }) => !isKey)
  if (others.length === 0) return undefined
  const set = others.map((column) => `${name(column)} = s.${column.cell}`)
  const differs = others.map((column) => `(t.${name(column)} COLLATE BINARY) IS NOT s.${column.cell}`)
  return `UPDATE OR ABORT ${options.destination} AS t SET ${set.join(', ')} FROM ${options.stage} AS s WHERE ${sameKey(options)} AND ${within} AND (${differs.join(' OR ')})`
}

/** `ABORT`, whatever the table says of conflicts: it might leave rows out, or remove others. */
export function insertStatement(options: StatementOptions): string {
  const { mode, destination, stage, columns } = options
  const isNew =
    mode === 'append' || mode === 'replace'
      ? ''
      : ` AND NOT EXISTS (SELECT 1 FROM ${destination} AS t WHERE ${sameKey(options)})`
  const cells = columns.map(({ cell }) => `s.${cell}`)
  return `INSERT OR ABORT INTO ${destination} (${columns.map(name).join(', ')}) SELECT ${cells.join(', ')} FROM ${stage} AS s WHERE ${within}${isNew} ORDER BY s.${rowNumber}`
}

export function deleteStatement(options: StatementOptions): string {
  const keys = keysOf(options)
  const left = keys.map((column) => `t.${name(column)}`).join(', ')
  const right = keys.map(({ cell }) => `s.${cell}`).join(', ')
  return `DELETE FROM ${options.destination} AS t WHERE (${left}) IN (SELECT ${right} FROM ${options.stage} AS s WHERE ${within})`
}

/** Numbers of accepted rows whose key the table does not have. */
export const unmatchedRows = (options: StatementOptions): string =>
  `SELECT s.${rowNumber} AS n FROM ${options.stage} AS s WHERE ${within} AND NOT EXISTS (SELECT 1 FROM ${options.destination} AS t WHERE ${sameKey(options)}) ORDER BY 1`

/** Numbers of accepted rows whose key another one has too, as the table compares keys. */
export function repeatedRows(options: StatementOptions): string {
  const keys = keysOf(options).map(({ cell, collation }) => `${cell} COLLATE ${quoteIdentifier(collation)}`)
  const counted = `SELECT ${rowNumber} AS n, count(*) OVER (PARTITION BY ${keys.join(', ')}) AS times FROM ${options.stage} WHERE ${rowNumber} >= 0`
  return `SELECT n FROM (${counted}) WHERE times > 1 ORDER BY n`
}

const others = (options: StatementOptions): string =>
  `FROM ${options.destination} AS t WHERE NOT EXISTS (SELECT 1 FROM ${options.stage} AS s WHERE ${sameKey(options)})`

/** Rows of the table that the flow no longer has. */
export const countOthers = (options: StatementOptions): string => `SELECT count(*) AS n ${others(options)}`
export const deleteOthers = (options: StatementOptions): string => `DELETE ${others(options)}`

/** The index that finds staged rows by key. */
export const keyIndex = (options: StatementOptions, stageName: string): string => {
  const keys = keysOf(options).map(({ cell, collation }) => `${cell} COLLATE ${quoteIdentifier(collation)}`)
  return `CREATE INDEX temp.${quoteIdentifier(`${stageName} by key`)} ON ${quoteIdentifier(stageName)} (${keys.join(', ')})`
}
