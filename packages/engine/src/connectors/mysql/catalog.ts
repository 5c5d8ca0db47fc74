import { parseTableName } from '../../spec/index.ts'
import type { MysqlSession, Row } from './session.ts'
import { quoteTable, quoteText, type TablePlace } from './text.ts'

/** A column of a table as `information_schema` has it. */
export interface TableColumn {
  readonly name: string
  /** As the server spells it: `decimal(12,2)`, `enum('a','b')`. */
  readonly native: string
  /** Its name alone, in small letters: `decimal`. */
  readonly base: string
  /** With its character set and collation, for a table of its own; JSON as text, shapes and vectors as bytes, which are checked later. */
  readonly plain: string
  /** Digits of the fractions of seconds that a time keeps; null: it is no time. */
  readonly fraction: number | null
  readonly nullable: boolean
  /** Position in the primary key, from 1. */
  readonly key: number | null
  /** The server fills it where nothing is written: a default or AUTO_INCREMENT. */
  readonly filled: boolean
  /** The server computes it and takes no value. */
  readonly generated: boolean
  readonly comment: string
}

export interface Table extends TablePlace {
  /** As SQL: `` `shop`.`orders` ``. */
  readonly sql: string
  readonly isView: boolean
  readonly engine: string
  /** Whether its engine takes part in transactions that are prepared. */
  readonly isTransactional: boolean
  readonly columns: readonly TableColumn[]
  /** Columns of the primary key and of each unique index over whole columns. */
  readonly uniqueKeys: readonly (readonly string[])[]
  /** How many unique indexes there are, those over parts of columns or over expressions too. */
  readonly uniqueIndexes: number
  /** Whether triggers or foreign keys hang on it, which a swap of tables would not take along. */
  readonly isBound: boolean
  /** About how many rows; undefined: the server does not say. */
  readonly estimatedRows: number | undefined
}

const cell = (row: Row | undefined, name: string): string => row?.[name] ?? ''

/** Where a name points: its own database, else that of the connection. Undefined: it is no name. */
export function placeOf(text: string, database: string): TablePlace | undefined {
  const name = parseTableName(text)
  return name && { schema: name.schema === '' ? database : name.schema, table: name.table }
}

/** Every column has an alias, for servers differ in the letters of the names. */
export const columnsQuery = ({ schema, table }: TablePlace) => `
  SELECT column_name AS name, column_type AS native, LOWER(data_type) AS base, datetime_precision AS fraction, character_set_name AS charset, collation_name AS collation_used, is_nullable AS nullable,
    column_default IS NOT NULL AND column_default <> 'NULL' AS has_default, LOWER(extra) AS extra, generation_expression AS expression, column_comment AS comment
  FROM information_schema.columns WHERE table_schema = ${quoteText(schema)} AND table_name = ${quoteText(table)}
  ORDER BY ordinal_position`

const indexesQuery = ({ schema, table }: TablePlace) => `
  SELECT index_name AS name, column_name AS part, sub_part AS prefix FROM information_schema.statistics
  WHERE table_schema = ${quoteText(schema)} AND table_name = ${quoteText(table)} AND non_unique = 0
  ORDER BY index_name, seq_in_index`

const bindingsQuery = ({ schema, table }: TablePlace) => `
  SELECT (SELECT COUNT(*) FROM information_schema.triggers WHERE event_object_schema = ${quoteText(schema)} AND event_object_table = ${quoteText(table)})
    + (SELECT COUNT(*) FROM information_schema.key_column_usage WHERE referenced_table_name IS NOT NULL AND (
        (table_schema = ${quoteText(schema)} AND table_name = ${quoteText(table)})
        OR (referenced_table_schema = ${quoteText(schema)} AND referenced_table_name = ${quoteText(table)}))) AS bindings`

function uniqueKeysOf(rows: readonly Row[]): { name: string; columns: string[] }[] {
  const names = [...new Set(rows.map((row) => cell(row, 'name')))]
  return names.flatMap((name) => {
    const parts = rows.filter((row) => cell(row, 'name') === name)
    // A prefix or an expression does not say that the columns are unique.
    const whole = parts.every((row) => row['prefix'] === null && row['part'] !== null)
    return whole ? [{ name, columns: parts.map((row) => cell(row, 'part')) }] : []
  })
}

/** Types whose values are bytes with a meaning, by their names. */
export const isMeantBytes = (base: string): boolean =>
  /^(geometry|point|linestring|polygon|multi\w+|geometrycollection|geomcollection|vector)$/.test(base)

function plainType(row: Row): string {
  const text = cell(row, 'charset')
  const base = cell(row, 'base')
  if (base === 'json') return 'longtext CHARACTER SET utf8mb4'
  if (isMeantBytes(base)) return 'longblob'
  return text === ''
    ? cell(row, 'native')
    : `${cell(row, 'native')} CHARACTER SET ${text} COLLATE ${cell(row, 'collation_used')}`
}

/** A table or view with its columns and keys; undefined: there is none of that name. */
export async function readTable(session: MysqlSession, place: TablePlace): Promise<Table | undefined> {
  const table = await readTableToRead(session, place)
  if (!table) return undefined
  const [bindings] = await session.query(bindingsQuery(place))
  return { ...table, isBound: cell(bindings, 'bindings') !== '0' }
}

/** The same without what only writers ask, for which the server looks through the tables of all databases. */
export async function readTableToRead(
  session: MysqlSession,
  place: TablePlace,
): Promise<Omit<Table, 'isBound'> | undefined> {
  const [found] = await session.query(
    `SELECT table_name AS name, table_type AS type, engine AS engine, table_rows AS estimate,
       (SELECT MAX(xa = 'YES') FROM information_schema.engines e WHERE e.engine = tables.engine) AS prepares FROM information_schema.tables
     WHERE table_schema = ${quoteText(place.schema)} AND table_name = ${quoteText(place.table)}`,
  )
  if (!found) return undefined
  const columns = await session.query(columnsQuery(place))
  const parts = await session.query(indexesQuery(place))
  const indexes = uniqueKeysOf(parts)
  const primary = indexes.find(({ name }) => name === 'PRIMARY')?.columns ?? []
  const estimate = found['estimate'] ?? null
  return {
    ...place,
    sql: quoteTable(place),
    isView: cell(found, 'type').includes('VIEW'),
    engine: cell(found, 'engine'),
    isTransactional: found['prepares'] === '1',
    columns: columns.map((row) => {
      const name = cell(row, 'name')
      const extra = cell(row, 'extra')
      const generated =
        cell(row, 'expression') !== '' || extra.includes('virtual generated') || extra.includes('stored gen')
      const isFilled = row['has_default'] === '1' || extra.includes('auto_increment')
      return {
        name,
        native: cell(row, 'native'),
        base: cell(row, 'base'),
        plain: plainType(row),
        fraction: row['fraction'] === null ? null : Number(row['fraction']),
        nullable: row['nullable'] === 'YES',
        key: primary.includes(name) ? primary.indexOf(name) + 1 : null,
        filled: isFilled || generated,
        generated,
        comment: cell(row, 'comment'),
      }
    }),
    uniqueKeys: indexes.map((index) => index.columns),
    uniqueIndexes: new Set(parts.map((row) => cell(row, 'name'))).size,
    estimatedRows: estimate === null ? undefined : Number(estimate),
  }
}
