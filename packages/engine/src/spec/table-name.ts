/** The place of a table: what stands before the last point is its schema (a database in MySQL); empty: the default one. */
export interface TableName {
  readonly schema: string
  readonly table: string
}

const part = `"(?:[^"]|"")+"|[^".]+`
const pattern = new RegExp(`^(?:(${part})\\.)?(${part})$`, 'u')

const unquoted = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text

const quotedWhereNeeded = (text: string): string =>
  /[".]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text

/** Reads `schema.table`; a part with a point or a quote in its name stands in double quotes. Undefined: it is neither. */
export function parseTableName(text: string): TableName | undefined {
  const [, schema = '', table] = pattern.exec(text) ?? []
  return table === undefined ? undefined : { schema: unquoted(schema), table: unquoted(table) }
}

/** The text of the widget `table`: `schema.table`. */
export const formatTableName = ({ schema, table }: TableName): string =>
  schema === '' ? quotedWhereNeeded(table) : `${quotedWhereNeeded(schema)}.${quotedWhereNeeded(table)}`
