import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { formatFlow, parseFlow } from '../graph/flow-file.ts'
import { nodeKinds } from '../graph/kinds.ts'
import type { Flow } from '../model/index.ts'
import { EngineBench } from '../testing/index.ts'

const samples = path.resolve(import.meta.dirname, '../../../../samples')
const flows = readdirSync(samples)
  .filter((name) => name.endsWith('.flow.json'))
  .map((name) => ({ name, text: readFileSync(path.join(samples, name), 'utf8') }))

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench()
  for (const name of readdirSync(samples).filter((file) => file.endsWith('.csv')))
    bench.write(name, readFileSync(path.join(samples, name)))
})
afterAll(() => bench.close())

const sourcesOf = (flow: Flow) => flow.nodes.filter(({ kind }) => nodeKinds.get(kind)?.role === 'source')

/** Ports with their columns, the renamed ones under their old name. */
const under = (ports: unknown, from: string, to: string): string =>
  JSON.stringify(ports).replaceAll(JSON.stringify(to), JSON.stringify(from))

describe.each(flows)('renaming in $name', ({ text }) => {
  const flow = parseFlow(text)
  it.each(sourcesOf(flow).map(({ id }) => id))(
    'every column of %s and back',
    { timeout: 300_000 },
    async (nodeId) => {
      const before = await bench.engine.infer(flow)
      expect(before.problems).toEqual([])
      for (const { name } of before.ports[nodeId]?.['out'] ?? []) {
        const to = 'renamed_column_of_a_test'
        const there = await bench.engine.renameColumn({ flow, nodeId, from: name, to })
        expect(there.problems, name).toEqual([])
        expect(there.changes[0]).toMatchObject({ nodeId, before: name, after: to })
        const after = await bench.engine.infer(there.flow)
        expect(after.problems, name).toEqual([])
        expect(under(after.ports, name, to)).toBe(JSON.stringify(before.ports))
        const back = await bench.engine.renameColumn({ flow: there.flow, nodeId, from: to, to: name })
        expect(formatFlow(back.flow)).toBe(formatFlow(flow))
      }
    },
  )

  it('hostile names infer as well, and rows stay the same', { timeout: 300_000 }, async () => {
    const [source] = sourcesOf(flow)
    const nodeId = source?.id ?? ''
    const before = await bench.engine.infer(flow)
    const [target] = flow.nodes.filter(({ kind }) => nodeKinds.get(kind)?.role === 'target')
    const rows = async (of: Flow) =>
      (
        await bench.engine.preview({
          flow: of,
          nodeId: target?.id ?? '',
          port: 'in',
          limit: 50,
          offset: 0,
          parameters: {},
          search: '',
          changedOnly: false,
          refresh: false,
        })
      ).rows
    const expected = await rows(flow)
    expect(expected.length).toBeGreaterThan(0)
    const names = [
      'say "hi"',
      "it's 😀",
      '中文 列',
      'constructor',
      '__proto__',
      'select',
      'x'.repeat(200),
      '${a}',
      'a.b',
      '\\',
    ]
    for (const [index, to] of names.entries()) {
      const columns = before.ports[nodeId]?.['out'] ?? []
      const from = columns[index % columns.length]?.name ?? ''
      const there = await bench.engine.renameColumn({ flow, nodeId, from, to })
      expect(there.problems, to).toEqual([])
      expect((await bench.engine.infer(there.flow)).problems, to).toEqual([])
      expect(await rows(there.flow), to).toEqual(expected)
      const back = await bench.engine.renameColumn({ flow: there.flow, nodeId, from: to, to: from })
      expect((await bench.engine.infer(back.flow)).problems, to).toEqual([])
      expect(JSON.stringify((await bench.engine.infer(back.flow)).ports)).toBe(JSON.stringify(before.ports))
    }
  })
})
