/** The only file that puts names and values into MySQL's SQL. */

/** A name in backticks, which holds whatever the server's `sql_mode` is. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** A table of a database. */
export interface TablePlace {
  readonly schema: string
  readonly table: string
}

export const quoteTable = ({ schema, table }: TablePlace): string =>
  `${quoteName(schema)}.${quoteName(table)}`

/** A text as hexadecimal, so that neither quotes nor `NO_BACKSLASH_ESCAPES` matter. */
export const quoteText = (value: string): string =>
  value === '' ? "''" : `_utf8mb4 X'${Buffer.from(value, 'utf8').toString('hex')}'`

/** A number as it was read from the server. Throws for anything else. */
export function quoteNumber(value: string): string {
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) throw new RangeError(`not a number: ${value}`)
  return value
}
