import { emptyFlow, type Flow, type NodeState } from '@millrace/engine'
import { expect, it } from 'vitest'
import { drawnRuns, insideOf } from './inner-runs.ts'
import type { NodeRun } from './run-store.ts'

const node = (id: string, kind: string, settings: Record<string, unknown> = {}): Flow['nodes'][number] => ({
  id,
  kind,
  settings,
  label: '',
  note: '',
  disabled: false,
  position: { x: 0, y: 0 },
})
const content: Flow = {
  ...emptyFlow('Inner'),
  nodes: [
    node('rows', 'input', { name: 'orders', columns: [{ name: 'id', type: 'BIGINT' }] }),
    node('some', 'filter', { expression: 'id > 1' }),
    node('kept', 'output', { name: 'large' }),
  ],
}
const flow: Flow = {
  ...emptyFlow('Outer'),
  nodes: [node('sub', 'subflow', { uses: { flow: 'f', version: 1, content } }), node('sub-2', 'filter')],
}

const run = (
  state: NodeState,
  counts?: { in: number; out: number; filtered?: number; balanced?: boolean },
): NodeRun => ({
  state,
  rows: {},
  rowsPerSecond: 0,
  fraction: null,
  retry: undefined,
  problem: null,
  ledger: counts
    ? {
        nodeId: '',
        in: { in: counts.in },
        out: { out: counts.out },
        filtered: counts.filtered ?? 0,
        rejected: 0,
        terms: {},
        balanced: counts.balanced ?? true,
        equation: '',
      }
    : null,
})
const runsOf = (rows: NodeRun, some: NodeRun, kept: NodeRun) =>
  new Map([
    ['sub~rows', rows],
    ['sub~some', some],
    ['sub~kept', kept],
    ['sub-2', run('waiting')],
  ])

it('gives a node that stands for a flow the rows at its ports and the sums of what is inside', () => {
  const inside = runsOf(
    run('succeeded', { in: 9, out: 9 }),
    run('succeeded', { in: 9, out: 4, filtered: 5 }),
    run('succeeded', { in: 4, out: 4 }),
  )
  expect(drawnRuns(flow, inside).get('sub')).toMatchObject({
    state: 'succeeded',
    ledger: { in: { orders: 9 }, out: { large: 4 }, filtered: 5, balanced: true },
  })
  inside.set('sub~some', run('succeeded', { in: 9, out: 4, balanced: false }))
  expect(drawnRuns(flow, inside).get('sub')?.ledger?.balanced).toBe(false)
})

it.each<[NodeState[], NodeState]>([
  [['waiting', 'waiting', 'waiting'], 'waiting'],
  [['succeeded', 'waiting', 'waiting'], 'running'],
  [['succeeded', 'failed', 'waiting'], 'failed'],
  [['succeeded', 'cancelled', 'waiting'], 'cancelled'],
  [['succeeded', 'succeeded', 'skipped'], 'succeeded'],
])('%j inside is %s outside', ([rows = 'waiting', some = 'waiting', kept = 'waiting'], state) => {
  const shown = drawnRuns(flow, runsOf(run(rows), run(some), run(kept)))
  expect(shown.get('sub')).toMatchObject({ state, ledger: null })
  expect(shown.get('sub-2')?.state).toBe('waiting')
})

it('shows the nodes inside under their own ids', () => {
  const inside = insideOf(flow, runsOf(run('running'), run('waiting'), run('waiting')), 'sub')
  expect(inside?.flow.name).toBe('Inner')
  expect([...(inside?.runs.keys() ?? [])]).toEqual(['rows', 'some', 'kept'])
  expect(insideOf(flow, new Map(), 'sub-2')).toBeUndefined()
})
