/** A text as a constant; one with a NUL in it would end there. */
export const quoteText = (value: string): string =>
  value.includes('\0')
    ? `CAST(X'${Buffer.from(value, 'utf8').toString('hex')}' AS TEXT)`
    : `'${value.replaceAll("'", "''")}'`

/** A number as it was read. Throws for anything else. */
export function quoteNumber(value: string): string {
  if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) throw new RangeError(`not a number: ${value}`)
  return value
}
