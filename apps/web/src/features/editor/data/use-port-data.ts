import type { Preview } from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import { keepPreviousData, useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { call } from '../../../api/client.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { meaningOf } from '../../../editor/inference.ts'

export interface PortAt {
  readonly nodeId: string
  readonly port: string
}

/** How the rows at a port are looked at. */
export interface RowView {
  readonly sort: { readonly column: string; readonly descending: boolean } | undefined
  readonly search: string
  readonly changedOnly: boolean
}

/** Rows asked for at a time. */
export const pageSize = 200
const quietTime = 60
const cacheName = 'design-preview'

/** What the rows at a node's ports depend on: the node, and what lies before it. */
export function upstream(flow: Flow, nodeId: string): Flow {
  const reached = new Set([nodeId])
  const into = Map.groupBy(flow.edges, (edge) => edge.to.node)
  // Sets are walked in the order of insertion, what is added meanwhile included.
  for (const id of reached) for (const edge of into.get(id) ?? []) reached.add(edge.from.node)
  return {
    ...flow,
    nodes: flow.nodes.filter(({ id }) => reached.has(id)),
    edges: flow.edges.filter((edge) => reached.has(edge.to.node)),
  }
}

/** The rows at a port, page by page; `pages` are those that are looked at, besides the first. */
export function usePortData(at: PortAt, view: RowView, pages: readonly number[]) {
  const flow = useDocument((state) => state.flow)
  const client = useQueryClient()
  const [isRefreshing, setRefreshing] = useState(false)
  const key = useMemo(() => meaningOf(upstream(flow, at.nodeId)), [flow, at.nodeId])
  const request = {
    flow,
    nodeId: at.nodeId,
    port: at.port,
    limit: pageSize,
    search: view.search,
    changedOnly: view.changedOnly,
    ...(view.sort && { sort: view.sort }),
  }
  const page = (number: number) => ({
    queryKey: [cacheName, at.nodeId, at.port, key, view, number],
    queryFn: async ({ signal }: { signal: AbortSignal }): Promise<Preview> => {
      // Typing changes the key with every letter; only the last one is worth a preview.
      if (number > 0 || Date.now() - useDocument.getState().changedAt < quietTime)
        await new Promise((resolve) => setTimeout(resolve, quietTime))
      signal.throwIfAborted()
      return call('preview', { body: { ...request, offset: number * pageSize }, signal })
    },
    staleTime: 30_000,
    retry: false,
  })
  const first = useQuery({ ...page(0), placeholderData: keepPreviousData })
  // While the first page is that of an older question, further pages would not fit to it.
  const further = useQueries({
    queries: first.isPlaceholderData ? [] : pages.filter((number) => number > 0).map(page),
    combine: (found) =>
      new Map(
        found.flatMap(({ data }, index) => {
          const number = pages.filter((item) => item > 0)[index]
          return data && number !== undefined ? [[number, data] as const] : []
        }),
      ),
  })
  const rowAt = (index: number) => {
    const number = Math.floor(index / pageSize)
    const data = number === 0 ? first.data : further.get(number)
    const cells = data?.rows[index % pageSize]
    return cells && { cells, changed: data.changed?.[index % pageSize] ?? [] }
  }
  /** Reads the sources anew, once; everything that is shown follows. */
  const refresh = async () => {
    setRefreshing(true)
    try {
      await call('preview', { body: { ...request, limit: 1, refresh: true } })
    } catch {
      // Why it cannot be read is shown by the question that follows.
    } finally {
      setRefreshing(false)
      await client.invalidateQueries({ queryKey: [cacheName] })
    }
  }
  return { first, rowAt, refresh, isRefreshing }
}
