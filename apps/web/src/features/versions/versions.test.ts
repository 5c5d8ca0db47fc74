import { emptyFlow, type Flow, type FlowNode } from '@millrace/engine'
import { describe, expect, it } from 'vitest'
import { apply, invert } from '../../editor/changes.ts'
import { restoration } from './restore.ts'
import { unionOf } from './union.ts'

const node = (id: string, x = 0, more: Partial<FlowNode> = {}): FlowNode => ({
  id,
  kind: 'filter',
  label: '',
  position: { x, y: 0 },
  settings: {},
  disabled: false,
  note: '',
  ...more,
})
const edge = (from: string, to: string) => ({
  from: { node: from, port: 'out' },
  to: { node: to, port: 'in' },
})
const note = (id: string) => ({ id, text: id, position: { x: 0, y: 0 }, size: { width: 100, height: 100 } })

const older: Flow = {
  ...emptyFlow('older'),
  nodes: [node('a'), node('b', 300)],
  edges: [edge('a', 'b')],
  groups: [{ id: 'g', title: 'G', nodes: ['a', 'b'] }],
  notes: [note('n')],
}
const newer: Flow = {
  ...emptyFlow('newer'),
  description: '客户',
  parameters: [{ name: 'p', type: 'text', default: '', description: '' }],
  nodes: [node('a', 0, { settings: { expression: 'true' } }), node('c', 300)],
  edges: [edge('a', 'c')],
  groups: [{ id: 'g', title: 'H', nodes: ['c'] }],
  notes: [note('n'), note('m')],
}

describe('restoration', () => {
  it.each([
    [older, newer],
    [newer, older],
    [emptyFlow('nothing'), newer],
    [newer, emptyFlow('nothing')],
  ])('makes one flow of the other, and takes that back', (from, to) => {
    const change = restoration(from, to, 3)
    expect(apply(from, change)).toEqual(to)
    expect(apply(apply(from, change), invert(change))).toEqual(from)
  })
})

describe('unionOf', () => {
  it('draws both flows, and nothing upon something else', () => {
    const union = unionOf(older, newer)
    expect(Object.fromEntries(union.nodes)).toEqual({ a: 'changed', c: 'added', b: 'removed' })
    expect([...union.edges.values()]).toEqual(['added', 'removed'])
    const [c, b] = ['c', 'b'].map((id) => union.flow.nodes.find((found) => found.id === id))
    expect(b?.position).not.toEqual(c?.position)
    expect(union.flow.edges).toHaveLength(2)
  })
})
