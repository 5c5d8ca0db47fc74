import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../testing/index.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench()
})
afterAll(() => bench.close())

const orders = 'order,customer,weight\n1,a,5\n2,a,7\n3,b,1\n4,x,9\n5,,2\n'
const customers = 'id,name,note\na,Ana,"two\nlines"\nb,Bo,\nb,Bob,\nc,Cai,\n,Nobody,\n'

const joined = (how: string) =>
  flowOf(
    [
      {
        id: 'orders',
        kind: 'csv.source',
        settings: {
          path: 'orders.csv',
          columns: ['order', 'customer', 'weight'].map((name) => ({
            name,
            type: name === 'weight' ? 'BIGINT' : 'VARCHAR',
            format: '',
          })),
        },
      },
      { id: 'customers', kind: 'csv.source', settings: { path: 'customers.csv' } },
      { id: 'join', kind: 'join', settings: { how, keys: [{ left: 'customer', right: 'id' }] } },
      {
        id: 'sum',
        kind: 'aggregate',
        settings: {
          groups: [],
          measures: [
            { name: 'rows', how: 'count' },
            { name: 'w', how: 'sum', column: 'weight' },
          ],
        },
      },
      { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
    ],
    ['orders -> join:left', 'customers -> join:right', 'join -> sum', 'sum -> out'],
  )

describe('a join', () => {
  // Orders 1, 2 find one customer, 3 finds two, 4 and 5 (a missing key) none; c and the empty id are never found.
  const both = { unmatched: 2, unmatchedRight: 2, matched: 3 }
  const one = { matched: 3, unmatched: 2 }
  it.each([
    ['inner', both, '4,14'],
    ['left', both, '6,25'],
    ['right', both, '6,14'],
    ['full', both, '8,25'],
    ['semi', one, '3,13'],
    ['anti', one, '2,11'],
  ])('%s counts both sides in the pass that computes its rows', async (how, terms, row) => {
    bench.write('orders.csv', orders)
    bench.write('customers.csv', customers)
    const result = await bench.run(joined(how))
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true })
    const ledger = result.nodes.find(({ nodeId }) => nodeId === 'join')?.ledger
    expect(ledger?.terms).toMatchObject(terms)
    expect(ledger?.in).toEqual({ left: 5, right: 5 })
    expect(ledger?.out['out']).toBe(Number(row.split(',')[0]))
    expect(bench.text('out.csv').trim()).toBe(`rows,w\n${row}`)
  })
})

it('keeps of a landed port what later nodes read, rejects included', async () => {
  bench.write('orders.csv', orders)
  bench.write('customers.csv', customers)
  const flow = flowOf(
    [
      { id: 'orders', kind: 'csv.source', settings: { path: 'orders.csv' } },
      { id: 'customers', kind: 'csv.source', settings: { path: 'customers.csv' } },
      { id: 'join', kind: 'join', settings: { how: 'left', keys: [{ left: 'customer', right: 'id' }] } },
      {
        id: 'check',
        kind: 'validate',
        settings: { rules: [{ column: 'name', check: 'required' }] },
      },
      { id: 'map', kind: 'map', settings: { columns: [{ name: 'n', expression: '"order"' }] } },
      { id: 'sorted', kind: 'sort', settings: { keys: [{ column: 'n' }] } },
      { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
    ],
    [
      'orders -> join:left',
      'customers -> join:right',
      'join -> check',
      'check -> map',
      'map -> sorted',
      'sorted -> out',
    ],
  )
  const result = await bench.run(flow)
  expect(result.problems).toEqual([])
  expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 2 })
  expect(bench.text('out.csv')).toBe('n\n1\n2\n3\n3\n')
  const rejects = await bench.rejects()
  expect(rejects.map(({ row }) => JSON.parse(row).weight).sort()).toEqual(['2', '9'])
})

it('knows the lines of rejects where a shared source was read before its faulty lines were known', async () => {
  bench.write('people.csv', 'id,email\n1,a@b.co\n2,bad\n3,"two\nlines"\n4,x,y,z\n5,bad\n')
  const result = await bench.run(
    flowOf(
      [
        { id: 'people', kind: 'csv.source', settings: { path: 'people.csv' } },
        { id: 'check', kind: 'validate', settings: { rules: [{ column: 'email', check: 'email' }] } },
        { id: 'good', kind: 'csv.target', settings: { path: 'good.csv' } },
        { id: 'all', kind: 'csv.target', settings: { path: 'all.csv' } },
      ],
      ['people -> check', 'check -> good', 'people -> all'],
    ),
  )
  expect(result.problems).toEqual([])
  expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 4 })
  const rejects = await bench.rejects()
  expect(rejects.map(({ nodeId, line }) => [nodeId, line])).toEqual([
    ['check', 3],
    ['check', 4],
    ['people', 6],
    ['check', 7],
  ])
})

