import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Flow } from '../model/index.ts'
import { flowOf } from '../testing/flow-builder.ts'
import type { Engine, RunResult } from './engine.ts'
import { createEngine } from './local-engine.ts'

let home: string
let files: string
let engine: Engine

const people = 'id,name,amount,extra\n1, 李雷 ,12.5,a\n2,Zoë,abc,b\n3,Bo,3,c\n4,Al,99,d\n'

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'subflow-'))
  files = path.join(home, 'files')
  await mkdir(files)
  await writeFile(path.join(files, 'people.csv'), people)
  engine = createEngine({ roots: { files, folders: {} }, work: path.join(home, 'work') })
})

afterAll(async () => {
  await engine.close()
  await rm(home, { recursive: true, force: true })
})

const source = {
  id: 'people',
  kind: 'csv.source',
  settings: {
    path: 'people.csv',
    columns: [
      { name: 'id', type: 'BIGINT', format: '' },
      ...['name', 'amount', 'extra'].map((name) => ({ name, type: 'VARCHAR', format: '' })),
    ],
  },
}
const target = (id = 'out', file = 'out.csv') => ({ id, kind: 'csv.target', settings: { path: file } })

/** What every test uses: converts `amount` (one value cannot be), and keeps what is large enough. */
const middle = [
  { id: 'numbers', kind: 'convert', settings: { columns: [{ column: 'amount', type: 'DOUBLE' }] } },
  { id: 'large', kind: 'filter', settings: { expression: 'amount >= ${least}' } },
]
const least = { name: 'least', type: 'decimal' as const, default: '10', description: '' }
const input = {
  id: 'rows',
  kind: 'input',
  settings: {
    name: '客户 “in”',
    columns: [
      { name: 'id', type: 'BIGINT' },
      { name: 'amount', type: 'VARCHAR' },
    ],
  },
}
const output = { id: 'kept', kind: 'output', settings: { name: 'kept' } }
const inner = flowOf(
  [input, ...middle, output],
  ['rows -> numbers', 'numbers -> large', 'large -> kept'],
  [least],
)

const use = (id: string, content: Flow, parameters: Record<string, string> = {}, flow = 'clean') => ({
  id,
  kind: 'subflow',
  settings: { uses: { flow, version: 3, content }, parameters },
})
const outer = (parameters: Record<string, string> = {}, content = inner) =>
  flowOf(
    [source, use('clean', content, parameters), target()],
    ['people -> clean:客户 “in”', 'clean:kept -> out'],
    [{ ...least, name: 'limit', default: '50' }],
  )

const run = (flow: Flow, parameters: Record<string, string> = {}): Promise<RunResult> =>
  engine.run({
    flow,
    runId: 'run-1',
    clock: '2026-03-01T10:20:30.000Z',
    parameters,
    resultFolder: path.join(home, 'result'),
    onEvent: () => {},
    onPrepared: () => Promise.resolve(),
  })
const written = (file = 'out.csv') => readFile(path.join(files, file), 'utf8')
const ledgerOf = (result: RunResult, id: string) => result.nodes.find(({ nodeId }) => nodeId === id)?.ledger
const withSettings = (flow: Flow, id: string, settings: Record<string, unknown>): Flow => ({
  ...flow,
  nodes: flow.nodes.map((node) => (node.id === id ? { ...node, settings } : node)),
})

