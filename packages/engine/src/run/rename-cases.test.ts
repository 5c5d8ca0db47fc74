import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Flow } from '../model/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench()
  bench.write('people.csv', 'id,name,city,amount\n1,Ana,Bern,5\n2,李雷,北京,7\n')
  bench.write('more.csv', 'id,name,extra\n1,Bo,x\n')
})
afterAll(() => bench.close())

const source = (id: string, path: string, names: readonly string[]) => ({
  id,
  kind: 'csv.source',
  settings: {
    path,
    columns: names.map((name) => ({
      name,
      type: name === 'id' || name === 'amount' ? 'BIGINT' : 'VARCHAR',
      format: '',
    })),
  },
})
const people = source('people', 'people.csv', ['id', 'name', 'city', 'amount'])
const more = source('more', 'more.csv', ['id', 'name', 'extra'])
const target = { id: 'file', kind: 'csv.target', settings: { path: 'out.csv' } }

type Step = { readonly id: string; readonly kind: string; readonly settings?: Record<string, unknown> }

/** people → the steps one after the other → file. */
const chain = (...steps: readonly Step[]): Flow => {
  const ids = ['people', ...steps.map(({ id }) => id), 'file']
  return flowOf(
    [people, ...steps, target],
    ids.slice(1).map((id, index) => `${ids[index]} -> ${id}`),
  )
}

const settingsOf = (flow: Flow, id: string) => flow.nodes.find((node) => node.id === id)?.settings

async function rename(flow: Flow, nodeId: string, from: string, to: string) {
  const result = await bench.engine.renameColumn({ flow, nodeId, from, to })
  const before = await bench.engine.infer(flow)
  const after = await bench.engine.infer(result.flow)
  const news = after.problems.filter(
    ({ code, location }) =>
      !before.problems.some((known) => known.code === code && known.location.nodeId === location.nodeId),
  )
  expect(news).toEqual([])
  return { ...result, ports: after.ports, codes: result.problems.map(({ code }) => code) }
}

