import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { type GoldenTest, goldenFile } from '../golden/golden.ts'
import type { GoldenOutcome } from '../run/engine.ts'
import { describeProblem } from './report.ts'

/** Where the tests of a flow lie: `orders.flow.json`, `orders.golden.json`. */
export const goldenFileOf = (flowFile: string): string =>
  path.join(path.dirname(flowFile), `${path.basename(flowFile).replace(/(\.flow)?\.json$/, '')}.golden.json`)

/** The tests of a file. Throws an Error that a person at a terminal understands. */
export async function readGoldens(file: string): Promise<GoldenTest[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
    throw new Error(`There are no golden tests at ${file}. Save some in the editor and download them.`)
  })
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = goldenFile.safeParse(json)
  if (parsed.success) return parsed.data.tests
  const [issue] = parsed.error.issues
  throw new Error(`${file} holds no golden tests: ${issue?.path.join('.')}: ${issue?.message}`)
}

const shownRows = 20
const cell = (value: string | null | undefined): string =>
  value === null || value === undefined ? 'NULL' : JSON.stringify(value)

/** What each test came to, and the cells that differ: expected first. */
export function testReport(outcomes: readonly GoldenOutcome[]): string {
  const passed = outcomes.filter((outcome) => outcome.passed).length
  return [
    ...outcomes.flatMap(outcomeLines),
    '',
    `${passed} of ${outcomes.length} golden ${outcomes.length === 1 ? 'test' : 'tests'} passed`,
  ].join('\n')
}

function outcomeLines({
  name,
  nodeId,
  port,
  ordered,
  passed,
  comparison,
  problems,
}: GoldenOutcome): string[] {
  const title = `${passed ? 'passed' : 'FAILED'}  ${name} (${nodeId}:${port}${ordered ? ', in order' : ''})`
  if (passed || !comparison || problems.length > 0)
    return [title, ...problems.map((problem) => `        ${describeProblem(problem)}`)]
  const { counts, rows, columns } = comparison
  const types = columns.filter(({ before, after }) => before !== after)
  const rest = counts.added + counts.removed + counts.changed - Math.min(rows.length, shownRows)
  return [
    `${title}: ${counts.added} rows added, ${counts.removed} missing, ${counts.changed} changed`,
    ...types.map(
      (column) => `        column ${column.name}: ${column.before ?? 'none'} → ${column.after ?? 'none'}`,
    ),
    ...rows.slice(0, shownRows).flatMap(({ kind, before, after, changed }) => {
      if (kind === 'added') return [`      + ${after?.map(cell).join(', ')}`]
      if (kind === 'removed') return [`      - ${before?.map(cell).join(', ')}`]
      const first = columns[0]
      const about = first && !changed.includes(first.name) ? `${first.name} ${cell(after?.[0])}: ` : ''
      return changed.map((column) => {
        const at = columns.findIndex((one) => one.name === column)
        return `      ~ ${about}${column}: ${cell(before?.[at])} → ${cell(after?.[at])}`
      })
    }),
    ...(rest > 0 ? [`        and ${rest} more`] : []),
  ]
}
