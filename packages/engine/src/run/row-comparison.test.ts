import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Flow, FlowNode } from '../model/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench()
  bench.write('people.csv', 'id,name,city\n1,ana,Wien\n2,Bo,Ulm\n3,,Ulm\n4,ana,Bonn\n')
})
afterAll(() => bench.close())

const flow = (keep: string, name: string, group: string[] = ['city']): Flow =>
  flowOf(
    [
      {
        id: 'people',
        kind: 'csv.source',
        settings: {
          path: 'people.csv',
          columns: ['id', 'name', 'city'].map((column) => ({
            name: column,
            type: column === 'id' ? 'BIGINT' : 'VARCHAR',
            format: '',
          })),
        },
      },
      { id: 'keep', kind: 'filter', settings: { expression: keep } },
      {
        id: 'shape',
        kind: 'map',
        settings: { others: 'keep', columns: [{ name: 'name', expression: name }] },
      },
      {
        id: 'sum',
        kind: 'aggregate',
        settings: { groups: group, measures: [{ name: 'people', how: 'count' }] },
      },
      { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
    ],
    ['people -> keep', 'keep -> shape', 'shape -> sum', 'sum -> out'],
  )
const edit = (of: Flow, id: string, change: Partial<FlowNode>): Flow => ({
  ...of,
  nodes: of.nodes.map((node) => (node.id === id ? { ...node, ...change } : node)),
})
const compare = (before: Flow, after: Flow, nodeId: string, port = 'out', more: object = {}) =>
  bench.engine.compareRows({ before, after, nodeId, port, parameters: {}, limit: 100, ...more })
const none = { added: 0, removed: 0, changed: 0 }

describe('comparing the rows of two states of a flow', () => {
  it('finds rows again as the rows of their source, and marks the cells that changed', async () => {
    const found = await compare(flow('id < 4', 'name'), flow('id > 1', 'upper(name)'), 'shape')
    expect(found.problems).toEqual([])
    expect(found.pairedBy).toEqual({ by: 'origin' })
    expect(found.counts).toEqual({ before: 3, after: 3, added: 1, removed: 1, changed: 1 })
    const names = found.columns.map(({ name }) => name)
    const at = (row: readonly (string | null)[] | null) => row?.[names.indexOf('name')]
    expect(
      found.rows.map(({ kind, before, after, changed }) => [kind, at(before), at(after), changed]),
    ).toEqual(
      expect.arrayContaining([
        ['removed', 'ana', undefined, []],
        ['changed', 'Bo', 'BO', ['name']],
        ['added', undefined, 'ANA', []],
      ]),
    )
    expect(found.sample).toMatchObject([{ nodeId: 'people', rows: 4, whole: true }])
  })

  it('pairs by a column without repetition where rows cannot be followed', async () => {
    const found = await compare(flow('true', 'name'), flow('id <> 3', 'name'), 'out', 'in')
    expect(found.pairedBy).toEqual({ by: 'column', column: 'city' })
    expect(found.counts).toEqual({ before: 3, after: 3, added: 0, removed: 0, changed: 1 })
    expect(found.rows).toMatchObject([
      { kind: 'changed', before: ['Ulm', '2'], after: ['Ulm', '1'], changed: ['people'] },
    ])
  })

  it('takes rows as a whole where no column tells them apart, each as often as it is there', async () => {
    const twice = (rows: (string | null)[][]) =>
      edit(flow('true', 'name'), 'people', {
        settings: { path: 'people.csv', delimiter: rows.length > 3 ? ',' : ';' },
        pinned: { columns: [{ name: 'mark', type: 'VARCHAR' }], rows },
      })
    const found = await compare(
      twice([['a'], ['a'], [null], ['b']]),
      twice([['a'], [null], [null]]),
      'people',
    )
    expect(found.pairedBy).toEqual({ by: 'row' })
    expect(found.counts).toEqual({ before: 4, after: 3, added: 1, removed: 2, changed: 0 })
    expect(
      found.rows.map(({ kind, before, after }) => [kind, ...(before ?? after ?? [])]).toSorted(),
    ).toEqual([
      ['added', null],
      ['removed', 'a'],
      ['removed', 'b'],
    ])
  })

  it('tells columns that came, went or have another type, and leaves them out of the rows', async () => {
    const before = edit(flow('true', 'name'), 'shape', {
      settings: {
        others: 'drop',
        columns: [
          { name: 'id', expression: 'id' },
          { name: 'a"b', expression: 'city' },
        ],
      },
    })
    const after = edit(before, 'shape', {
      settings: {
        others: 'drop',
        columns: [
          { name: 'ID', expression: 'CAST(id AS VARCHAR)' },
          { name: '客户', expression: 'name' },
        ],
      },
    })
    const found = await compare(before, after, 'shape')
    expect(found.counts).toEqual({ before: 4, after: 4, ...none })
    expect(found.columns).toEqual([
      { name: 'ID', before: 'BIGINT', after: 'VARCHAR' },
      { name: '客户', before: null, after: 'VARCHAR' },
      { name: 'a"b', before: 'VARCHAR', after: null },
    ])
  })

  it('finds nothing where nothing is different, and pages through what is', async () => {
    const one = flow('true', 'name')
    expect((await compare(one, one, 'out', 'in')).counts).toEqual({ before: 3, after: 3, ...none })
    const other = flow('true', "'x'")
    const page = await compare(one, other, 'shape', 'out', { limit: 1, offset: 2 })
    expect([page.rows.length, page.counts.changed]).toEqual([1, 4])
    expect((await compare(one, other, 'shape', 'out', { only: 'added' })).rows).toEqual([])
  })

  it('takes a node that is not there for no rows, and says which side has a fault', async () => {
    const one = flow('true', 'name')
    const without = { ...one, nodes: one.nodes.slice(0, 4), edges: one.edges.slice(0, 3) }
    expect((await compare(without, one, 'out', 'in')).counts).toEqual({
      before: 0,
      after: 3,
      added: 3,
      removed: 0,
      changed: 0,
    })
    const faulty = await compare(one, flow('nme = 1', 'name'), 'keep')
    expect(faulty.problems).toMatchObject([{ side: 'after', problem: { location: { nodeId: 'keep' } } }])
    expect(faulty.rows).toEqual([])
  })

  it('uses the rows that are pinned on one side for the same source on the other', async () => {
    const plain = flow('true', 'name')
    const { columns } = await compare(plain, plain, 'people')
    const pinned = edit(plain, 'people', {
      pinned: {
        columns: columns.map(({ name, after }) => ({ name, type: after ?? '' })),
        rows: [['7', 'x', 'y']],
      },
    })
    const found = await compare(plain, pinned, 'people')
    expect(found.counts).toEqual({ before: 1, after: 1, ...none })
  })
})
