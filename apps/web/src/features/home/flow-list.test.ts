import type { FlowSummary } from '@millrace/contract'
import { describe, expect, it } from 'vitest'
import { countsOf, flowsShown } from './flow-list.ts'

type Status = NonNullable<FlowSummary['lastRun']>['status']

const flow = (name: string, updated: number, status?: Status, ran = 1, unpublished = false): FlowSummary => ({
  id: name,
  name,
  description: `About ${name}`,
  updatedAt: new Date(updated).toISOString(),
  publishedVersion: null,
  unpublished,
  thumbnail: { nodes: [], edges: [] },
  lastRun: status
    ? { id: '', status, queuedAt: new Date(ran).toISOString(), durationMs: 1, rowsOut: 1, rejected: 0 }
    : null,
})
const flows = [
  flow('Orders 10', 4, 'failed', 7),
  flow('orders 9', 9, 'queued', 5),
  flow('客户同步', 2, undefined, 0, true),
  flow('Leads', 6, 'running', 6),
  flow('Stock', 3, 'succeeded', 8),
]
const all = { search: '', state: 'all', order: 'changed' } as const
const names = (shown: readonly FlowSummary[]) => shown.map(({ name }) => name)

describe('the list of flows', () => {
  it('comes by last change, last run or name, numbers by their value', () => {
    expect(names(flowsShown(flows, all))).toEqual(['orders 9', 'Leads', 'Orders 10', 'Stock', '客户同步'])
    expect(names(flowsShown(flows, { ...all, order: 'ran' }))[0]).toBe('Stock')
    expect(names(flowsShown(flows, { ...all, order: 'ran' })).at(-1)).toBe('客户同步')
    expect(names(flowsShown(flows, { ...all, order: 'name' })).slice(0, 4)).toEqual([
      'Leads',
      'orders 9',
      'Orders 10',
      'Stock',
    ])
  })

  it('is searched by every word, and by state', () => {
    expect(names(flowsShown(flows, { ...all, search: ' about  ORD ' }))).toEqual(['orders 9', 'Orders 10'])
    expect(names(flowsShown(flows, { ...all, search: '客户' }))).toEqual(['客户同步'])
    expect(names(flowsShown(flows, { ...all, state: 'active' }))).toEqual(['orders 9', 'Leads'])
    expect(names(flowsShown(flows, { ...all, state: 'never', search: 'stock' }))).toEqual([])
    expect(countsOf(flows)).toEqual({
      all: 5,
      failed: 1,
      active: 2,
      succeeded: 1,
      never: 1,
      unpublished: 1,
    })
  })
})
