/** DuckDB counts bytes of UTF-8, editors count UTF-16 units: gives the offset in units of one in bytes. */
export function characterOffsets(text: string): (byte: number) => number {
  if (/^[\0-\x7f]*$/.test(text)) return (byte) => byte
  const bytes = Buffer.from(text)
  return (byte) => bytes.subarray(0, byte).toString().length
}

/** The places of DuckDB's syntax errors count code points instead. */
export const offsetOfCodePoint = (text: string, count: number): number =>
  [...text].slice(0, count).join('').length

/** The place of one of `CheckedSql.problems` in the text that was parsed, in UTF-16 units. */
export function placeOfProblem(
  { code, position }: { readonly code: string; readonly position?: number | undefined },
  text: string,
): number | undefined {
  if (position === undefined) return undefined
  return code === 'sql.invalid' ? offsetOfCodePoint(text, position) : characterOffsets(text)(position)
}
