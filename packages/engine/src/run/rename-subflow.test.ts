import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Flow } from '../model/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench()
  bench.write('people.csv', 'id,name,city,amount\n1,Ana,Bern,5\n2,李雷,北京,70\n')
})
afterAll(() => bench.close())

type Step = { readonly id: string; readonly kind: string; readonly settings?: Record<string, unknown> }

const people = {
  id: 'people',
  kind: 'csv.source',
  settings: {
    path: 'people.csv',
    columns: ['id', 'name', 'city', 'amount'].map((name) => ({
      name,
      type: name === 'id' ? 'BIGINT' : 'VARCHAR',
      format: '',
    })),
  },
}
const target = { id: 'file', kind: 'csv.target', settings: { path: 'out.csv' } }
const map = (id: string, columns: Record<string, string>, others = 'keep') => ({
  id,
  kind: 'map',
  settings: {
    others,
    columns: Object.entries(columns).map(([name, expression]) => ({ name, expression })),
  },
})
const filter = (id: string, expression: string) => ({ id, kind: 'filter', settings: { expression } })

/** A flow with one input and one output, and the steps in between. */
const part = (...steps: readonly Step[]): Flow => {
  const columns = [
    { name: 'id', type: 'BIGINT' },
    { name: 'amount', type: 'VARCHAR' },
  ]
  const ids = ['rows', ...steps.map(({ id }) => id), 'kept']
  const flow = flowOf(
    [
      { id: 'rows', kind: 'input', settings: { name: '客户 “in”', columns } },
      ...steps,
      { id: 'kept', kind: 'output', settings: { name: 'kept' } },
    ],
    ids.slice(1).map((id, index) => `${ids[index]} -> ${id}`),
    [{ name: 'least', type: 'decimal', default: '10', description: '' }],
  )
  return { ...flow, name: 'Clean 客户' }
}
const use = (id: string, content: Flow) => ({
  id,
  kind: 'subflow',
  settings: { uses: { flow: `flow of ${id}`, version: 3, content }, parameters: {} },
})

/** Converts `amount`, calculates `double` of it, and keeps what is large. */
const clean = part(
  { id: 'numbers', kind: 'convert', settings: { columns: [{ column: 'amount', type: 'DOUBLE' }] } },
  map('twice', { double: 'amount * 2' }),
  filter('large', 'amount >= ${least}'),
)
/** A flow that uses another one. */
const around = (content: Flow): Flow => ({
  ...part(),
  nodes: [...part().nodes, ...flowOf([use('deep', content)], []).nodes],
  edges: flowOf([], ['rows -> deep:客户 “in”', 'deep:kept -> kept']).edges,
})

/** people → before → a flow that is used → after → file. */
const outer = (
  content: Flow = clean,
  after: Step = map('after', { shout: 'upper("name") || "name"' }),
): Flow =>
  flowOf(
    [people, filter('before', `"name" <> ''`), use('sub', content), after, target],
    ['people -> before', 'before -> sub:客户 “in”', 'sub:kept -> after', 'after -> file'],
  )

const rename = (flow: Flow, nodeId: string, from: string, to: string, port?: string) =>
  bench.engine.renameColumn({ flow, nodeId, from, to, port })

/** Renames, and makes sure that a refusal changes nothing and a renaming breaks nothing. */
async function refusals(flow: Flow, nodeId: string, from: string, to = 'other', port?: string) {
  const { problems, ...result } = await rename(flow, nodeId, from, to, port)
  expect(problems.map(({ severity }) => severity)).toContain('error')
  expect(result).toMatchObject({ changes: [], written: [] })
  expect(result.flow).toEqual(flow)
  return problems
}

async function rowsOf(flow: Flow) {
  const at = { nodeId: 'file', port: 'in', parameters: {}, limit: 10 }
  const { rows, problems } = await bench.engine.preview({ flow, ...at })
  expect(problems).toEqual([])
  return rows
}

