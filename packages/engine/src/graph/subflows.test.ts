import { expect, it } from 'vitest'
import type { Flow } from '../model/index.ts'
import { flowOf } from '../testing/flow-builder.ts'
import { isInnerId, pathOfId, usedFlowIds, wholeFlow } from './subflows.ts'

const content = flowOf(
  [
    { id: 'rows', kind: 'input', settings: { name: 'in', columns: [{ name: 'id', type: 'BIGINT' }] } },
    { id: 'some', kind: 'filter', settings: { expression: 'id > ${least} AND ${today} > ${now} AND $${x}' } },
    { id: 'kept', kind: 'output', settings: { name: 'out' } },
  ],
  ['rows -> some', 'some -> kept'],
  [{ name: 'least', type: 'integer', default: '3', description: '' }],
)
const use = (id: string, flow: string, inner: Flow) => ({
  id,
  kind: 'subflow',
  settings: { uses: { flow, version: 1, content: inner }, parameters: {} },
})
const outer = flowOf([use('sub', 'f1', content)], [])

it('puts the nodes of a flow in the place of the node that uses it', () => {
  const whole = wholeFlow(outer)
  expect(whole.nodes.map(({ id }) => id)).toEqual(['sub~rows', 'sub~some', 'sub~kept'])
  expect(whole.nodes.every(({ id }) => isInnerId(id) && pathOfId(id)[0] === 'sub')).toBe(true)
  expect(whole.edges).toHaveLength(2)
})

it('gives inner parameters names of their own, and leaves alone what is none', () => {
  const whole = wholeFlow(outer)
  expect(whole.parameters).toMatchObject([{ name: 'sub~least', type: 'integer', default: '3' }])
  expect(whole.nodes[1]?.settings['expression']).toBe('id > ${sub~least} AND ${today} > ${now} AND $${x}')
})

it('lets the output give as many rows as the node has to', () => {
  const guard = { minimum: 5 }
  const guarded: Flow = { ...outer, nodes: outer.nodes.map((node) => ({ ...node, guard })) }
  expect(wholeFlow(guarded).nodes.map((node) => node.guard)).toEqual([undefined, undefined, guard])
})

it('leaves a disabled node, and a flow that uses none, as they are', () => {
  const disabled: Flow = { ...outer, nodes: outer.nodes.map((node) => ({ ...node, disabled: true })) }
  expect(wholeFlow(disabled)).toBe(disabled)
  expect(wholeFlow(content)).toBe(content)
})

it('knows every flow that is used, also deep inside', () => {
  const deep = flowOf([use('a', 'f2', outer), use('b', 'f3', content)], [])
  expect([...usedFlowIds(deep)].sort()).toEqual(['f1', 'f2', 'f3'])
})