describe('a flow as a node of another', () => {
  it('has the columns that the flow inside makes of those that arrive', async () => {
    const { ports, problems } = await engine.infer(outer())
    expect(problems).toEqual([])
    expect(Object.keys(ports).sort()).toEqual(['clean', 'out', 'people'])
    expect(ports['clean']).toEqual({
      kept: [
        { name: 'id', type: 'BIGINT' },
        { name: 'name', type: 'VARCHAR' },
        { name: 'amount', type: 'DOUBLE' },
        { name: 'extra', type: 'VARCHAR' },
      ],
    })
  })

  it('gives what the same nodes drawn flat give, and every row is accounted for', async () => {
    const flat = flowOf(
      [source, ...middle, target('out', 'flat.csv')],
      ['people -> numbers', 'numbers -> large', 'large -> out'],
      [least],
    )
    expect((await run(flat)).status).toBe('succeeded')
    const result = await run(outer())
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1, problems: [] })
    expect(await written()).toBe(await written('flat.csv'))
    expect(await written()).toContain('李雷')
    expect(result.nodes.map(({ nodeId, state }) => [nodeId, state])).toEqual(
      ['people', 'clean~rows', 'clean~numbers', 'clean~large', 'clean~kept', 'out'].map((id) => [
        id,
        'succeeded',
      ]),
    )
    expect(ledgerOf(result, 'clean~rows')).toMatchObject({ in: { in: 4 }, out: { out: 4 }, balanced: true })
    expect(ledgerOf(result, 'clean~numbers')).toMatchObject({ out: { out: 3 }, rejected: 1 })
    expect(ledgerOf(result, 'clean~large')).toMatchObject({ filtered: 1, out: { out: 2 } })
    const { rows } = await engine.readRejects(path.join(home, 'result'), { offset: 0, limit: 10 })
    expect(rows).toMatchObject([{ nodeId: 'clean~numbers', column: 'amount', value: 'abc', line: 3 }])
  })

  it('shows the rows of its ports, and of what follows it', async () => {
    const at = { flow: outer(), parameters: {}, limit: 10 }
    const own = await engine.preview({ ...at, nodeId: 'clean', port: 'kept' })
    expect(own).toMatchObject({ total: 2, problems: [], sample: [{ nodeId: 'people' }] })
    expect((await engine.preview({ ...at, nodeId: 'out', port: 'in' })).rows).toEqual(own.rows)
  })

  it('binds the parameters of the flow inside, also by those around it', async () => {
    expect((await run(outer({ least: '5' }))).status).toBe('succeeded')
    expect((await written()).split('\n')).toHaveLength(4)
    expect((await run(outer({ least: '${limit}' }))).status).toBe('succeeded')
    expect((await written()).split('\n')).toHaveLength(3)
    expect((await run(outer({ least: '${limit}' }), { limit: '0' })).status).toBe('succeeded')
    expect((await written()).split('\n')).toHaveLength(5)
    const { problems } = await engine.infer(outer({ least: 'many' }))
    expect(problems[0]).toMatchObject({
      code: 'parameter.invalid',
      location: { nodeId: 'clean', field: 'parameters.least' },
    })
    expect((await engine.infer(outer({ lesat: '1' }))).problems[0]?.location.field).toBe('parameters.lesat')
  })

  it('says at its own ports what does not arrive as it must', async () => {
    const short = withSettings(outer(), 'people', {
      ...source.settings,
      columns: [
        { name: 'id', type: 'VARCHAR', format: '' },
        { name: 'amonut', type: 'VARCHAR', format: '' },
      ],
    })
    const { problems } = await engine.infer(short)
    const at = { nodeId: 'clean', port: '客户 “in”' }
    expect(problems.filter(({ code }) => code.startsWith('subflow.'))).toMatchObject([
      { code: 'subflow.columnType', location: at },
      { code: 'subflow.columnMissing', location: at, suggestions: ['amonut'] },
    ])
    const loose = await engine.infer({ ...outer(), edges: outer().edges.slice(1) })
    expect(loose.problems[0]).toMatchObject({ code: 'port.unconnected', location: at })
    const wrong = flowOf(
      [source, use('clean', inner), target()],
      ['people -> clean:客户 “in”', 'clean:no -> out'],
    )
    expect((await engine.infer(wrong)).problems.map(({ code }) => code)).toContain('edge.unknownEnd')
  })

  it('names the inner node of a fault inside', async () => {
    const broken = withSettings(inner, 'large', { expression: 'amuont > 1' })
    const { problems } = await engine.infer(outer({}, broken))
    expect(problems[0]).toMatchObject({ code: 'subflow.inside', location: { nodeId: 'clean' } })
    expect(problems[0]?.message.en).toContain('large')
    const result = await run(outer({}, broken))
    expect(result).toMatchObject({ status: 'failed' })
    expect(result.nodes.find(({ nodeId }) => nodeId === 'clean~large')?.state).toBe('failed')
  })

  it('may stand twice, and in flows that stand in flows', async () => {
    const twice = flowOf(
      [
        { ...input, settings: { ...input.settings, name: 'in' } },
        use('one', inner, { least: '1' }),
        use('two', inner, { least: '20' }, 'other'),
        output,
      ],
      ['rows -> one:客户 “in”', 'one:kept -> fix', 'two:kept -> kept'],
    )
    const back = {
      id: 'text',
      kind: 'convert',
      settings: { columns: [{ column: 'amount', type: 'VARCHAR' }] },
    }
    const nested: Flow = {
      ...twice,
      nodes: [...twice.nodes, ...flowOf([back], []).nodes],
      edges: flowOf(
        [],
        ['rows -> one:客户 “in”', 'one:kept -> text', 'text -> two:客户 “in”', 'two:kept -> kept'],
      ).edges,
    }
    const whole = flowOf(
      [source, use('deep', nested, {}, 'nested'), target('out', 'deep.csv')],
      ['people -> deep:in', 'deep:kept -> out'],
    )
    expect(await run(whole)).toMatchObject({ status: 'succeeded', balanced: true })
    expect((await written('deep.csv')).trim().split('\n')).toHaveLength(2)
  })

  it('is refused inside itself, and where flows stand in flows too deep', async () => {
    const again = flowOf(
      [input, use('again', inner), output],
      ['rows -> again:客户 “in”', 'again:kept -> kept'],
    )
    const recursive = await engine.infer(outer({}, again))
    expect(recursive.problems.map(({ code }) => code)).toContain('subflow.inside')
    expect(recursive.problems.find(({ code }) => code === 'subflow.inside')?.message.en).toContain(
      'uses itself',
    )
    let deep = inner
    for (let n = 0; n < 10; n++)
      deep = flowOf(
        [input, use('next', deep, {}, `f${n}`), output],
        ['rows -> next:客户 “in”', 'next:kept -> kept'],
      )
    const { problems } = await engine.infer(outer({}, deep))
    expect(problems.some(({ message }) => message.en.includes('more than 10 deep'))).toBe(true)
    expect((await run(outer({}, deep))).status).toBe('failed')
  })

  it('is one step of the columns that go through it', async () => {
    const place = (nodeId: string, port: string, column: string) => ({ nodeId, port, column })
    const given = place('people', 'out', 'amount')
    const kept = place('clean', 'kept', 'amount')
    const written = place('out', 'in', 'amount')
    const steps = [
      { from: given, to: kept, copy: false },
      { from: kept, to: written, copy: true },
    ]
    const forward = await engine.lineage({ flow: outer(), ...given })
    expect(forward).toMatchObject({ upstream: [], downstream: steps, origins: [given], targets: [written] })
    expect(forward.uses).toEqual([
      { nodeId: 'clean', field: 'uses', column: expect.objectContaining({ column: 'amount' }) },
    ])
    const back = await engine.lineage({ flow: outer(), ...written })
    expect(back).toMatchObject({ upstream: steps.toReversed(), downstream: [], origins: [given] })
    const between = await engine.lineage({ flow: outer(), ...kept })
    expect(between).toMatchObject({ upstream: [steps[0]], downstream: [steps[1]], targets: [written] })
  })
})

