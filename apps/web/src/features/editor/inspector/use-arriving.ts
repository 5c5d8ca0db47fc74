import type { ColumnProfile, Preview } from '@millrace/contract'
import { type Flow, fieldsOf, nodeKinds, sameName } from '@millrace/engine'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { call } from '../../../api/client.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { meaningOf } from '../../../editor/inference.ts'
import { upstream } from '../data/use-port-data.ts'

const sampleRows = 20

/** The first rows that arrive at an input of a node, with the profile of every column; the first input when none is named. A source has its own. */
export function useArriving(nodeId: string, input?: string): Preview | undefined {
  const flow = useDocument((state) => state.flow)
  const node = flow.nodes.find(({ id }) => id === nodeId)
  const kind = node && nodeKinds.get(node.kind)
  const port = input ?? (node && kind?.inputs(node.settings)[0]?.name)
  const from = flow.edges.find(({ to }) => to.node === nodeId && to.port === port)?.from
  const [at, out] = kind?.role === 'source' ? [nodeId, 'out'] : [from?.node, from?.port]
  const before = useMemo(
    () => (at === undefined ? undefined : withoutConditions(upstream(flow, at), nodeId)),
    [flow, at, nodeId],
  )
  const { data } = useQuery({
    queryKey: ['design-preview', 'arriving', at, out, before && meaningOf(before)],
    queryFn: ({ signal }) =>
      call('preview', {
        body: { flow: before ?? flow, nodeId: at ?? '', port: out ?? '', limit: sampleRows },
        signal,
      }),
    enabled: before !== undefined,
    staleTime: 30_000,
    retry: false,
    placeholderData: keepPreviousData,
  })
  return data
}

/** A source that gives what it would if nobody asked for certain rows of it, so that every value can be asked for. */
const withoutConditions = (flow: Flow, nodeId: string): Flow => ({
  ...flow,
  nodes: flow.nodes.map((node) => {
    const kind = node.id === nodeId ? nodeKinds.get(node.kind) : undefined
    if (kind?.role !== 'source') return node
    const conditions = fieldsOf(kind.settings).filter(({ meta }) => meta.widget === 'conditions')
    const names = new Set(conditions.map(({ name }) => name))
    const kept = Object.entries(node.settings).filter(([name]) => !names.has(name))
    return { ...node, settings: Object.fromEntries(kept) }
  }),
})

/** A value that a column has, with how many rows have it; null where it is the least or greatest one. */
export interface OfferedValue {
  readonly value: string
  readonly count: number | null
}

/** What the profile offers for a condition: the most frequent values, or the least and greatest. */
export function offeredValues(profile: readonly ColumnProfile[], column: string): OfferedValue[] {
  const found = profile.find(({ name }) => sameName(name, column))
  if (!found) return []
  if (found.top.length > 0) return found.top.filter(({ value }) => value.trim() !== '')
  const ends = [found.minimum, found.maximum].filter((value) => value !== null)
  return [...new Set(ends)].map((value) => ({ value, count: null }))
}
