import { afterAll, beforeAll, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../../testing/index.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench()
})
afterAll(() => bench.close())

const guarded = ['=1+1', '@x', '+a', '-1-b', '+86 138x', '-中', '=', "=cmd|' /C calc'!A0"]
const harmless = ['-12.5', '+86 138-0013-8000', '-', '(3)', 'a=b', '—', "'=1", '2026-01-31', '李雷']

it('guards texts that spreadsheets would take for formulas, and leaves numbers alone', async () => {
  bench.write('in.csv', `text\n${[...guarded, ...harmless].join('\n')}\n`)
  const flow = flowOf(
    [
      { id: 'in', kind: 'csv.source', settings: { path: 'in.csv' } },
      { id: 'out', kind: 'csv.target', settings: { path: 'out.csv', guardFormulas: true } },
    ],
    ['in -> out'],
  )
  expect(await bench.run(flow)).toMatchObject({ status: 'succeeded', balanced: true, problems: [] })
  const expected = [...guarded.map((text) => `'${text}`), ...harmless]
  expect(bench.text('out.csv').replaceAll('"', '')).toBe(`text\n${expected.join('\n')}\n`)
})
