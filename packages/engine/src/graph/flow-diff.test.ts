import { describe, expect, it } from 'vitest'
import { emptyFlow, type Flow, type FlowNode } from '../model/index.ts'
import { diffFlows, diffValues } from './flow-diff.ts'

const node = (
  id: string,
  settings: Record<string, unknown> = {},
  more: Partial<FlowNode> = {},
): FlowNode => ({
  id,
  kind: 'filter',
  label: '',
  position: { x: 0, y: 0 },
  settings,
  disabled: false,
  note: '',
  ...more,
})
const flowOf = (nodes: FlowNode[], more: Partial<Flow> = {}): Flow => ({ ...emptyFlow('f'), nodes, ...more })
const edge = (from: string, to: string) => ({
  from: { node: from, port: 'out' },
  to: { node: to, port: 'in' },
})

describe('diffFlows', () => {
  it('finds nothing between a flow and its copy', () => {
    const flow = flowOf([node('a', { b: [1, { c: null }] })], { edges: [edge('a', 'a')] })
    expect(diffFlows(flow, structuredClone(flow))).toEqual({
      nodes: [],
      edges: { added: [], removed: [] },
      parameters: [],
      texts: [],
      isMeaningful: false,
    })
  })

  it('tells added, removed, changed and moved apart', () => {
    const before = flowOf([node('a'), node('b'), node('c', { expression: 'x > 1' })])
    const after = flowOf([
      node('b', {}, { position: { x: 9, y: 9 }, color: 'red' }),
      node('c', { expression: 'x > 2' }, { position: { x: 1, y: 1 } }),
      node('d'),
    ])
    const found = diffFlows(before, after)
    expect(found.nodes.map(({ kind, id }) => [kind, id])).toEqual([
      ['moved', 'b'],
      ['changed', 'c'],
      ['added', 'd'],
      ['removed', 'a'],
    ])
    expect(found.isMeaningful).toBe(true)
    expect(found.nodes[1]).toMatchObject({
      changes: expect.arrayContaining([
        { path: ['settings', 'expression'], before: 'x > 1', after: 'x > 2' },
      ]),
    })
  })

  it('takes what only looks different for no change of meaning, and switching off for one', () => {
    const before = flowOf([node('a')])
    const looks = { position: { x: 5, y: 0 }, label: '客户', note: 'n' }
    const moved = flowOf([node('a', {}, looks)], { name: 'g', notes: [] })
    expect(diffFlows(before, moved)).toMatchObject({ isMeaningful: false, nodes: [{ kind: 'moved' }] })
    expect(diffFlows(before, flowOf([node('a', {}, { disabled: true })])).isMeaningful).toBe(true)
  })

  it('compares edges and parameters', () => {
    const parameter = { name: 'since', type: 'date', default: '2026-01-01', description: '' } as const
    const before = flowOf([node('a'), node('b')], { edges: [edge('a', 'b')], parameters: [parameter] })
    const after = flowOf([node('a'), node('b')], {
      edges: [edge('b', 'a')],
      parameters: [
        { ...parameter, default: '2026-02-01' },
        { ...parameter, name: 'until' },
      ],
    })
    const found = diffFlows(before, after)
    expect(found.edges).toEqual({ added: [edge('b', 'a')], removed: [edge('a', 'b')] })
    expect(found.parameters.map(({ kind, name }) => [kind, name])).toEqual([
      ['changed', 'since'],
      ['added', 'until'],
    ])
  })
})

describe('diffValues', () => {
  it('keeps names apart that mean something to JavaScript', () => {
    const parse = (text: string): unknown => JSON.parse(text)
    const before = parse('{"__proto__": 1, "constructor": {"a": 1}, "a.b": 1, "": 0, "客户 “x”": "1"}')
    const after = parse('{"__proto__": 2, "toString": 3, "constructor": {"a": 1}, "a": {"b": 1}, "": 0}')
    expect(diffValues(before, after)).toEqual([
      { path: ['__proto__'], before: 1, after: 2 },
      { path: ['a.b'], before: 1, after: undefined },
      { path: ['客户 “x”'], before: '1', after: undefined },
      { path: ['toString'], before: undefined, after: 3 },
      { path: ['a'], before: undefined, after: { b: 1 } },
    ])
  })

  it('shows a row put in between as one row', () => {
    const rows = ['a', 'b', 'c'].map((name) => ({ name }))
    expect(diffValues(rows, rows.toSpliced(1, 0, { name: 'new' }))).toEqual([
      { path: [1], before: undefined, after: { name: 'new' } },
    ])
    expect(diffValues(rows, rows.with(2, { name: 'd' }))).toEqual([
      { path: [2, 'name'], before: 'c', after: 'd' },
    ])
    expect(diffValues(rows, rows.slice(1))).toEqual([{ path: [0], before: { name: 'a' }, after: undefined }])
  })

  it('shows another order whole, and null apart from nothing', () => {
    expect(diffValues([1, 2], [2, 1])).toEqual([{ path: [], before: [1, 2], after: [2, 1] }])
    expect(diffValues({ a: null }, {})).toEqual([{ path: ['a'], before: null, after: undefined }])
    expect(diffValues(1, '1')).toHaveLength(1)
  })
})
