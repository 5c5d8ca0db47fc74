/** A row of the table that `longRows` fills: its number, and a text whose length and characters follow from it. */
const textOf = (id: number): string | null => {
  if (id % 11 === 0) return null
  if (id % 1000 === 0) return `${id}${'长'.repeat(100_000)}`
  if (id % 7 === 0) return `tab\t, line\n, \\N and back\\slash ${id}`
  return `${id}${'x'.repeat(id % 400)}`
}

/** Rows of `rowLengths`. */
export const lengthRows = 40_000

/** The same text in the SQL of a server; `constant` spells a constant, `id` is a column. */
export const lengthText = (
  concat: (...parts: readonly string[]) => string,
  constant: (text: string) => string,
) =>
  `CASE WHEN id % 11 = 0 THEN NULL
     WHEN id % 1000 = 0 THEN ${concat('id', `repeat('长', 100000)`)}
     WHEN id % 7 = 0 THEN ${concat(constant('tab\t, line\n, \\N and back\\slash '), 'id')}
     ELSE ${concat('id', `repeat('x', id % 400)`)} END`

/** Numbers of the rows that differ from what the table holds, or stand in another place. */
export function differingRows(lines: readonly string[]): number[] {
  const wrong: number[] = []
  for (let id = 1; id <= Math.max(lengthRows, lines.length); id++)
    if (lines[id - 1] !== JSON.stringify({ id, t: textOf(id), n: id + 0.5 })) wrong.push(id)
  return wrong
}
