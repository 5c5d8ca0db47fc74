import type { DatabaseSync } from 'node:sqlite'
import { parseTableName } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import { type Row, rowsOf } from './session.ts'
import { flowType } from './types.ts'

export interface TableColumn {
  readonly name: string
  /** As it was declared; empty: without a type. */
  readonly declared: string
  /** In a flow. */
  readonly type: string
  readonly nullable: boolean
  /** Position in the primary key, from 1. */
  readonly key: number | null
  /** SQLite fills it where nothing is written: a default, or the number of the row. */
  readonly filled: boolean
  /** SQLite computes it and takes no value. */
  readonly generated: boolean
}

export interface UniqueKey {
  readonly columns: readonly string[]
  /** How each of them is compared. */
  readonly collations: readonly string[]
}

export interface Table {
  readonly name: string
  /** As SQL: `"main"."orders"`. */
  readonly sql: string
  readonly isView: boolean
  /** Whether SQLite refuses values of other types than declared. */
  readonly isStrict: boolean
  readonly hasTriggers: boolean
  readonly columns: readonly TableColumn[]
  /** The primary key, and each unique index of whole columns and all rows. */
  readonly uniqueKeys: readonly UniqueKey[]
}

const text = (row: Row, name: string): string => {
  const value = row[name]
  return typeof value === 'string' ? value : ''
}
const isSet = (row: Row, name: string): boolean => Number(row[name] ?? 0) > 0

/** Where everything begins that we keep in a database; nobody is shown it. */
export const ownPrefix = '__millrace_'

export const isOwn = (name: string): boolean => name.startsWith(ownPrefix)

export const quoteMain = (table: string): string => `main.${quoteIdentifier(table)}`

/** Tables and views; neither SQLite's own nor ours. */
export const listTables = (database: DatabaseSync): { name: string; isView: boolean }[] =>
  rowsOf(
    database,
    "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name COLLATE NOCASE",
  )
    .map((row) => ({ name: text(row, 'name'), isView: row['type'] === 'view' }))
    .filter(({ name }) => !isOwn(name))

/** Estimates of ANALYZE, by table; empty where nobody has run it. */
export function estimates(database: DatabaseSync): ReadonlyMap<string, number> {
  const [has] = rowsOf(database, "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1'")
  if (!has) return new Map()
  const rows = rowsOf(
    database,
    "SELECT tbl, max(CAST(stat AS INTEGER)) AS n FROM sqlite_stat1 WHERE typeof(stat) = 'text' GROUP BY tbl",
  )
  return new Map(rows.map((row) => [text(row, 'tbl'), Number(row['n'])]))
}

/** The columns of a table, a view or (`schema` temp) a query, without those that `SELECT *` leaves out. */
export function columnsOf(database: DatabaseSync, name: string, schema: 'main' | 'temp'): TableColumn[] {
  const rows = rowsOf(database, 'SELECT * FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1', name, schema)
  const selected = database.prepare(`SELECT * FROM ${schema}.${quoteIdentifier(name)}`).columns()
  const primary = rows.filter((row) => isSet(row, 'pk'))
  return rows.map((row, place) => {
    const { type = null, column = null } = selected[place] ?? {}
    // A view calls a column BLOB that has no type at all.
    const isUntyped = type === null && column !== null
    const declared = isUntyped ? '' : text(row, 'type')
    const isKey = isSet(row, 'pk')
    const isNumber = isKey && primary.length === 1 && declared.toUpperCase() === 'INTEGER'
    const generated = isSet(row, 'hidden')
    return {
      name: text(row, 'name'),
      declared,
      type: flowType(declared),
      nullable: !isSet(row, 'notnull') && !isKey,
      key: isKey ? Number(row['pk']) : null,
      filled: isNumber || generated || row['dflt_value'] !== null,
      generated,
    }
  })
}

function uniqueKeysOf(database: DatabaseSync, name: string, columns: readonly TableColumn[]): UniqueKey[] {
  const primary = columns
    .filter(({ key }) => key !== null)
    .toSorted((a, b) => (a.key ?? 0) - (b.key ?? 0))
    .map((column) => column.name)
  const indexes = rowsOf(
    database,
    `SELECT name FROM pragma_index_list(?, 'main') WHERE "unique" = 1 AND partial = 0`,
    name,
  )
  const keys = indexes.flatMap((index): UniqueKey[] => {
    const parts = rowsOf(
      database,
      "SELECT cid, name, coll FROM pragma_index_xinfo(?, 'main') WHERE key = 1 ORDER BY seqno",
      text(index, 'name'),
    )
    // An expression does not say that the columns are unique.
    if (parts.some((part) => Number(part['cid']) < 0)) return []
    return [
      {
        columns: parts.map((part) => text(part, 'name')),
        collations: parts.map((part) => text(part, 'coll')),
      },
    ]
  })
  // The number of a row is a key without an index.
  const isIndexed = keys.some((key) => key.columns.join('\n') === primary.join('\n'))
  if (primary.length === 0 || isIndexed) return keys
  return [{ columns: primary, collations: primary.map(() => 'BINARY') }, ...keys]
}

/** A table or view as a setting names it; undefined: there is none of that name. */
export function readTable(database: DatabaseSync, setting: string): Table | undefined {
  const place = parseTableName(setting.trim())
  if (!place || !['', 'main'].includes(place.schema.toLowerCase())) return undefined
  const [found] = rowsOf(
    database,
    "SELECT name, type, strict FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE",
    place.table,
  )
  if (!found) return undefined
  const name = text(found, 'name')
  const columns = columnsOf(database, name, 'main')
  const isView = found['type'] === 'view'
  const [trigger] = rowsOf(
    database,
    "SELECT 1 FROM main.sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE",
    name,
  )
  return {
    name,
    sql: quoteMain(name),
    isView,
    isStrict: isSet(found, 'strict'),
    hasTriggers: trigger !== undefined,
    columns,
    uniqueKeys: isView ? [] : uniqueKeysOf(database, name, columns),
  }
}