describe.each([
  ['a flow that is used', clean],
  ['a flow in a flow', around(clean)],
])('a column that goes through %s without being named there', (_, content) => {
  const flow = outer(content)

  it('goes on under its new name', async () => {
    const result = await rename(flow, 'people', 'name', 'say "hi"')
    expect(result.problems).toEqual([])
    expect(result.changes.map(({ nodeId, field, after }) => `${nodeId}.${field}: ${after}`)).toEqual([
      'people.columns.1.name: say "hi"',
      `before.expression: "say ""hi""" <> ''`,
      'after.columns.0.expression: upper("say ""hi""") || "say ""hi"""',
    ])
    expect(result.written).toEqual([{ nodeId: 'file', before: 'name', after: 'say "hi"' }])
    expect(result.flow.nodes.map(({ id }) => id)).toEqual(flow.nodes.map(({ id }) => id))
    expect(result.flow.nodes[2]).toEqual(flow.nodes[2])
    expect(await rowsOf(result.flow)).toEqual(await rowsOf(flow))
    const { ports } = await bench.engine.infer(result.flow)
    expect(ports['sub']?.['kept']?.map(({ name }) => name)).toContain('say "hi"')
    const back = await rename(result.flow, 'after', 'say "hi"', 'name')
    expect(back.flow).toEqual(flow)
  })

  it('is renamed where it gets its name, wherever that is asked', async () => {
    for (const [nodeId, port] of [['after'], ['sub', 'kept'], ['sub']] as const) {
      const { maker, problems } = await rename(flow, nodeId, 'city', 'town', port)
      expect(problems).toEqual([])
      expect(maker).toEqual({ nodeId: 'people', port: 'out', column: 'city' })
    }
  })

  it('breaks nothing inside when it goes', async () => {
    const { breakages, targets } = await bench.engine.breakages({ flow, nodeId: 'people', column: 'name' })
    expect(breakages.map(({ nodeId, field }) => `${nodeId}.${field}`)).toEqual([
      'before.expression',
      'after.columns.0.expression',
    ])
    expect(targets).toEqual([{ nodeId: 'file', column: 'name' }])
    const behind = await bench.engine.breakages({ flow, nodeId: 'sub', column: 'name' })
    expect(behind.breakages.map(({ nodeId }) => nodeId)).toEqual(['after'])
  })
})

describe('a column that a flow which is used names', () => {
  it('keeps its name, and what can be done is told at the node', async () => {
    const problems = await refusals(outer(), 'people', 'amount')
    expect(problems).toMatchObject([{ code: 'rename.subflow', location: { nodeId: 'sub', field: 'uses' } }])
    const { en, zh } = problems[0]?.message ?? {}
    expect(en).toContain(
      'The sub-flow “Clean 客户” names “amount” inside, at “rows”, “numbers”, “twice”, “large”, and',
    )
    expect(en).toMatch(/Map before the sub-flow .* or open the flow that it uses/)
    expect(zh).toMatch(/“rows”、“numbers”、“twice”、“large”.*“amount”.*映射.*发布/)
  })

  it('keeps it two deep too', async () => {
    const [problem, ...others] = await refusals(outer(around(clean)), 'people', 'amount')
    expect(others).toEqual([])
    expect(problem?.location.nodeId).toBe('sub')
    expect(problem?.message.en).toContain('“rows”, “deep › rows”, “deep › numbers”, “deep › twice”')
  })

  it('keeps it where it is only declared, or made anew', async () => {
    for (const [flow, column, node] of [
      [outer(), 'id', 'rows'],
      [outer(part(map('fill', { city: "'Bern'" }))), 'city', 'fill'],
    ] as const) {
      const problems = await refusals(flow, 'people', column)
      expect(problems).toMatchObject([{ code: 'rename.subflow', parameters: { column } }])
      expect(problems[0]?.message.en).toContain(`inside, at “${node}”, and`)
    }
  })

  it('keeps it while the node is disabled', async () => {
    const flow = outer()
    const disabled = {
      ...flow,
      nodes: flow.nodes.map((node) => (node.id === 'sub' ? { ...node, disabled: true } : node)),
    }
    expect((await refusals(disabled, 'people', 'id')).map(({ code }) => code)).toEqual(['rename.subflow'])
    const { flow: renamed, problems } = await rename(disabled, 'people', 'city', 'town')
    expect(problems).toEqual([])
    expect(renamed.nodes[2]).toEqual(disabled.nodes[2])
  })

  it('cannot take a name that is taken inside', async () => {
    const [clash] = await refusals(outer(), 'people', 'name', 'double')
    expect(clash).toMatchObject({ code: 'subflow.inside', location: { nodeId: 'sub' } })
    expect(clash?.message.en).toContain('twice')
  })

  it('keeps it where it is declared by a flow that cannot be put in its place', async () => {
    const flow = outer()
    const parameters = { lesat: '1' }
    const nodes = flow.nodes.map((node) =>
      node.id === 'sub' ? { ...node, settings: { ...node.settings, parameters } } : node,
    )
    const location = { nodeId: 'sub', port: '客户 “in”' }
    expect(await refusals({ ...flow, nodes }, 'people', 'amount')).toMatchObject([
      { code: 'subflow.columnMissing', location },
    ])
  })

  it('can be renamed before a Map that lists it', async () => {
    const flow = outer()
    const before = map('before', { id: 'id', name: 'name', amount: 'amount' }, 'drop')
    const nodes = flow.nodes.map((node) => (node.id === 'before' ? { ...node, ...before } : node))
    const { problems, changes } = await rename({ ...flow, nodes }, 'people', 'amount', 'sum')
    expect(problems).toEqual([])
    expect(changes.map(({ nodeId, field }) => `${nodeId}.${field}`)).toEqual([
      'people.columns.3.name',
      'before.columns.2.expression',
    ])
  })

  it('is renamed inside where that flow is drawn by itself', async () => {
    const { problems, changes } = await rename(clean, 'rows', 'amount', 'sum')
    expect(problems).toEqual([])
    expect(changes.map(({ nodeId }) => nodeId)).toEqual(['rows', 'numbers', 'twice', 'large'])
  })

  it('breaks it when it goes, each place once', async () => {
    const inside = (column: string, ...names: readonly string[]) =>
      names.map((text) => ({ nodeId: 'sub', field: 'uses', text, places: [], column }))
    const flow = outer(clean, filter('after', 'amount > double'))
    const { breakages } = await bench.engine.breakages({ flow, nodeId: 'people', column: 'amount' })
    expect(breakages).toEqual([
      ...inside('amount', 'rows', 'numbers', 'twice', 'large'),
      expect.objectContaining({ nodeId: 'after', column: 'amount' }),
    ])
    const nested = outer(around(clean))
    const deep = await bench.engine.breakages({ flow: nested, nodeId: 'before', column: 'id' })
    expect(deep.breakages).toEqual(inside('id', 'rows', 'deep › rows'))
    const behind = await bench.engine.breakages({ flow, nodeId: 'sub', column: 'double' })
    expect(behind.breakages).toMatchObject([{ nodeId: 'after', places: [{ start: 9, end: 15 }] }])
  })
})

