import { type Flow, flow as flowSchema } from '@millrace/engine'
import { expect, it } from 'vitest'
import { apply, invert } from './changes.ts'
import { convertBefore } from './convert-before.ts'

const flowOf = (settings: object, edges: readonly (readonly [string, string])[]): Flow =>
  flowSchema.parse({
    format: 'millrace.flow',
    version: 1,
    name: 'f',
    nodes: [
      { id: 'rows', kind: 'csv.source', settings: { path: 'a.csv' }, position: { x: 0, y: 0 } },
      { id: 'types', kind: 'convert', settings, position: { x: 304, y: 0 } },
      { id: 'map', kind: 'map', settings: {}, position: { x: 608, y: 0 } },
      { id: 'sort', kind: 'sort', settings: {}, position: { x: 608, y: 160 } },
    ],
    edges: edges.map(([from, to]) => ({ from: { node: from, port: 'out' }, to: { node: to, port: 'in' } })),
  })
const edgesOf = ({ edges }: Flow) => edges.map(({ from, to }) => `${from.node}:${from.port} ${to.node}`)

it('puts a Convert node into the edge, with all that comes after moved, and takes it back as one', () => {
  const flow = flowOf({}, [['rows', 'map']])
  const made = convertBefore(flow, 'map', 'id', 'BIGINT')
  if (!made) throw new Error('nothing made')
  const after = apply(flow, made.change)
  expect(edgesOf(after)).toEqual(['rows:out convert', 'convert:out map'])
  expect(after.nodes.find(({ id }) => id === made.convertId)).toMatchObject({
    kind: 'convert',
    settings: { columns: [{ column: 'id', type: 'BIGINT' }] },
  })
  expect(apply(after, invert(made.change))).toEqual(flow)
})

it('takes the Convert node that is there, unless another node reads from it or the column is made there', () => {
  const conversions = { columns: [{ column: 'day', type: 'DATE', name: 'on' }] }
  const alone = flowOf(conversions, [
    ['rows', 'types'],
    ['types', 'map'],
  ])
  const made = convertBefore(alone, 'map', 'id', 'BIGINT')
  expect(made?.convertId).toBe('types')
  expect(made && apply(alone, made.change).nodes[1]?.settings['columns']).toEqual([
    ...conversions.columns,
    { column: 'id', type: 'BIGINT' },
  ])
  expect(convertBefore(alone, 'map', 'ON', 'BIGINT')).toBeUndefined()
  const shared = flowOf(conversions, [
    ['rows', 'types'],
    ['types', 'map'],
    ['types', 'sort'],
  ])
  expect(convertBefore(shared, 'map', 'id', 'BIGINT')?.convertId).toBe('convert')
})

it('makes nothing where no rows arrive', () => {
  expect(convertBefore(flowOf({}, []), 'map', 'id', 'BIGINT')).toBeUndefined()
})
