import type { RunEvent } from '@millrace/contract'
import { expect, it } from 'vitest'
import { type NodeRun, withEvent } from './run-store.ts'

const node = (state: NodeRun['state']): RunEvent => ({ type: 'node', nodeId: 'orders', state, problem: null })
const line = (retry?: NodeRun['retry']): RunEvent => ({
  type: 'log',
  line: {
    at: '2026-03-01T10:20:30.000Z',
    level: 'warning',
    nodeId: 'orders',
    message: { en: '', zh: '' },
    retry,
  },
})
const after = (...events: readonly RunEvent[]) =>
  events.reduce<ReadonlyMap<string, NodeRun>>(withEvent, new Map()).get('orders')

it('a node that tries again says so until its state changes', () => {
  const retry = { attempt: 2, attempts: 4, waitSeconds: 8 }
  const progress: RunEvent = {
    type: 'progress',
    nodeId: 'orders',
    rows: {},
    rowsPerSecond: 0,
    fraction: null,
  }
  expect(after(node('running'), line(retry), line(), progress)).toMatchObject({ state: 'running', retry })
  expect(after(node('running'), line(retry), node('succeeded'))?.retry).toBeUndefined()
  expect(after(line())).toBeUndefined()
})