describe.each([
  ['a flow that is used', clean],
  ['a flow in a flow', around(clean)],
])('a column that gets its name inside %s', (_, content) => {
  it.each([
    ['sub', 'kept'],
    ['sub', undefined],
    ['after', 'out'],
  ])('keeps it when %s is asked (%s)', async (nodeId, port) => {
    const flow = outer(content)
    const [problem, ...others] = await refusals(flow, nodeId, 'double', 'other', port)
    expect(others).toEqual([])
    expect(problem).toMatchObject({
      code: 'rename.madeInside',
      location: { nodeId: 'sub', port: 'kept' },
    })
    expect(problem?.message.en).toMatch(/“double”.*inside the sub-flow “Clean 客户”.*Map after/)
    expect(problem?.message.zh).toMatch(/“double”.*“Clean 客户”.*之后.*映射/)
    const { maker } = await rename(flow, nodeId, 'double', 'double', port)
    expect(maker).toEqual({ nodeId: 'sub', port: 'kept', column: 'double' })
  })
})

it('tells what targets inside would write, or no longer be given', async () => {
  const whole = part()
  const inner: Flow = {
    ...whole,
    nodes: [...whole.nodes, ...flowOf([{ ...target, settings: { path: 'inner.csv' } }], []).nodes],
    edges: [...whole.edges, ...flowOf([], ['rows -> file']).edges],
  }
  const flow = outer(inner)
  expect((await rename(flow, 'people', 'city', 'town')).written).toEqual([
    { nodeId: 'sub', before: 'city', after: 'town' },
    { nodeId: 'file', before: 'city', after: 'town' },
  ])
  const { targets } = await bench.engine.breakages({ flow, nodeId: 'people', column: 'city' })
  expect(targets).toEqual([
    { nodeId: 'sub', column: 'city' },
    { nodeId: 'file', column: 'city' },
  ])
})

it('two outputs of a flow lose a column together', async () => {
  const whole = part()
  const second = { id: 'again', kind: 'output', settings: { name: 'again' } }
  const inner: Flow = {
    ...whole,
    nodes: [...whole.nodes, ...flowOf([second], []).nodes],
    edges: [...whole.edges, ...flowOf([], ['rows -> again']).edges],
  }
  const flow = flowOf(
    [people, use('sub', inner), target, { ...target, id: 'more', settings: { path: 'more.csv' } }],
    ['people -> sub:客户 “in”', 'sub:kept -> file', 'sub:again -> more'],
  )
  const lost = async (port?: string) =>
    (await bench.engine.breakages({ flow, nodeId: 'sub', column: 'city', port })).targets
  expect(await lost()).toEqual(['file', 'more'].map((nodeId) => ({ nodeId, column: 'city' })))
  expect(await lost('again')).toEqual([{ nodeId: 'more', column: 'city' }])
})
