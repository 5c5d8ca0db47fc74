import type { Flow } from '../model/index.ts'
import type { Problem } from '../problems/index.ts'
import type { RunEvent, RunResult } from '../run/engine.ts'

/** A problem as one line: where, what, and what may have been meant. */
export function describeProblem({ severity, location, message, suggestions }: Problem): string {
  const { nodeId, port, field, position } = location
  const place = [nodeId, port ?? field, position].filter((part) => part !== undefined).join(':')
  const hint = suggestions.length > 0 ? ` Did you mean ${suggestions.slice(0, 3).join(', ')}?` : ''
  return `${severity}: ${place === '' ? '' : `${place}: `}${message.en}${hint}`
}

/** What a person at a terminal is told while a run goes on; undefined for what is too small to tell. */
export function progressLine(event: RunEvent): string | undefined {
  if (event.type === 'node') return `${event.nodeId}: ${event.state}`
  if (event.type === 'log') return event.message.en
  if (event.type === 'retry')
    return `${event.nodeId}: attempt ${event.attempt} of ${event.attempts}, waiting ${event.waitSeconds} s: ${event.problem.message.en}`
  return undefined
}

const count = new Intl.NumberFormat('en')

/** What a dry run would change, and by what it is approved. */
const changeLines = ({ changes }: RunResult): string[] =>
  changes.map(({ nodeId, inserted, updated, deleted, unchanged, digest }) => {
    const rows = { 'to insert': inserted, 'to update': updated, 'to delete': deleted, unchanged }
    const parts = Object.entries(rows).map(([what, rowCount]) => `${count.format(rowCount)} ${what}`)
    return `${nodeId}: ${parts.join(', ')}; approve with --approved ${nodeId}=${digest}`
  })

/** The outcome and the row counts of every node as a table. */
export function ledgerTable(flow: Flow, result: RunResult): string {
  const header = ['node', 'state', 'in', 'out', 'filtered', 'rejected', 'row law', '']
  const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0)
  const rows = result.nodes.map(({ nodeId, state, ledger }) => [
    flow.nodes.find(({ id }) => id === nodeId)?.label || nodeId,
    state,
    ...(ledger
      ? [
          count.format(ledger.terms['read'] ?? sum(ledger.in)),
          count.format(sum(ledger.out)),
          count.format(ledger.filtered),
          count.format(ledger.rejected),
          ledger.equation,
          ledger.balanced ? 'balanced' : 'NOT BALANCED',
        ]
      : ['', '', '', '', '', '']),
  ])
  const widths = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => (row[column] ?? title).length)),
  )
  const isNumber = (column: number) => column >= 2 && column <= 5
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        isNumber(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  const outputs = result.outputs.map(
    ({ name, rows: written, bytes }) =>
      `wrote ${name}: ${count.format(written)} rows, ${count.format(bytes)} bytes`,
  )
  const summary = `${result.status} in ${(result.durationMs / 1000).toFixed(2)} s`
  return [
    line(header),
    ...rows.map(line),
    '',
    ...outputs,
    ...changeLines(result),
    ...result.problems.map(describeProblem),
    summary,
  ].join('\n')
}
