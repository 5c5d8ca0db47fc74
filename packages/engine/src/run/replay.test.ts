import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replayFlow, replayNodeId, replayTargets } from '../graph/replay.ts'
import type { Column } from '../model/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'
import type { ReplayRow } from './replay-source.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench()
  bench.write('orders.csv', 'id,country,amount\n1,AT,5\n2,XX,6\n3,AT,many\n')
  bench.write('more.csv', 'id,country,amount\n9,AT,9\n')
  bench.write('countries.csv', 'code,name\nAT,Austria\nDE,Germany\n')
})
afterAll(() => bench.close())

const columns = [
  { name: 'id', type: 'BIGINT', format: '' },
  { name: 'country', type: 'VARCHAR', format: '' },
  { name: 'amount', type: 'DECIMAL(9,2)', format: '' },
]
const row = (cells: Record<string, string | null>, line: number | null = null): ReplayRow => ({
  cells,
  file: line === null ? null : 'orders.csv',
  line,
})
const typed = (list: readonly Column[]) => list.map((column) => ({ format: '', ...column }))

/** orders → check (rejects XX) → name (by countries) → all (with more) → out */
const flow = flowOf(
  [
    { id: 'orders', kind: 'csv.source', settings: { path: 'orders.csv', columns } },
    { id: 'more', kind: 'csv.source', settings: { path: 'more.csv', columns } },
    { id: 'countries', kind: 'csv.source', settings: { path: 'countries.csv' } },
    {
      id: 'check',
      kind: 'validate',
      settings: { rules: [{ column: 'country', check: 'allowed', values: ['AT', 'DE'] }] },
    },
    {
      id: 'name',
      kind: 'lookup',
      settings: {
        keys: [{ column: 'country', tableColumn: 'code' }],
        columns: [{ column: 'name', name: 'land' }],
        none: 'reject',
      },
    },
    { id: 'all', kind: 'union', settings: {} },
    { id: 'out', kind: 'csv.target', settings: { path: 'out/orders.csv' } },
  ],
  [
    'orders -> check',
    'check -> name:in',
    'countries -> name:table',
    'name -> all',
    'more -> all',
    'all -> out',
  ],
)

const states = (nodes: readonly { nodeId: string; state: string }[]) =>
  Object.fromEntries(nodes.map(({ nodeId, state }) => [nodeId, state]))

describe('rejected rows are fed in again', () => {
  it('at the operator that rejected them, beside what was written', async () => {
    bench.write('out/orders.csv', 'before\n')
    const result = await bench.run(flow, {
      runId: '0123456789',
      replay: { nodeId: 'check', columns, rows: [row({ id: '2', country: 'DE', amount: '6.00' })] },
    })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0, cursors: {} })
    expect(states(result.nodes)).toEqual({
      [replayNodeId]: 'succeeded',
      orders: 'skipped',
      more: 'skipped',
      countries: 'succeeded',
      check: 'succeeded',
      name: 'succeeded',
      all: 'succeeded',
      out: 'succeeded',
    })
    expect(result.outputs).toMatchObject([{ name: 'out/orders.replay-01234567.csv', rows: 1 }])
    expect(bench.text('out/orders.csv')).toBe('before\n')
    expect(bench.text('out/orders.replay-01234567.csv')).toBe('id,country,amount,land\n2,DE,6.00,Germany\n')
  })

  it('at a source, in its own spelling; what still does not fit is rejected again, with its place', async () => {
    const rows = [
      row({ id: '3', country: 'AT', amount: '7.5' }, 4),
      row({ id: 'three', country: 'AT', amount: '1' }, 5),
    ]
    const result = await bench.run(flow, { replay: { nodeId: 'orders', columns, rows } })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
    expect(result.nodes.find(({ nodeId }) => nodeId === 'orders')?.ledger).toMatchObject({
      terms: { read: 2 },
      rejected: 1,
    })
    expect(await bench.rejects()).toMatchObject([
      { nodeId: 'orders', column: 'id', value: 'three', file: 'orders.csv', line: 5 },
    ])
    expect(bench.text('out/orders.replay-test.csv')).toBe('id,country,amount,land\n3,AT,7.50,Austria\n')
  })

  it('at a target', async () => {
    const input = typed([...columns, { name: 'land', type: 'VARCHAR' }])
    const result = await bench.run(flow, {
      replay: {
        nodeId: 'out',
        columns: input,
        rows: [row({ id: '1', country: 'AT', amount: '5.00', land: null })],
      },
    })
    expect(result).toMatchObject({ status: 'succeeded', outputs: [{ nodeId: 'out', rows: 1 }] })
    expect(states(result.nodes)).toMatchObject({ orders: 'skipped', countries: 'skipped', all: 'skipped' })
  })

  it('and a run of the whole flow is as before', async () => {
    const result = await bench.run(flow)
    expect(result).toMatchObject({ status: 'succeeded', outputs: [{ name: 'out/orders.csv', rows: 2 }] })
  })
})

describe('rows are not fed in again where the outcome would be wrong', () => {
  const between = (kind: string, settings: Record<string, unknown>, edges: readonly string[] = []) =>
    flowOf(
      [
        { id: 'in', kind: 'csv.source', settings: { path: 'orders.csv' } },
        { id: 'other', kind: 'csv.source', settings: { path: 'more.csv' } },
        { id: 'middle', kind, settings },
        { id: 'out', kind: 'csv.target', settings: { path: 'wrong.csv' } },
      ],
      [...(edges.length > 0 ? edges : ['in -> middle']), 'middle -> out'],
    )

  it.each([
    ['aggregate', { groups: ['country'], values: [] }, [], 'replay.together'],
    ['distinct', {}, [], 'replay.together'],
    ['join', { how: 'full' }, ['in -> middle:left', 'other -> middle:right'], 'replay.together'],
    ['join', { how: 'inner' }, ['other -> middle:left', 'in -> middle:right'], 'replay.sideInput'],
  ])('%s %j', async (kind, settings, edges, code) => {
    const result = await bench.run(between(kind, settings, edges), {
      replay: { nodeId: 'in', columns, rows: [row({ id: '1' })] },
    })
    expect(result).toMatchObject({ status: 'failed', problems: [{ code, location: { nodeId: 'middle' } }] })
  })

  it('nor at a node that is gone', () => {
    expect(() => replayFlow(flow, 'nothing', 'x')).toThrow(/does not have the node/)
  })
})

describe('a replay takes nothing away', () => {
  const to = (kind: string, settings: Record<string, unknown>) =>
    flowOf(
      [
        { id: 'in', kind: 'csv.source', settings: { path: 'orders.csv' } },
        { id: 'out', kind, settings },
      ],
      ['in -> out'],
    )
  it.each([
    ['postgres.target', { mode: 'replace' }, { mode: 'append' }, 'appended'],
    ['postgres.target', { mode: 'mirror', key: ['id'] }, { mode: 'upsert' }, 'by-key'],
    ['postgres.target', { mode: 'delete', key: ['id'] }, { mode: 'delete' }, 'by-key'],
    ['csv.target', { path: 'a.b/o-${today}.csv.gz' }, { path: 'a.b/o-${today}.M.csv.gz' }, 'file-beside'],
    ['csv.target', { path: 'plain' }, { path: 'plain.M' }, 'file-beside'],
  ])('%s %j', (kind, settings, expected, effect) => {
    const target = replayFlow(to(kind, settings), 'in', 'M').flow.nodes.find(({ id }) => id === 'out')
    expect(target?.settings).toMatchObject(expected)
    expect(replayTargets(to(kind, settings), 'in')).toEqual([{ nodeId: 'out', effect }])
  })
})
