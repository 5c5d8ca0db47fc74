import { join, type Sql, sql } from './sql.ts'

/** A row as the text of a JSON object, in the order of its entries: name and value each. */
export const rowText = (entries: readonly (readonly [name: string, value: Sql])[]): Sql =>
  sql`CAST(json_object(${join(entries.map(([name, value]) => sql`${name}, ${value}`))}) AS VARCHAR)`
