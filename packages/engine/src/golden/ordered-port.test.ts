import { expect, it } from 'vitest'
import { flowOf } from '../testing/index.ts'
import { isOrdered } from './ordered-port.ts'

const chain = (...kinds: string[]) =>
  flowOf(
    kinds.map((kind, index) => ({ id: `n${index}`, kind, settings: {} })),
    kinds.slice(1).map((_, index) => `n${index} -> n${index + 1}`),
  )

it.each([
  [['csv.source', 'sort'], true],
  [['csv.source', 'sort', 'filter', 'map', 'csv.target'], true],
  [['csv.source', 'filter'], false],
  [['csv.source', 'sort', 'aggregate'], false],
  [['csv.source', 'sort', 'distinct', 'map'], false],
  [['csv.source'], false],
] as const)('%j: %s', (kinds, ordered) => {
  expect(isOrdered(chain(...kinds), `n${kinds.length - 1}`)).toBe(ordered)
})

it('does not count a sort that is switched off, nor rows that were rejected behind one', () => {
  const off = chain('csv.source', 'sort', 'filter')
  const nodes = off.nodes.map((node) => (node.kind === 'sort' ? { ...node, disabled: true } : node))
  expect(isOrdered({ ...off, nodes }, 'n2')).toBe(false)
  const rejected = flowOf(
    ['csv.source', 'sort', 'validate', 'filter'].map((kind, index) => ({
      id: `n${index}`,
      kind,
      settings: {},
    })),
    ['n0 -> n1', 'n1 -> n2', 'n2:rejects -> n3'],
  )
  expect(isOrdered(rejected, 'n3')).toBe(false)
})
