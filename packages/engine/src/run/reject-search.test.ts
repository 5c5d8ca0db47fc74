import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../testing/index.ts'
import type { RejectSearch } from './reject-search.ts'

const bench = new EngineBench()
const folder = (name: string) => path.join(bench.home, name)
const columns = ['id', 'amount'].map((name) => ({ name, type: 'BIGINT', format: '' }))
const flow = flowOf(
  [
    { id: 'in', kind: 'csv.source', settings: { path: 'in.csv', columns } },
    { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
  ],
  ['in -> out'],
)
beforeAll(async () => {
  bench.write('in.csv', 'id,amount\n1,a\nx,2\n3,b\n4,4\n')
  await bench.run(flow, { resultFolder: folder('first') })
  bench.write('in.csv', "id,amount\n5,100 % ''\n")
  await bench.run(flow, { resultFolder: folder('second') })
})
afterAll(() => bench.close())

const search = (request: Partial<RejectSearch>) =>
  bench.engine.searchRejects({
    runs: [
      { resultFolder: folder('second'), flowId: 'f', states: [] },
      { resultFolder: folder('nothing'), flowId: 'f', states: [] },
      { resultFolder: folder('first'), flowId: 'f', states: [{ from: 0, to: 1, state: 'replayed' }] },
    ],
    offset: 0,
    limit: 10,
    ...request,
  })

describe('the rejects of many runs', () => {
  it('come run by run, with their states and reasons', async () => {
    const found = await search({})
    expect(found.rows.map(({ run, number, state }) => [run, number, state])).toEqual([
      [0, 0, 'new'],
      [2, 0, 'replayed'],
      [2, 1, 'replayed'],
      [2, 2, 'new'],
    ])
    expect(found).toMatchObject({ total: 4, states: { new: 2, replayed: 2 } })
    expect(found.reasons).toEqual([
      { flowId: 'f', nodeId: 'in', column: 'amount', rule: 'type', count: 3 },
      { flowId: 'f', nodeId: 'in', column: 'id', rule: 'type', count: 1 },
    ])
  })

  it('are filtered by state, reason, node and text, and paged', async () => {
    const reason = { nodeId: 'in', column: 'amount', rule: 'type' }
    expect((await search({ reason, state: 'replayed' })).total).toBe(1)
    expect((await search({ search: "100 % ''" })).rows).toMatchObject([{ value: "100 % ''", run: 0 }])
    expect((await search({ search: '“X”不是整数' })).rows).toMatchObject([{ value: 'x' }])
    expect(await search({ search: '不是整数' })).toMatchObject({ total: 4, states: { new: 2, replayed: 2 } })
    expect((await search({ search: '不是日期' })).total).toBe(0)
    expect(await search({ nodeId: 'out' })).toMatchObject({ total: 0, rows: [], states: {} })
    expect((await search({ offset: 3 })).rows).toMatchObject([{ run: 2, number: 2 }])
    expect(await search({ runs: [] })).toMatchObject({ total: 0 })
  })
})
