import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Compiled } from '../spec/index.ts'
import { type Sql, sql } from '../sql/index.ts'
import { Bench, compileWith } from '../testing/conformance.ts'
import { operators } from './index.ts'

let bench: Bench
beforeAll(async () => {
  bench = await Bench.open()
})

/** One clause a line, so that a diff shows which one has changed. */
const layOut = ({ text }: Sql): string =>
  text
    .replace(/ (SELECT|FROM|WHERE|GROUP BY|ORDER BY|UNION ALL|(?:\w+ )?JOIN) /g, '\n$1 ')
    .replace(/\(SELECT /g, '(\nSELECT ')
    .replace(/^\n/, '')

function statementsOf({ outputs, rejects, tallies = {} }: Compiled): [name: string, statement: Sql][] {
  return [
    ...Object.entries(outputs).map(([port, select]): [string, Sql] => [`output ${port}`, select]),
    ...(rejects ? [['rejects', rejects] as [string, Sql]] : []),
    ...Object.entries(tallies).map(([term, select]): [string, Sql] => [`tally ${term}`, select]),
  ]
}

/**
 * The SQL of every operator's first example, as a file beside its spec: a change of SQL is seen in a
 * review. Where it is wanted: `pnpm exec vitest run golden.test.ts --update`.
 */
describe('the SQL of', () => {
  it.each([...operators])('%s', async (kind, operator) => {
    const [example] = operator.spec.examples
    const positions = operator.spec.provenance === 'keep'
    const carry = positions ? sql`, "__mr_file", "__mr_line"` : undefined
    const inputs = await bench.inputs(operator, example, positions)
    const { compiled, problems } = compileWith(operator, example.settings, inputs, carry)
    expect(problems).toEqual([])
    const statements = statementsOf(compiled)
    const text = statements.map(([name, statement]) => `-- ${name}\n${layOut(statement)};\n`).join('\n')
    await expect(text).toMatchFileSnapshot(path.join(import.meta.dirname, kind, 'golden.sql'))
    // A statement that fails shows itself (see Bench.rows).
    for (const [, statement] of statements) await bench.rows(statement)
  })
})