describe('renaming', () => {
  it('follows conditions, keys, groups, expressions and rows, and stops at a new name', async () => {
    const flow = chain(
      {
        id: 'keep',
        kind: 'filter',
        settings: {
          where: { combine: 'and', conditions: [{ column: 'name', operator: 'isNotEmpty', values: [] }] },
          expression: "upper(name) <> 'name' AND ${today} IS NOT NULL",
        },
      },
      { id: 'order', kind: 'sort', settings: { keys: [{ column: 'name' }] } },
      {
        id: 'shape',
        kind: 'map',
        settings: {
          columns: [
            { name: 'name', expression: 'name' },
            { name: 'n', expression: 'length("name")' },
          ],
        },
      },
      { id: 'last', kind: 'filter', settings: { expression: "name <> ''" } },
    )
    const { changes, flow: renamed, written, codes } = await rename(flow, 'people', 'name', '姓 名')
    expect(codes).toEqual([])
    expect(changes.map(({ nodeId, field, after }) => [nodeId, field, after])).toEqual([
      ['people', 'columns.1.name', '姓 名'],
      ['keep', 'where.conditions.0.column', '姓 名'],
      ['keep', 'expression', 'upper("姓 名") <> \'name\' AND ${today} IS NOT NULL'],
      ['order', 'keys.0.column', '姓 名'],
      ['shape', 'columns.0.expression', '"姓 名"'],
      ['shape', 'columns.1.expression', 'length("姓 名")'],
    ])
    expect(written).toEqual([])
    expect(settingsOf(renamed, 'last')).toEqual(settingsOf(flow, 'last'))
    expect(settingsOf(renamed, 'people')).toMatchObject({
      columns: [{}, { name: '姓 名', original: 'name' }, {}, {}],
    })
  })

  it('renames where the column gets its name: a figure, a conversion, a map, upstream of a filter', async () => {
    const flow = chain(
      { id: 'convert', kind: 'convert', settings: { columns: [{ column: 'amount', type: 'DOUBLE' }] } },
      {
        id: 'sum',
        kind: 'aggregate',
        settings: { groups: ['city'], measures: [{ name: 'total', how: 'sum', column: 'amount' }] },
      },
      { id: 'big', kind: 'filter', settings: { expression: 'total > 1' } },
    )
    const figure = await rename(flow, 'big', 'total', 'select')
    expect(figure.maker).toEqual({ nodeId: 'sum', port: 'out', column: 'total' })
    expect(settingsOf(figure.flow, 'big')).toEqual({ expression: '"select" > 1' })
    expect(figure.written).toEqual([{ nodeId: 'file', before: 'total', after: 'select' }])
    const converted = await rename(flow, 'convert', 'amount', 'money')
    expect(converted.changes.map(({ nodeId, field }) => `${nodeId}.${field}`)).toEqual([
      'convert.columns.0.name',
      'sum.measures.0.column',
    ])
    const group = await rename(flow, 'sum', 'city', 'Ort')
    expect(group.maker).toEqual({ nodeId: 'people', port: 'out', column: 'city' })
    expect(group.ports['big']?.['out']?.map(({ name }) => name)).toEqual(['Ort', 'total'])
  })

  it('follows a join, whose suffix for a right column comes and goes', async () => {
    const flow = flowOf(
      [
        people,
        more,
        { id: 'both', kind: 'join', settings: { keys: [{ left: 'id', right: 'id' }] } },
        {
          id: 'after',
          kind: 'filter',
          settings: { expression: "name_right <> '' AND name <> '' AND id = id_right" },
        },
        target,
      ],
      ['people -> both:left', 'more -> both:right', 'both -> after', 'after -> file'],
    )
    const left = await rename(flow, 'people', 'name', 'who')
    expect(settingsOf(left.flow, 'after')).toEqual({
      expression: "name <> '' AND who <> '' AND id = id_right",
    })
    const key = await rename(flow, 'people', 'id', 'key')
    expect(settingsOf(key.flow, 'both')).toMatchObject({ keys: [{ left: 'key', right: 'id' }] })
    expect(settingsOf(key.flow, 'after')).toEqual({
      expression: "name_right <> '' AND name <> '' AND key = id",
    })
    expect(key.written).toEqual([
      { nodeId: 'file', before: 'id', after: 'key' },
      { nodeId: 'file', before: 'id_right', after: 'id' },
    ])
  })

  it('refuses where a union by name or a comparison would then put other columns together', async () => {
    const flow = flowOf(
      [people, more, { id: 'all', kind: 'union' }, target],
      ['people -> all', 'more -> all', 'all -> file'],
    )
    const shared = await rename(flow, 'people', 'name', 'who')
    expect(shared.codes).toEqual(['rename.changesMeaning'])
    expect(shared.problems[0]?.location).toEqual({ nodeId: 'all', port: 'out' })
    expect(shared.flow).toEqual(flow)
    expect(
      (await rename(flow, 'people', 'city', 'Ort')).ports['all']?.['out']?.map(({ name }) => name),
    ).toEqual(['id', 'name', 'Ort', 'amount', 'extra'])
    const compared = flowOf(
      [people, more, { id: 'diff', kind: 'compare', settings: { keys: ['id'] } }, target],
      ['people -> diff:old', 'more -> diff:new', 'diff:added -> file'],
    )
    expect((await rename(compared, 'more', 'id', 'key')).codes).toContain('column.unknown')
    expect((await rename(compared, 'more', 'name', 'who')).codes).toContain('rename.changesMeaning')
  })

  it('rewrites a query by its scopes, and refuses what it cannot place', async () => {
    const query = (text: string) => chain({ id: 'ask', kind: 'sql', settings: { query: text } })
    const cte = await rename(
      query('WITH t AS (SELECT name, city FROM input1) SELECT t.name, city AS name2 FROM t'),
      'people',
      'name',
      'n',
    )
    expect(settingsOf(cte.flow, 'ask')).toEqual({
      query: 'WITH t AS (SELECT n, city FROM input1) SELECT t.n, city AS name2 FROM t',
    })
    expect(cte.written).toEqual([{ nodeId: 'file', before: 'name', after: 'n' }])
    expect(
      (await rename(query('SELECT * EXCLUDE (name) FROM input1'), 'people', 'name', 'n')).codes,
    ).toContain('rename.fixed')
    expect((await rename(query('SELECT upper(name) FROM input1'), 'people', 'name', 'n')).codes).toEqual([
      'rename.unnamed',
    ])
    expect((await rename(query('SELECT count(*) FROM input1'), 'people', 'name', 'n')).codes).toEqual([])
  })

  it('refuses a name that is taken, reserved, empty or would be captured', async () => {
    const flow = chain({
      id: 'shape',
      kind: 'map',
      settings: { columns: [{ name: 'x', expression: 'list_transform([1], z -> z + length(name))' }] },
    })
    expect((await rename(flow, 'people', 'name', 'CITY')).codes).toEqual(['column.duplicate'])
    expect((await rename(flow, 'people', 'name', '__mr_x')).codes).toEqual(['column.reserved'])
    expect((await rename(flow, 'people', 'name', ' ')).codes).toEqual(['setting.required'])
    expect((await rename(flow, 'people', 'name', 'z')).codes).toEqual(['rename.changesMeaning'])
    expect((await rename(flow, 'people', 'nobody', 'z')).codes).toEqual(['column.unknown'])
    expect((await rename(flow, 'people', 'name', 'NAME')).codes).toEqual([])
    const pivot = chain({ id: 'turn', kind: 'pivot', settings: { column: 'city', values: ['Bern'] } })
    expect((await rename(pivot, 'turn', 'Bern', 'Berne')).codes).toEqual(['rename.notMadeHere'])
  })

  it('says where the name becomes a value, and takes disabled nodes along', async () => {
    const flow = chain({ id: 'fold', kind: 'unpivot', settings: { columns: ['name', 'city'], name: 'what' } })
    expect((await rename(flow, 'people', 'name', 'n')).codes).toEqual(['rename.becomesValue'])
    const off = chain({ id: 'off', kind: 'filter', settings: { expression: 'name IS NULL' } })
    for (const node of off.nodes) node.disabled = node.id === 'off'
    expect(settingsOf((await rename(off, 'people', 'name', 'n')).flow, 'off')).toEqual({
      expression: 'n IS NULL',
    })
  })
})

