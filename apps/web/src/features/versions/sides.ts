import type { Flow } from '@millrace/engine'
import { useQuery } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { useDocument } from '../../editor/document-store.ts'

/** A state of a flow that can be looked at: a version, the draft here, the draft that somebody else saved. */
export type Side = number | 'draft' | 'saved'

/** What an address says, where it says a side. */
export function sideOf(text: string | null): Side | undefined {
  if (text === 'draft' || text === 'saved') return text
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

const age = (side: Side): number =>
  side === 'draft' ? Number.POSITIVE_INFINITY : side === 'saved' ? Number.MAX_SAFE_INTEGER : side

/** Two sides, the older one first; a draft is younger than every version, one's own the youngest. */
export const inOrder = (one: Side, other: Side): [Side, Side] =>
  age(one) <= age(other) ? [one, other] : [other, one]

export const useVersions = (flowId: string) =>
  useQuery({
    queryKey: ['versions', flowId],
    queryFn: () => call('listVersions', { params: { id: flowId } }),
    staleTime: 0,
  })

/** The flow as it is on a side. A version never changes; the draft is the one that is being edited. */
export function useSide(flowId: string, side: Side | undefined): { flow: Flow | undefined; error: unknown } {
  const draft = useDocument((state) => state.flow)
  const stored = useQuery({
    queryKey: ['versions', flowId, side],
    queryFn: async () =>
      typeof side === 'number'
        ? call('getVersion', { params: { id: flowId, version: side } })
        : (await call('getFlow', { params: { id: flowId } })).draft,
    enabled: side !== undefined && side !== 'draft',
    staleTime: side === 'saved' ? 0 : Number.POSITIVE_INFINITY,
    retry: false,
  })
  if (side === 'draft') return { flow: draft, error: null }
  return { flow: stored.data, error: stored.error }
}
