import { type Column, kindOf } from '../../model/index.ts'

export type Affinity = 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC'

/** What SQLite makes of a declared type: https://www.sqlite.org/datatype3.html, section 3.1. */
export function affinityOf(declared: string): Affinity {
  const type = declared.toUpperCase()
  if (type.includes('INT')) return 'INTEGER'
  if (/CHAR|CLOB|TEXT/.test(type)) return 'TEXT'
  if (type === '' || type.includes('BLOB')) return 'BLOB'
  return /REAL|FLOA|DOUB/.test(type) ? 'REAL' : 'NUMERIC'
}

/** A number that is kept as text, so that it loses no digit; SQLite takes the name for a text. */
const decimalText = 'DECIMAL_TEXT'

const byName: Readonly<Record<string, string>> = {
  BOOL: 'BOOLEAN',
  BOOLEAN: 'BOOLEAN',
  DATE: 'DATE',
  TIME: 'TIME',
  DATETIME: 'TIMESTAMP',
  TIMESTAMP: 'TIMESTAMP',
  'TIMESTAMP WITHOUT TIME ZONE': 'TIMESTAMP',
  TIMESTAMPTZ: 'TIMESTAMP WITH TIME ZONE',
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP WITH TIME ZONE',
}
const numbers = ['NUMERIC', 'NUM', 'DECIMAL', 'DEC', 'NUMBER', 'MONEY', 'CURRENCY']

/** The type in a flow of a column that was declared so. */
export function flowType(declared: string): string {
  const [, base = '', precision, scale = '0'] =
    /^\s*([^(]*?)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\).*)?$/s.exec(declared.toUpperCase()) ?? []
  if (Object.hasOwn(byName, base)) return byName[base] ?? 'VARCHAR'
  const isDecimal = base === decimalText || numbers.includes(base)
  if (isDecimal && precision !== undefined) {
    const fits = Number(precision) >= 1 && Number(precision) <= 38 && Number(scale) <= Number(precision)
    if (fits) return `DECIMAL(${Number(precision)},${Number(scale)})`
  }
  switch (affinityOf(declared)) {
    case 'INTEGER':
      return 'BIGINT'
    case 'REAL':
      return 'DOUBLE'
    case 'BLOB':
      return declared.trim() === '' ? 'VARCHAR' : 'BLOB'
    case 'NUMERIC':
      return numbers.includes(base) ? 'DOUBLE' : 'VARCHAR'
    case 'TEXT':
      return 'VARCHAR'
  }
}

const declaredByKind: Partial<Record<ReturnType<typeof kindOf>, string>> = {
  float: 'REAL',
  boolean: 'BOOLEAN',
  binary: 'BLOB',
  date: 'DATE',
  time: 'TIME',
}

/** What a column of a table that we make is declared as; read back, it has the same type where SQLite has one for it. */
export function declaredType({ type }: Column): string {
  const kind = kindOf(type)
  if (type === 'UBIGINT') return `${decimalText}(20,0)`
  if (type === 'HUGEINT' || type === 'UHUGEINT') return 'TEXT'
  if (kind === 'integer') return 'INTEGER'
  if (kind === 'decimal') return type.replace('DECIMAL', decimalText)
  if (type === 'TIMESTAMP WITH TIME ZONE') return type
  // A text keeps what is finer than microseconds.
  if (kind === 'timestamp') return type === 'TIMESTAMP_NS' ? 'TEXT' : 'DATETIME'
  return declaredByKind[kind] ?? 'TEXT'
}
