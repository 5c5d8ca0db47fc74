import type { ColumnProfile, Preview } from '@millrace/contract'
import { nodeKinds, sameName } from '@millrace/engine'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { call } from '../../../api/client.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { meaningOf } from '../../../editor/inference.ts'
import { upstream } from '../data/use-port-data.ts'

const sampleRows = 20

/** The first rows that arrive at an input of a node, with the profile of every column; the first input when none is named. */
export function useArriving(nodeId: string, input?: string): Preview | undefined {
  const flow = useDocument((state) => state.flow)
  const node = flow.nodes.find(({ id }) => id === nodeId)
  const port = input ?? (node && nodeKinds.get(node.kind)?.inputs(node.settings)[0]?.name)
  const from = flow.edges.find(({ to }) => to.node === nodeId && to.port === port)?.from
  const before = useMemo(() => (from ? upstream(flow, from.node) : undefined), [flow, from])
  const { data } = useQuery({
    queryKey: ['design-preview', 'arriving', from?.node, from?.port, before && meaningOf(before)],
    queryFn: ({ signal }) =>
      call('preview', {
        body: { flow: before ?? flow, nodeId: from?.node ?? '', port: from?.port ?? '', limit: sampleRows },
        signal,
      }),
    enabled: before !== undefined,
    staleTime: 30_000,
    retry: false,
    placeholderData: keepPreviousData,
  })
  return data
}

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
