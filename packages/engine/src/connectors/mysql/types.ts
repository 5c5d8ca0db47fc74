import type { FieldPacket } from 'mysql2'
import { kindOf } from '../../model/index.ts'

/**
 * How the bytes of a cell stand in a text-protocol row: as text, as the digits and marks of a number or a
 * time, or as bytes that are no text.
 */
export type CellForm = 'text' | 'digits' | 'bytes' | 'bits'

/** A column of a result: what it becomes in a flow. */
export interface ResultColumn {
  readonly name: string
  /** DuckDB type. */
  readonly type: string
  readonly form: CellForm
  /** A FLOAT, which the server prints with six digits only unless it is made a DOUBLE. */
  readonly isFloat: boolean
}

/** Type codes of the protocol, see “Column Definition” in MySQL's and MariaDB's manuals. */
const code = {
  decimal: 0,
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  newDate: 14,
  bit: 16,
  json: 245,
  newDecimal: 246,
  geometry: 255,
} as const

const unsignedFlag = 32
const binaryCharacterSet = 63

/** Signed and unsigned: a type with room to subtract in, so that flows do not stumble over unsigned arithmetic. */
const integers: Readonly<Record<number, readonly [signed: string, unsigned: string]>> = {
  [code.tiny]: ['TINYINT', 'SMALLINT'],
  [code.short]: ['SMALLINT', 'INTEGER'],
  [code.int24]: ['INTEGER', 'INTEGER'],
  [code.long]: ['INTEGER', 'BIGINT'],
  [code.longlong]: ['BIGINT', 'HUGEINT'],
}

const plain: Readonly<Record<number, string>> = {
  [code.float]: 'FLOAT',
  [code.double]: 'DOUBLE',
  [code.date]: 'DATE',
  [code.newDate]: 'DATE',
  [code.time]: 'TIME',
  [code.datetime]: 'TIMESTAMP',
  [code.timestamp]: 'TIMESTAMP WITH TIME ZONE',
  [code.year]: 'SMALLINT',
  [code.json]: 'JSON',
  [code.null]: 'VARCHAR',
}

/** Fields of a column definition that the driver's types leave out or call optional. */
interface Definition {
  readonly columnType: number
  readonly columnLength: number
  readonly characterSet: number
  readonly flags: number
  readonly decimals: number
  /** MariaDB: `uuid`, `inet6` … */
  readonly extendedTypeName?: string
  /** MariaDB: `json`. */
  readonly extendedFormat?: string
}

function typeOf(field: Definition): { type: string; form: CellForm } {
  const { columnType, columnLength, characterSet, decimals } = field
  const isUnsigned = (field.flags & unsignedFlag) !== 0
  const integer = integers[columnType]
  if (integer) return { type: integer[isUnsigned ? 1 : 0], form: 'digits' }
  if (columnType === code.decimal || columnType === code.newDecimal) {
    const precision = columnLength - (decimals > 0 ? 1 : 0) - (isUnsigned ? 0 : 1)
    // More digits than DuckDB has: they stay as the text that the server prints.
    const fits = precision >= 1 && precision <= 38 && decimals <= precision
    return { type: fits ? `DECIMAL(${precision},${decimals})` : 'VARCHAR', form: 'digits' }
  }
  if (columnType === code.bit) {
    const type = columnLength === 1 ? 'BOOLEAN' : columnLength < 64 ? 'BIGINT' : 'HUGEINT'
    return { type, form: 'bits' }
  }
  if (columnType === code.geometry) return { type: 'BLOB', form: 'bytes' }
  const known = plain[columnType]
  if (known) return { type: known, form: columnType === code.json ? 'text' : 'digits' }
  if (field.extendedFormat === 'json') return { type: 'JSON', form: 'text' }
  if (field.extendedTypeName === 'uuid') return { type: 'UUID', form: 'text' }
  return characterSet === binaryCharacterSet && field.extendedTypeName === undefined
    ? { type: 'BLOB', form: 'bytes' }
    : { type: 'VARCHAR', form: 'text' }
}

/**
 * What the columns of a result become. TINYINT(1) stays a number, for it holds more than two values;
 * times with a zone are read in UTC; geometries are the bytes that the server keeps.
 */
export const resultColumns = (fields: readonly FieldPacket[]): ResultColumn[] =>
  fields.map((field) => {
    const definition = field as unknown as Definition
    return { name: field.name, isFloat: definition.columnType === code.float, ...typeOf(definition) }
  })

const nativeTypes: Readonly<Record<string, string>> = {
  BOOLEAN: 'tinyint(1)',
  TINYINT: 'tinyint',
  SMALLINT: 'smallint',
  INTEGER: 'int',
  BIGINT: 'bigint',
  UTINYINT: 'tinyint unsigned',
  USMALLINT: 'smallint unsigned',
  UINTEGER: 'int unsigned',
  UBIGINT: 'bigint unsigned',
  HUGEINT: 'decimal(39,0)',
  UHUGEINT: 'decimal(39,0)',
  FLOAT: 'float',
  DOUBLE: 'double',
  DATE: 'date',
  TIME: 'time(6)',
  'TIME WITH TIME ZONE': 'varchar(32)',
  TIMESTAMP: 'datetime(6)',
  TIMESTAMP_S: 'datetime',
  TIMESTAMP_MS: 'datetime(3)',
  TIMESTAMP_NS: 'datetime(6)',
  // A timestamp ends in 2038; these are kept as the date and time in UTC.
  'TIMESTAMP WITH TIME ZONE': 'datetime(6)',
  UUID: 'char(36)',
  JSON: 'json',
}

/** The type of a column in a table that is created for a flow's column. Indexes take no text or bytes of any length. */
export function tableType(type: string, isKey: boolean): string {
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type)
  if (decimal) return Number(decimal[2]) <= 30 ? `decimal(${decimal[1]},${decimal[2]})` : 'varchar(48)'
  if (Object.hasOwn(nativeTypes, type)) return nativeTypes[type] ?? 'longtext'
  if (kindOf(type) === 'binary') return isKey ? 'varbinary(255)' : 'longblob'
  if (['struct', 'list'].includes(kindOf(type)) || type.startsWith('MAP(')) return 'json'
  return isKey ? 'varchar(255)' : 'longtext'
}
