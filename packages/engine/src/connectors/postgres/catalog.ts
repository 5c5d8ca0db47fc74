import { parseTableName, type TableName } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import type { PostgresSession } from './session.ts'
import { type NativeType, nativeTypeOf, typeColumns, typeJoins } from './types.ts'

/** A column of a table as the server's catalog has it. */
export interface TableColumn {
  readonly name: string
  readonly native: NativeType
  readonly nullable: boolean
  /** Position in the primary key, from 1. */
  readonly key: number | null
  readonly hasDefault: boolean
  /** `always`: the server computes it and takes no value. */
  readonly generated: 'no' | 'by default' | 'always'
  readonly comment: string
}

export interface Table extends TableName {
  /** As SQL: `"public"."orders"`. */
  readonly sql: string
  readonly columns: readonly TableColumn[]
  /** Columns of each primary key and unique index that covers every row, without expressions. */
  readonly uniqueKeys: readonly (readonly string[])[]
  /** About how many rows; undefined: never counted. */
  readonly estimatedRows: number | undefined
}

export const quoteText = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** `"schema"."table"`, or the name alone for the search path to find. */
export const quoteTable = ({ schema, table }: TableName): string =>
  schema === '' ? quoteIdentifier(table) : `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`

/** Where a name points: its own schema, else the first of the search path that has it, else the first of all. */
export async function locateTable(
  session: PostgresSession,
  text: string,
): Promise<(TableName & { readonly oid: string | undefined }) | undefined> {
  const name = parseTableName(text)
  if (!name) return undefined
  const [row] = await session.query(
    `SELECT found.oid::oid::text AS oid, coalesce(n.nspname, nullif($1, ''), current_schema()) AS schema
     FROM (SELECT to_regclass($2::text) AS oid) AS found
     LEFT JOIN pg_catalog.pg_class c ON c.oid = found.oid LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace`,
    [name.schema, quoteTable(name)],
  )
  return { schema: row?.['schema'] ?? name.schema, table: name.table, oid: row?.['oid'] ?? undefined }
}

const columnsQuery = `
  SELECT wanted.name, (NOT wanted.not_null)::text AS nullable, wanted.key::text AS key, wanted.has_default::text AS has_default,
    wanted.generated, wanted.comment, ${typeColumns}
  FROM (
    SELECT a.attname AS name, a.atttypid AS type_oid, a.atttypmod AS type_modifier, a.attnum AS place,
      a.attnotnull AS not_null, a.atthasdef AS has_default,
      CASE WHEN a.attgenerated <> '' OR a.attidentity = 'a' THEN 'always' WHEN a.attidentity = 'd' THEN 'by default' ELSE 'no' END AS generated,
      coalesce(col_description(a.attrelid, a.attnum), '') AS comment,
      array_position(i.indkey::int2[], a.attnum) + 1 AS key
    FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
    WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
  ) AS wanted ${typeJoins}
  ORDER BY wanted.place`

const keysQuery = `
  SELECT (SELECT json_agg(a.attname) FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))::text AS columns
  FROM pg_catalog.pg_index i
  WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL`

/** A table or view with its columns and keys; undefined: there is none of that name. */
export async function readTable(session: PostgresSession, text: string): Promise<Table | undefined> {
  const place = await locateTable(session, text)
  if (!place?.oid) return undefined
  const rows = await session.query(columnsQuery, [place.oid])
  const keys = await session.query(keysQuery, [place.oid])
  const [size] = await session.query(
    'SELECT reltuples::text AS rows FROM pg_catalog.pg_class WHERE oid = $1::oid',
    [place.oid],
  )
  const estimate = Number(size?.['rows'] ?? -1)
  return {
    schema: place.schema,
    table: place.table,
    sql: quoteTable(place),
    columns: rows.map((row) => ({
      name: row['name'] ?? '',
      native: nativeTypeOf(row),
      nullable: row['nullable'] === 'true',
      key: row['key'] === null ? null : Number(row['key']),
      hasDefault: row['has_default'] === 'true',
      generated: row['generated'] as TableColumn['generated'],
      comment: row['comment'] ?? '',
    })),
    uniqueKeys: keys.map((row) => JSON.parse(row['columns'] ?? '[]') as string[]),
    estimatedRows: estimate < 0 ? undefined : Math.round(estimate),
  }
}

/** The columns that a SELECT gives, without reading a row. */
export async function describeSelect(
  session: PostgresSession,
  select: string,
): Promise<{ readonly name: string; readonly native: NativeType }[]> {
  const fields = await session.describe(select)
  const values = fields.map(({ oid, modifier }, place) => `(${oid}::oid, ${modifier}::int4, ${place})`)
  if (values.length === 0) return []
  const rows = await session.query(
    `SELECT ${typeColumns} FROM (VALUES ${values.join(', ')}) AS wanted (type_oid, type_modifier, place) ${typeJoins} ORDER BY wanted.place`,
  )
  return fields.map(({ name }, place) => ({ name, native: nativeTypeOf(rows[place] ?? {}) }))
}
