import { kindOf } from '../../model/index.ts'
import type { Row } from './session.ts'

/** A type as the catalog has it, seen through domains and arrays. */
export interface NativeType {
  /** As the server spells it: `numeric(12,2)`, `shop.mood[]`. */
  readonly spelled: string
  /** The name of the type at the bottom: `int8`, `numeric`. */
  readonly base: string
  /** pg_type.typtype of the type at the bottom: b base, e enum, r range, m multirange, c composite. */
  readonly sort: string
  /** Whether it is one of the server's own, as against one of an extension or a user. */
  readonly builtIn: boolean
  readonly isArray: boolean
  /** Of `numeric` as declared; undefined: any precision. */
  readonly precision: number | undefined
  readonly scale: number | undefined
}

/** Columns that `nativeTypeOf` reads, over `type_oid` and `type_modifier` of a relation `wanted`; domains are followed. */
export const typeColumns = `
  format_type(wanted.type_oid, wanted.type_modifier) AS spelled, bottom.typname AS base, bottom.typtype AS sort,
  (bottom.typnamespace = 'pg_catalog'::regnamespace)::text AS built_in, (through.is_array)::text AS is_array,
  through.modifier AS modifier`

export const typeJoins = `
  CROSS JOIN LATERAL (
    WITH RECURSIVE step (oid, modifier, is_array) AS (
      SELECT wanted.type_oid, wanted.type_modifier, false
      UNION ALL
      SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END,
        CASE WHEN t.typtype = 'd' AND step.modifier = -1 THEN t.typtypmod ELSE step.modifier END,
        step.is_array OR t.typcategory = 'A' AND t.typtype <> 'd'
      FROM step JOIN pg_catalog.pg_type t ON t.oid = step.oid
      WHERE t.typtype = 'd' OR (t.typcategory = 'A' AND t.typelem <> 0)
    )
    SELECT step.oid, step.modifier, step.is_array FROM step JOIN pg_catalog.pg_type t ON t.oid = step.oid
    WHERE NOT (t.typtype = 'd' OR (t.typcategory = 'A' AND t.typelem <> 0))
  ) AS through
  JOIN pg_catalog.pg_type AS bottom ON bottom.oid = through.oid`

/** The modifier of `numeric(p,s)` holds both; the scale is an eleven bit number with a sign. */
function numericModifier(modifier: number): { precision: number; scale: number } {
  const bits = modifier - 4
  const scale = bits & 0x7ff
  return { precision: (bits >> 16) & 0xffff, scale: scale >= 1024 ? scale - 2048 : scale }
}

export function nativeTypeOf(row: Row): NativeType {
  const modifier = Number(row['modifier'] ?? -1)
  const base = row['base'] ?? ''
  const numeric = base === 'numeric' && modifier >= 4 ? numericModifier(modifier) : undefined
  return {
    spelled: row['spelled'] ?? '',
    base,
    sort: row['sort'] ?? 'b',
    builtIn: row['built_in'] === 'true',
    isArray: row['is_array'] === 'true',
    precision: numeric?.precision,
    scale: numeric?.scale,
  }
}

const plainTypes: Readonly<Record<string, string>> = {
  bool: 'BOOLEAN',
  int2: 'SMALLINT',
  int4: 'INTEGER',
  int8: 'BIGINT',
  oid: 'BIGINT',
  float4: 'FLOAT',
  float8: 'DOUBLE',
  money: 'DECIMAL(19,2)',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  timestamptz: 'TIMESTAMP WITH TIME ZONE',
  uuid: 'UUID',
  bytea: 'BLOB',
  json: 'JSON',
  jsonb: 'JSON',
}

function decimalOf({ precision, scale }: NativeType): string {
  if (precision === undefined || scale === undefined) return 'VARCHAR'
  const digits = scale < 0 ? precision - scale : Math.max(precision, scale)
  return digits > 38 ? 'VARCHAR' : `DECIMAL(${digits},${Math.max(0, scale)})`
}

/** What a type becomes in a flow. What DuckDB has no type for, and numbers of more than 38 digits, stay as the text that the server prints. */
export function flowType(native: NativeType): string {
  const { base, builtIn, isArray, sort } = native
  const plain = builtIn && sort === 'b' && Object.hasOwn(plainTypes, base) ? plainTypes[base] : undefined
  const single = builtIn && base === 'numeric' ? decimalOf(native) : (plain ?? 'VARCHAR')
  // The bytes of an array's elements stand as hexadecimal text.
  return isArray ? `${single === 'BLOB' ? 'VARCHAR' : single}[]` : single
}

const nativeTypes: Readonly<Record<string, string>> = {
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  SMALLINT: 'smallint',
  INTEGER: 'integer',
  BIGINT: 'bigint',
  UTINYINT: 'smallint',
  USMALLINT: 'integer',
  UINTEGER: 'bigint',
  UBIGINT: 'numeric(20,0)',
  HUGEINT: 'numeric(39,0)',
  UHUGEINT: 'numeric(39,0)',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  UUID: 'uuid',
  BLOB: 'bytea',
  JSON: 'jsonb',
}

/** The type of a column in a table that is created for a flow's column. */
export function tableType(type: string): string {
  if (type.endsWith('[]')) {
    const single = type.slice(0, -2)
    return single.endsWith('[]') || kindOf(single) === 'struct' ? 'jsonb' : `${tableType(single)}[]`
  }
  const decimal = /^DECIMAL(\(\d+,\d+\))$/.exec(type)
  if (decimal) return `numeric${decimal[1]}`
  if (Object.hasOwn(nativeTypes, type)) return nativeTypes[type] ?? 'text'
  return ['struct', 'list', 'json'].includes(kindOf(type)) || type.startsWith('MAP(') ? 'jsonb' : 'text'
}
