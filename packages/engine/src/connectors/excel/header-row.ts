import type { SheetRow } from './sheet.ts'

/** Rows at the top of a sheet that are looked at. */
export const rowsLookedAt = 30

const filled = ({ cells }: SheetRow): number => cells.filter(({ kind }) => kind !== 'empty').length

const isTexts = ({ cells }: SheetRow): boolean =>
  cells.every(({ kind }) => kind === 'text' || kind === 'empty')

/**
 * The row with the names of the columns, counted from 1 at the first of `rows`: that one, unless it holds a single
 * cell (a title, often merged across the table) and a row of texts comes below it that is about as wide as the
 * table. `first`: the sheet's number of the row to count from.
 */
export function headerRowOf(rows: readonly SheetRow[], first = rows[0]?.line ?? 1): number {
  const [top] = rows
  const widest = Math.max(0, ...rows.map(filled))
  if (!top || filled(top) > 1 || widest < 3) return 1
  const names = rows.slice(0, -1).find((row) => filled(row) >= widest * 0.6 && isTexts(row))
  return names ? names.line - first + 1 : 1
}
