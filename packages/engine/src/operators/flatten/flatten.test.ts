import { afterAll, beforeAll, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../../testing/index.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench()
})
afterAll(() => bench.close())

const orders = [
  {
    id: 1,
    customer: { name: '李雷', 'a/b~c': 'odd' },
    items: [
      { sku: 'a"1', qty: 2, tags: ['red', '急'] },
      { sku: 'b', qty: 1.5 },
    ],
  },
  { id: 2, customer: { name: 'Bo' }, items: [] },
  { id: 3, customer: null, items: { sku: 'alone', qty: 1 } },
  { id: 4, items: [null, { sku: '😀' }] },
]

it('takes nested orders apart: items to rows, their fields to columns', async () => {
  bench.write('orders.json', JSON.stringify(orders))
  const flow = flowOf(
    [
      { id: 'read', kind: 'json.source', settings: { path: 'orders.json' } },
      {
        id: 'customer',
        kind: 'flatten',
        settings: { column: 'customer', as: 'columns', fields: ['name', 'a/b~c'], prefix: 'customer_' },
      },
      { id: 'items', kind: 'flatten', settings: { column: 'items' } },
      {
        id: 'fields',
        kind: 'flatten',
        settings: { column: 'items', as: 'columns', fields: ['sku', 'qty', 'tags'] },
      },
      { id: 'write', kind: 'csv.target', settings: { path: 'items.csv' } },
    ],
    ['read -> customer', 'customer -> items', 'items -> fields', 'fields -> write'],
  )
  const { ports, problems } = await bench.engine.infer(flow)
  expect(problems).toEqual([])
  expect(ports['items']?.['out']?.at(-1)).toEqual({ name: 'items', type: 'JSON' })
  const result = await bench.run(flow)
  expect(result.problems).toEqual([])
  expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
  expect(bench.text('items.csv').replaceAll('\r', '').trimEnd().split('\n')).toEqual([
    'id,customer_name,customer_a/b~c,sku,qty,tags',
    '1,李雷,odd,"a""1",2,"[""red"",""急""]"',
    '1,李雷,odd,b,1.5,',
    '2,Bo,,,,',
    '3,,,alone,1,',
    '4,,,,,',
    '4,,,😀,,',
  ])
  const ledger = result.nodes.find(({ nodeId }) => nodeId === 'items')?.ledger
  expect(ledger?.equation).toBe('4 in + 2 added = 6 out')
})

it.each([
  [{ as: 'columns' }, 'setting.required', 'fields'],
  [{ as: 'columns', fields: ['name', 'NAME'] }, 'column.duplicate', 'fields'],
  [{ as: 'columns', fields: ['id'] }, 'column.duplicate', 'prefix'],
])('tells what is wrong with %j', async (settings, code, field) => {
  bench.write('orders.json', JSON.stringify(orders))
  const flow = flowOf(
    [
      { id: 'read', kind: 'json.source', settings: { path: 'orders.json' } },
      { id: 'flatten', kind: 'flatten', settings: { column: 'customer', ...settings } },
      { id: 'write', kind: 'csv.target', settings: { path: 'out.csv' } },
    ],
    ['read -> flatten', 'flatten -> write'],
  )
  const { problems } = await bench.engine.infer(flow)
  expect(problems).toMatchObject([{ code, location: { nodeId: 'flatten', field } }])
})
