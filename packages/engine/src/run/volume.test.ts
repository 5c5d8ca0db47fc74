import { afterAll, beforeAll, expect, it } from 'vitest'
import type { VolumeGuard } from '../model/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'
import type { VolumeViolation } from './volume.ts'

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench()
  bench.write('in.csv', 'id\n1\n2\nx\n')
})
afterAll(() => bench.close())

const guarded = (guard: VolumeGuard) => {
  const columns = [{ name: 'id', type: 'BIGINT', format: '' }]
  const flow = flowOf(
    [
      { id: 'in', kind: 'csv.source', settings: { path: 'in.csv', columns } },
      { id: 'keep', kind: 'filter', settings: { expression: 'id > 1' } },
      { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
    ],
    ['in -> keep', 'keep -> out'],
  )
  return { ...flow, nodes: flow.nodes.map((node) => (node.id === 'in' ? node : { ...node, guard })) }
}

it.each<[string, VolumeGuard, number | undefined]>([
  ['no more than it wants', { minimum: 1 }, undefined],
  ['as many as usual, about', { tolerance: 100 }, 2],
  ['no recent run', { tolerance: 1 }, undefined],
])('goes on with enough rows: %s', async (_, guard, usual) => {
  const usualRows: Record<string, number> = usual === undefined ? {} : { keep: usual, out: usual }
  const result = await bench.run(guarded(guard), { usualRows })
  expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
})

it.each<[string, VolumeGuard, number, Partial<VolumeViolation>]>([
  ['too few', { minimum: 2 }, 1, { least: 2, most: null }],
  ['too few of the usual', { tolerance: 20 }, 10, { least: 8, most: 12, usual: 10 }],
  ['too many of the usual', { tolerance: 20 }, 0, { least: 0, most: 0, usual: 0 }],
])('waits before it writes: %s', async (_, guard, usual, violation) => {
  const seen: VolumeViolation[] = []
  bench.write('out.csv', 'old\n')
  const request = { usualRows: { keep: usual, out: usual } }
  const discarded = await bench.run(guarded(guard), {
    ...request,
    onHold: async (violations) => {
      seen.push(...violations)
      expect(bench.names()).toEqual(['in.csv', 'out.csv'])
      return 'discard'
    },
  })
  expect(seen).toMatchObject([
    { nodeId: 'keep', rows: 1, ...violation },
    { nodeId: 'out', rows: 1, ...violation },
  ])
  expect(discarded).toMatchObject({
    status: 'failed',
    problems: [{ code: 'run.volume', location: { nodeId: 'keep' } }],
  })
  expect(bench.text('out.csv')).toBe('old\n')
  const released = await bench.run(guarded(guard), { ...request, onHold: async () => 'release' })
  expect(released).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
  expect(bench.text('out.csv')).toBe('id\n2\n')
})

it('can be cancelled while it waits', async () => {
  const controller = new AbortController()
  const result = await bench.run(guarded({ minimum: 5 }), {
    signal: controller.signal,
    onHold: () => {
      controller.abort()
      return new Promise(() => {})
    },
  })
  expect(result.status).toBe('cancelled')
})
