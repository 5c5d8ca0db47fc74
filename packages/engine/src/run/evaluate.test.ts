import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Flow } from '../model/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'

let bench: EngineBench
let flow: Flow
beforeAll(() => {
  bench = new EngineBench()
  bench.write('people.csv', 'name,born,full\nana,1990-01-01,1\nBo,unknown,2\n,2001-05-05,3\n')
  const drawn = flowOf(
    [
      { id: 'people', kind: 'csv.source', settings: { path: 'people.csv' } },
      { id: 'some', kind: 'filter', settings: { expression: 'nme > 1' } },
    ],
    ['people -> some'],
  )
  const suffix = { name: 'suffix', type: 'text' as const, default: "x'y", description: '' }
  flow = { ...drawn, parameters: [suffix] }
})
afterAll(() => bench.close())

const evaluate = (expression: string, more: { expects?: string; limit?: number } = {}) =>
  bench.engine.evaluate({ flow, nodeId: 'some', port: 'in', expression, parameters: {}, limit: 10, ...more })

describe('an expression over sample rows', () => {
  it('gives its type and a value beside each row, whatever else is wrong with the node', async () => {
    const { columns, type, rows, problems } = await evaluate('upper(name)')
    expect(problems).toEqual([])
    expect(columns.map(({ name }) => name)).toEqual(['name', 'born', 'full'])
    expect(type).toBe('VARCHAR')
    expect(rows.map(({ cells, value }) => [cells[0], value])).toEqual([
      ['ana', 'ANA'],
      ['Bo', 'BO'],
      [null, null],
    ])
    expect((await evaluate('1', { limit: 2 })).rows).toHaveLength(2)
  })

  it('says of each row why it has no value', async () => {
    const { rows, problems } = await evaluate('CAST(born AS DATE)')
    expect(problems).toEqual([])
    expect(rows.map(({ value }) => value)).toEqual(['1990-01-01', null, '2001-05-05'])
    expect(rows.map(({ fault }) => fault?.includes('unknown') ?? null)).toEqual([null, true, null])
  })

  it('fills in parameters, and places problems in the text as it was written', async () => {
    const { rows } = await evaluate('name || ${suffix}')
    expect(rows[0]?.value).toBe("anax'y")
    const { problems } = await evaluate('${suffix} || nme || ${suffix}')
    expect(problems).toMatchObject([
      { code: 'column.unknown', location: { position: 13 }, suggestions: ['name'] },
    ])
    expect((await evaluate('name || ${sufix}')).problems).toMatchObject([
      { code: 'parameter.unknown', location: { position: 10 }, suggestions: ['suffix'] },
    ])
  })

  it('refuses what is not one scalar expression, and what does not give what is expected', async () => {
    expect((await evaluate('(SELECT 1)')).problems).toMatchObject([{ code: 'expression.notScalar' }])
    expect((await evaluate('full || name')).problems).toMatchObject([
      { code: 'expression.keyword', suggestions: ['"full"'] },
    ])
    const { type, rows, problems } = await evaluate('name', { expects: 'BOOLEAN' })
    expect(problems).toMatchObject([{ code: 'expression.type' }])
    expect([type, rows.length]).toEqual(['VARCHAR', 3])
  })

  it('has nothing to say where nothing arrives', async () => {
    const alone = { ...flow, edges: [] }
    const request = { flow: alone, nodeId: 'some', port: 'in', expression: '1', parameters: {}, limit: 1 }
    expect(await bench.engine.evaluate(request)).toEqual({ columns: [], type: null, rows: [], problems: [] })
  })

  it('places the problems of a node as they are written', async () => {
    const [source, some] = flow.nodes
    if (!source || !some) throw new Error('no nodes')
    const written = { ...flow, nodes: [source, { ...some, settings: { expression: '${suffix} = nme' } }] }
    const { problems } = await bench.engine.infer(written)
    expect(problems.find(({ code }) => code === 'column.unknown')).toMatchObject({
      location: { nodeId: 'some', field: 'expression', position: 12 },
    })
  })
})
