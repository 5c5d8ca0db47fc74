import { z } from 'zod'

/** What an analyst calls a type. Each DuckDB type belongs to exactly one kind. */
export const columnKinds = [
  'text',
  'integer',
  'decimal',
  'float',
  'boolean',
  'date',
  'time',
  'timestamp',
  'json',
  'list',
  'struct',
  'binary',
  'other',
] as const
export type ColumnKind = (typeof columnKinds)[number]

/** A column at a port: its name and its DuckDB type, spelled as DuckDB spells it (`DECIMAL(18,2)`). */
export const column = z.strictObject({ name: z.string().min(1), type: z.string().min(1) })
export type Column = z.infer<typeof column>

const kindsByType: Readonly<Record<string, ColumnKind>> = {
  VARCHAR: 'text',
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  BIGINT: 'integer',
  HUGEINT: 'integer',
  UTINYINT: 'integer',
  USMALLINT: 'integer',
  UINTEGER: 'integer',
  UBIGINT: 'integer',
  UHUGEINT: 'integer',
  DECIMAL: 'decimal',
  FLOAT: 'float',
  DOUBLE: 'float',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIME: 'time',
  'TIME WITH TIME ZONE': 'time',
  TIMESTAMP: 'timestamp',
  TIMESTAMP_S: 'timestamp',
  TIMESTAMP_MS: 'timestamp',
  TIMESTAMP_NS: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamp',
  JSON: 'json',
  BLOB: 'binary',
}

/** The kind of a DuckDB type as `DESCRIBE` prints it. */
export function kindOf(type: string): ColumnKind {
  if (type.endsWith(']')) return 'list'
  if (type.startsWith('STRUCT(')) return 'struct'
  if (type.startsWith('ENUM(')) return 'text'
  const bare = type.replace(/\(.*\)$/, '')
  return (Object.hasOwn(kindsByType, bare) ? kindsByType[bare] : undefined) ?? 'other'
}

/** The DuckDB types that the forms offer, by the kind they stand for. */
export const typesOffered = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  decimal: 'DECIMAL(18,2)',
  float: 'DOUBLE',
  boolean: 'BOOLEAN',
  date: 'DATE',
  time: 'TIME',
  timestamp: 'TIMESTAMP',
  json: 'JSON',
} as const satisfies Partial<Record<ColumnKind, string>>

/** The only type texts a flow may carry: they are spliced into SQL, so nothing else may pass. */
export const typeName = z
  .string()
  .regex(
    /^(VARCHAR|TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|DOUBLE|FLOAT|BOOLEAN|DATE|TIME|TIMESTAMP|TIMESTAMP WITH TIME ZONE|JSON|UUID|BLOB|DECIMAL\((?:[1-9]|[12]\d|3[0-8]),(?:\d|[12]\d|3[0-8])\))(\[\])?$/,
  )

/** DuckDB compares names without regard to case. */
export const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/**
 * Makes names usable side by side as columns of one relation: blank names become `column_N`,
 * and a name that is there already (without regard to case) gets `_2`, `_3` …
 */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>()
  return names.map((name, index) => {
    const base = name.trim() === '' ? `column_${index + 1}` : name
    let unique = base
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${base}_${n}`
    taken.add(unique.toLowerCase())
    return unique
  })
}

/** Names of the fields of a `STRUCT(…)` type at its top level, unquoted; empty for other types. */
export function structFields(type: string): string[] {
  if (kindOf(type) !== 'struct') return []
  const body = type.slice('STRUCT('.length, -1)
  const parts: string[] = []
  let depth = 0
  let quoted = false
  let start = 0
  for (let index = 0; index <= body.length; index++) {
    const character = body[index]
    if (character === '"') quoted = !quoted
    else if (!quoted && character === '(') depth++
    else if (!quoted && character === ')') depth--
    else if (character === undefined || (!quoted && depth === 0 && character === ',')) {
      parts.push(body.slice(start, index).trim())
      start = index + 1
    }
  }
  return parts.map(
    (part) => /^"((?:[^"]|"")*)"/.exec(part)?.[1]?.replaceAll('""', '"') ?? part.split(' ')[0] ?? part,
  )
}
