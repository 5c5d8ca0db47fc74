import { empty, identifier, join, literal, type Sql, sql } from './sql.ts'

/** The faults (`faultsType`) of a row that a target cannot place for its key. */
const fault = (keys: readonly string[], value: Sql, rule: string, reason: Sql): Sql =>
  sql`[{'column': ${literal(keys.join(', '))}, 'value': ${value}, 'rule': ${rule}, 'reason': ${reason}}]`

export const missingKey = (keys: readonly string[]): Sql =>
  fault(keys, sql`CAST(NULL AS VARCHAR)`, 'required', sql`'the key is missing'`)

const text = (keys: readonly string[], owner: Sql): Sql =>
  sql`concat_ws(', ', ${join(keys.map((key) => sql`CAST(${owner}${identifier(key)} AS VARCHAR)`))})`

/** `count`: how many rows have the key; `owner`: what its columns are asked of, with the dot. */
export const repeatedKey = (keys: readonly string[], count: Sql, owner: Sql = empty): Sql =>
  fault(keys, text(keys, owner), 'duplicate', sql`${count} || ' rows have this key'`)

export const unknownKey = (keys: readonly string[]): Sql =>
  fault(keys, text(keys, empty), 'missing', sql`'no row of the table has this key'`)
