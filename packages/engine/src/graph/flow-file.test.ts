import { describe, expect, it } from 'vitest'
import { emptyFlow } from '../model/index.ts'
import { ProblemError } from '../problems/index.ts'
import { formatFlow, parseFlow } from './flow-file.ts'

const flow = {
  ...emptyFlow('客户 → OA'),
  nodes: [
    {
      id: 'customers',
      kind: 'csv.source',
      label: '"客户" 😀',
      position: { x: 0, y: 40 },
      settings: { path: 'customers.csv' },
      disabled: true,
      note: 'read at night',
    },
  ],
  parameters: [{ name: 'since', type: 'date' as const, default: '2026-01-01', description: '' }],
}

describe('flow files', () => {
  it('come back as they were written', () => {
    expect(parseFlow(formatFlow(flow))).toEqual(flow)
  })

  it('are written the same twice, with keys in a fixed order', () => {
    const shuffled = Object.fromEntries(Object.entries(flow).reverse()) as typeof flow
    expect(formatFlow(shuffled)).toBe(formatFlow(flow))
    expect(Object.keys(JSON.parse(formatFlow(flow)))).toEqual([
      'format',
      'version',
      'name',
      'parameters',
      'nodes',
      'edges',
    ])
  })

  it('keep colours, groups and notes, and say nothing of them where there are none', () => {
    const drawn = {
      ...flow,
      nodes: flow.nodes.map((node) => ({ ...node, color: 'blue' as const })),
      groups: [{ id: 'group', title: '清洗', nodes: ['customers'], color: 'green' as const }],
      notes: [{ id: 'note', text: 'why', position: { x: 0, y: -120 }, size: { width: 192, height: 96 } }],
    }
    expect(parseFlow(formatFlow(drawn))).toEqual(drawn)
    expect(formatFlow({ ...flow, groups: [], notes: [] })).toBe(formatFlow(flow))
  })

  it('keep that runs need an approval, and say nothing where they need none', () => {
    const careful = { ...flow, requiresApproval: true }
    expect(parseFlow(formatFlow(careful))).toEqual(careful)
    expect(formatFlow({ ...flow, requiresApproval: false })).toBe(formatFlow(flow))
  })

  it('keep what a node expects and how often it tries again', () => {
    const [node] = flow.nodes
    const guarded = { ...node, guard: { minimum: 5 }, retry: { times: 3, backOffSeconds: 2 } }
    const careful = { ...flow, nodes: [guarded] }
    expect(parseFlow(formatFlow(parseFlow(JSON.stringify(careful))))).toMatchObject(careful)
    expect(() => parseFlow(JSON.stringify({ ...flow, nodes: [{ ...node, retry: { times: 11 } }] }))).toThrow()
  })

  it.each([
    ['no JSON', '{'],
    ['something else', '[]'],
    ['an unknown key', JSON.stringify({ ...flow, admin: true })],
    ['a hostile id', JSON.stringify({ ...flow, nodes: [{ ...flow.nodes[0], id: '__proto__' }] })],
    ['a version from the future', JSON.stringify({ ...flow, version: 99 })],
    [
      'a hundred thousand levels',
      `{"format":"millrace.flow","nodes":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ],
  ])('with %s are refused with a problem', (_, text) => {
    expect(() => parseFlow(text)).toThrow(ProblemError)
  })
})
