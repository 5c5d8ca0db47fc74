import type { ChangeRow, RejectRow } from '@millrace/engine/runtime'

export const rejectCsvColumns = [
  'nodeId',
  'column',
  'value',
  'rule',
  'reason',
  'file',
  'line',
  'row',
] as const satisfies readonly (keyof RejectRow)[]

export const changeCsvColumns = [
  'nodeId',
  'change',
  'key',
  'columns',
  'before',
  'after',
] as const satisfies readonly (keyof ChangeRow)[]

/** Spreadsheets take cells that begin so for formulas and would run them. */
const formula = /^[=+\-@\t\r]/

type Cell = string | number | readonly string[] | null

function cell(value: Cell): string {
  if (value === null) return ''
  const plain = typeof value === 'object' ? value.join(', ') : String(value)
  const text = typeof value !== 'number' && formula.test(plain) ? `'${plain}` : plain
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rows as CSV text, a batch at a time; with a byte order mark, which Excel needs to read Chinese. */
export async function* rowsCsv<Name extends string>(
  columns: readonly Name[],
  batches: AsyncIterable<readonly Readonly<Record<Name, Cell>>[]>,
): AsyncGenerator<string> {
  yield `\ufeff${columns.join(',')}\r\n`
  for await (const rows of batches)
    yield rows.map((row) => `${columns.map((name) => cell(row[name])).join(',')}\r\n`).join('')
}
