import type { RejectRow } from '@millrace/engine/runtime'

const columns = [
  'nodeId',
  'column',
  'value',
  'rule',
  'reason',
  'file',
  'line',
  'row',
] as const satisfies readonly (keyof RejectRow)[]

/** Spreadsheets take cells that begin so for formulas and would run them. */
const formula = /^[=+\-@\t\r]/

function cell(value: string | number | null): string {
  if (value === null) return ''
  const text = typeof value === 'string' && formula.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rejects as CSV text, a batch at a time; with a byte order mark, which Excel needs to read Chinese. */
export async function* rejectsCsv(batches: AsyncIterable<readonly RejectRow[]>): AsyncGenerator<string> {
  yield `\ufeff${columns.join(',')}\r\n`
  for await (const rows of batches)
    yield rows.map((row) => `${columns.map((name) => cell(row[name])).join(',')}\r\n`).join('')
}