describe('a flow that others use, drawn by itself', () => {
  it('has the columns that it declares, and rows that were written down for it', async () => {
    const { ports, problems } = await engine.infer(inner)
    expect(problems).toEqual([])
    expect(ports['large']?.['out']).toEqual([
      { name: 'id', type: 'BIGINT' },
      { name: 'amount', type: 'DOUBLE' },
    ])
    const pinned = {
      columns: [{ name: 'amount', type: 'VARCHAR' }],
      rows: [['12'], ['3']],
    }
    const flow = {
      ...inner,
      nodes: inner.nodes.map((node) => (node.id === 'rows' ? { ...node, pinned } : node)),
    }
    const preview = await engine.preview({ flow, nodeId: 'large', port: 'out', parameters: {}, limit: 5 })
    expect(preview).toMatchObject({ rows: [[null, '12.0']], sample: [{ nodeId: 'rows', pinned: true }] })
  })

  it('does not run by itself, and two ports need two names', async () => {
    expect(await run(inner)).toMatchObject({ status: 'failed', problems: [{ code: 'flow.inputAlone' }] })
    const same = flowOf([input, output, { ...output, id: 'again' }], ['rows -> kept', 'rows -> again'])
    const { problems } = await engine.infer(same)
    expect(problems).toMatchObject([
      { code: 'subflow.duplicatePort', location: { nodeId: 'again', field: 'name' } },
    ])
  })
})