describe('breakages', () => {
  it('lists the settings and the targets that need a column', async () => {
    const flow = chain(
      { id: 'keep', kind: 'filter', settings: { expression: "name <> '' OR name IS NULL" } },
      {
        id: 'shape',
        kind: 'map',
        settings: { others: 'keep', columns: [{ name: 'name', expression: 'trim(name)' }] },
      },
      { id: 'last', kind: 'filter', settings: { expression: "name <> ''" } },
    )
    const { breakages, targets } = await bench.engine.breakages({ flow, nodeId: 'people', column: 'name' })
    expect(breakages).toEqual([
      {
        nodeId: 'keep',
        field: 'expression',
        text: "name <> '' OR name IS NULL",
        places: [
          { start: 0, end: 4 },
          { start: 14, end: 18 },
        ],
        column: 'name',
      },
      {
        nodeId: 'shape',
        field: 'columns.0.expression',
        text: 'trim(name)',
        places: [{ start: 5, end: 9 }],
        column: 'name',
      },
    ])
    expect(targets).toEqual([])
    expect((await bench.engine.breakages({ flow, nodeId: 'people', column: 'city' })).targets).toEqual([
      { nodeId: 'file', column: 'city' },
    ])
    await expect(bench.engine.breakages({ flow, nodeId: 'people', column: '__proto__' })).rejects.toThrow(
      '__proto__',
    )
  })
})

describe('lineage', () => {
  it('goes through expressions, joins and figures to sources and targets', async () => {
    const flow = flowOf(
      [
        people,
        more,
        { id: 'both', kind: 'join', settings: { keys: [{ left: 'id', right: 'id' }] } },
        {
          id: 'shape',
          kind: 'map',
          settings: {
            columns: [
              { name: 'whole', expression: "name || ' ' || name_right" },
              { name: 'city', expression: 'city' },
            ],
          },
        },
        { id: 'keep', kind: 'filter', settings: { expression: "whole <> ''" } },
        target,
      ],
      ['people -> both:left', 'more -> both:right', 'both -> shape', 'shape -> keep', 'keep -> file'],
    )
    const whole = await bench.engine.lineage({ flow, nodeId: 'keep', port: 'out', column: 'whole' })
    expect(whole.origins).toEqual([
      { nodeId: 'people', port: 'out', column: 'name' },
      { nodeId: 'more', port: 'out', column: 'name' },
    ])
    expect(whole.upstream[0]).toEqual({
      from: { nodeId: 'shape', port: 'out', column: 'whole' },
      to: { nodeId: 'keep', port: 'out', column: 'whole' },
      copy: true,
    })
    expect(whole.upstream.filter(({ copy }) => !copy)).toHaveLength(2)
    expect(whole.targets).toEqual([{ nodeId: 'file', port: 'in', column: 'whole' }])
    const name = await bench.engine.lineage({ flow, nodeId: 'more', port: 'out', column: 'name' })
    expect(name.targets).toEqual([{ nodeId: 'file', port: 'in', column: 'whole' }])
    expect(name.uses.map(({ nodeId, field }) => `${nodeId}.${field}`)).toEqual([
      'shape.columns.0.expression',
      'keep.expression',
    ])
    const written = await bench.engine.lineage({ flow, nodeId: 'file', port: 'in', column: 'city' })
    expect(written.origins).toEqual([{ nodeId: 'people', port: 'out', column: 'city' }])
  })
})

it('follows a column through a hundred nodes', { timeout: 120_000 }, async () => {
  const steps = Array.from({ length: 100 }, (_, index) => ({
    id: `step-${index}`,
    kind: 'filter',
    settings: { expression: `length(name) > ${index} OR "name" = 'name ${index}'` },
  }))
  const flow = chain(...steps)
  const { changes } = await bench.engine.renameColumn({ flow, nodeId: 'people', from: 'name', to: 'n' })
  expect(changes).toHaveLength(101)
  const { targets, uses } = await bench.engine.lineage({
    flow,
    nodeId: 'step-50',
    port: 'out',
    column: 'name',
  })
  expect(targets).toEqual([{ nodeId: 'file', port: 'in', column: 'name' }])
  expect(uses).toHaveLength(49)
})