it('reads once what a node with several outputs sorts apart', async () => {
  bench.write('orders.csv', orders)
  const result = await bench.run(
    flowOf(
      [
        { id: 'orders', kind: 'csv.source', settings: { path: 'orders.csv' } },
        { id: 'drawn', kind: 'map', settings: { columns: [{ name: 'luck', expression: 'random()' }] } },
        {
          id: 'route',
          kind: 'route',
          settings: { routes: [{ name: 'low', expression: 'luck < 0.5' }] },
        },
        { id: 'low', kind: 'csv.target', settings: { path: 'low.csv' } },
        { id: 'high', kind: 'csv.target', settings: { path: 'high.csv' } },
      ],
      ['orders -> drawn', 'drawn -> route', 'route:low -> low', 'route:otherwise -> high'],
    ),
  )
  expect(result.problems).toEqual([])
  const lines = ['low.csv', 'high.csv'].map((name) => bench.text(name).trim().split('\n').length - 1)
  expect(lines.reduce((sum, count) => sum + count)).toBe(5)
})

it('accounts for sources that nothing reads, faulty rows included', async () => {
  bench.write('orders.csv', orders)
  bench.write('loose.csv', 'a,b\n1,x\nno number,y\n3\n')
  bench.write('empty.csv', 'id,name\n')
  const loose = [
    { name: 'a', type: 'BIGINT', format: '' },
    { name: 'b', type: 'VARCHAR', format: '' },
  ]
  const result = await bench.run(
    flowOf(
      [
        { id: 'orders', kind: 'csv.source', settings: { path: 'orders.csv' } },
        { id: 'loose', kind: 'csv.source', settings: { path: 'loose.csv', columns: loose } },
        { id: 'unused', kind: 'filter', settings: { expression: 'a > 0' } },
        { id: 'empty', kind: 'csv.source', settings: { path: 'empty.csv' } },
        { id: 'found', kind: 'join', settings: { how: 'semi', keys: [{ left: 'customer', right: 'id' }] } },
        { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
      ],
      ['loose -> unused', 'orders -> found:left', 'empty -> found:right', 'found -> out'],
    ),
  )
  expect(result.problems.filter(({ severity }) => severity === 'error')).toEqual([])
  expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 2 })
  expect(result.nodes.find(({ nodeId }) => nodeId === 'loose')?.state).toBe('succeeded')
  const ledgers = new Map(result.nodes.map(({ nodeId, ledger }) => [nodeId, ledger]))
  expect(ledgers.get('loose')).toMatchObject({ out: { out: 1 }, rejected: 2, terms: { read: 3 } })
  expect(ledgers.get('orders')).toMatchObject({ out: { out: 5 } })
  expect(bench.text('out.csv')).toBe('order,customer,weight\n')
})

describe('a value that does not fit is rejected, whatever drops its row later', () => {
  const steps: Record<string, readonly { id: string; kind: string; settings: Record<string, unknown> }[]> = {
    'a condition on its column': [{ id: 'a', kind: 'filter', settings: { expression: 'amount > 1' } }],
    'a condition on another column': [{ id: 'a', kind: 'filter', settings: { expression: "name <> 'Bo'" } }],
    'a condition on the name of the file': [
      { id: 'a', kind: 'filter', settings: { expression: "file = 'none'" } },
    ],
    'conditions after a calculation': [
      {
        id: 'a',
        kind: 'map',
        settings: { others: 'keep', columns: [{ name: 'n', expression: 'upper(name)' }] },
      },
      { id: 'b', kind: 'filter', settings: { expression: "n <> 'BO' AND amount IS NOT NULL" } },
    ],
    'a key that is met no more than once': [{ id: 'a', kind: 'distinct', settings: { keys: ['name'] } }],
    figures: [
      {
        id: 'a',
        kind: 'filter',
        settings: { expression: 'amount > 1' },
      },
      {
        id: 'b',
        kind: 'aggregate',
        settings: { groups: [], measures: [{ name: 'rows', how: 'count' }] },
      },
    ],
  }
  const columns = ['name', 'amount'].map((name) => ({
    name,
    type: name === 'amount' ? 'BIGINT' : 'VARCHAR',
    format: '',
  }))

  it.each(Object.entries(steps))('%s', async (_, nodes) => {
    bench.write('loose.csv', 'name,amount\nAna,5\nBo,x\nCy,1\n')
    const ids = ['in', ...nodes.map(({ id }) => id), 'out']
    const result = await bench.run(
      flowOf(
        [
          { id: 'in', kind: 'csv.source', settings: { path: 'loose.csv', columns, fileColumn: 'file' } },
          ...nodes,
          { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
        ],
        ids.slice(1).map((id, index) => `${ids[index]} -> ${id}`),
      ),
    )
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1, problems: [] })
    expect(result.nodes[0]?.ledger).toMatchObject({ out: { out: 2 }, rejected: 1, terms: { read: 3 } })
    expect(await bench.rejects()).toMatchObject([{ nodeId: 'in', column: 'amount', value: 'x', line: 3 }])
  })
})
