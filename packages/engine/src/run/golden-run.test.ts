import { rmSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { testReport } from '../cli/test-command.ts'
import { goldenTest } from '../golden/golden.ts'
import type { Flow } from '../model/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'

const bench = new EngineBench()
afterAll(() => bench.close())
beforeEach(() => bench.write('people.csv', 'id,name\n1,ana\n2,\n3,"李 “雷”"\n'))

const flow = (name = 'upper(name)', keep = 'true'): Flow =>
  flowOf(
    [
      { id: 'people', kind: 'csv.source', settings: { path: 'people.csv' } },
      { id: 'keep', kind: 'filter', settings: { expression: keep } },
      {
        id: 'shape',
        kind: 'map',
        settings: {
          others: 'keep',
          columns: [
            { name: 'name', expression: name },
            { name: 'seen', expression: 'today()' },
            { name: 'asked', expression: '${today}' },
          ],
        },
      },
      { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
    ],
    ['people -> keep', 'keep -> shape', 'shape -> out'],
  )
const capture = (of: Flow, more: object = {}) =>
  bench.engine.captureGolden({ flow: of, name: 'g', nodeId: 'out', port: 'in', parameters: {}, ...more })

describe('golden tests', () => {
  it('keep the rows of the sources, and pass without the systems', async () => {
    const test = await capture(flow())
    expect(goldenTest.parse(test)).toEqual(test)
    expect(test.sources['people']?.rows).toHaveLength(3)
    expect(test.expected.rows.map((row) => row[1])).toEqual(['ANA', null, '李 “雷”'])
    bench.write('people.csv', 'id,name\n9,other\n')
    expect(await bench.engine.testGoldens(flow(), [test])).toMatchObject([{ name: 'g', passed: true }])
    rmSync(path.join(bench.files, 'people.csv'))
    expect(await bench.engine.testGoldens(flow(), [test])).toMatchObject([{ passed: true, problems: [] }])
  })

  it('keep the values of parameters, and do without those that are gone', async () => {
    const parameters = (initial: string) => [
      { name: 'least', type: 'integer' as const, default: initial, description: '' },
    ]
    const test = await capture({
      ...flow('name', 'CAST(id AS INTEGER) > ${least}'),
      parameters: parameters('1'),
    })
    expect([test.parameters, test.expected.rows.length]).toEqual([{ least: '1' }, 2])
    const other = { ...flow('name', 'CAST(id AS INTEGER) > ${least}'), parameters: parameters('2') }
    const without = flow('name', 'CAST(id AS INTEGER) > 1')
    for (const of of [other, without])
      expect(await bench.engine.testGoldens(of, [test])).toMatchObject([{ passed: true }])
  })

  it('mean the same on every day', async () => {
    const test = await capture(flow())
    const old = await capture(flow(), { basis: { sources: test.sources, clock: '2020-02-29T10:00:00.000Z' } })
    expect(old.expected.rows[0]?.slice(2)).toEqual(['2020-02-29', '2020-02-29'])
    expect(await bench.engine.testGoldens(flow(), [old, test])).toMatchObject([
      { passed: true },
      { passed: true },
    ])
  })

  it('show the cells that differ, rows that are missing and columns of another type', async () => {
    const test = await capture(flow())
    const [found] = await bench.engine.testGoldens(flow('lower(name)', 'id <> 2'), [test])
    expect(found).toMatchObject({ passed: false, problems: [] })
    expect(found?.comparison?.counts).toEqual({ before: 3, after: 2, added: 0, removed: 1, changed: 1 })
    const [changed, removed] = found?.comparison?.rows ?? []
    expect(changed).toMatchObject({ kind: 'changed', changed: ['name'] })
    expect([changed?.before?.[1], changed?.after?.[1]]).toEqual(['ANA', 'ana'])
    expect(removed).toMatchObject({ kind: 'removed', after: null })
    const [retyped] = await bench.engine.testGoldens(flow('CAST(upper(name) AS BLOB)'), [test])
    expect(retyped?.passed).toBe(false)
  })

  it('tell the order of the rows apart only where it counts', async () => {
    const sorted = (direction: string) =>
      flowOf(
        [
          { id: 'people', kind: 'csv.source', settings: { path: 'people.csv' } },
          { id: 'sort', kind: 'sort', settings: { keys: [{ column: 'id', direction }] } },
          { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
        ],
        ['people -> sort', 'sort -> out'],
      )
    const down = sorted('descending')
    const [anyOrder, inOrder] = [await capture(down), await capture(down, { ordered: true })]
    expect(goldenTest.parse(inOrder)).toMatchObject({ ordered: true })
    expect(inOrder.expected.rows.map(([id]) => id)).toEqual(['3', '2', '1'])
    expect(await bench.engine.testGoldens(down, [anyOrder, inOrder])).toMatchObject([
      { passed: true, ordered: false },
      { passed: true, ordered: true },
    ])
    const up = await bench.engine.testGoldens(sorted('ascending'), [anyOrder, inOrder])
    expect(up).toMatchObject([
      { passed: true },
      { passed: false, problems: [{ code: 'golden.order', parameters: { row: '1', actual: '1, ana' } }] },
    ])
    expect(testReport(up)).toContain('FAILED  g (out:in, in order)\n        error')
  })

  it('say why there are no rows: a fault, a node that is gone, a source that is new', async () => {
    const test = await capture(flow())
    const faulty = flow('upper(nme)')
    const gone = { ...flow(), nodes: flow().nodes.slice(0, 3), edges: flow().edges.slice(0, 2) }
    const more = {
      ...flow(),
      nodes: flow().nodes.map((node) => (node.id === 'people' ? { ...node, id: 'others' } : node)),
      edges: flow().edges.map((edge) =>
        edge.from.node === 'people' ? { ...edge, from: { ...edge.from, node: 'others' } } : edge,
      ),
    }
    for (const [of, code] of [
      [faulty, 'golden.noPort'],
      [gone, 'golden.noPort'],
      [more, 'golden.newSource'],
    ] as const)
      expect(await bench.engine.testGoldens(of, [test])).toMatchObject([
        { passed: false, comparison: null, problems: [{ code }] },
      ])
    await expect(capture(faulty)).rejects.toMatchObject({ problem: { code: 'golden.noPort' } })
  })
})
