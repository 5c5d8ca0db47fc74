import type { runStatuses } from '@millrace/engine'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { type Answer, type CallOptions, call } from './client.ts'

export interface RunFilter {
  readonly flowId?: string
  readonly status?: (typeof runStatuses)[number]
  readonly search?: string
  readonly from?: string
  readonly page: number
  readonly pageSize: number
}

const isOpen = (status: string): boolean => status === 'queued' || status === 'running'

export const flowsQuery = queryOptions({ queryKey: ['flows'], queryFn: () => call('listFlows') })

export const useFlows = () => useQuery({ ...flowsQuery, refetchInterval: 5000 })

/** Published flows that can stand in other flows as a node. */
export const useUsableFlows = () =>
  useQuery({
    queryKey: ['flows', 'usable'],
    queryFn: () => call('listUsableFlows'),
    refetchInterval: 10_000,
  })

/** `startsOf`: where the spans of the period begin, as of now. */
export const overviewQuery = (period: string, startsOf: () => readonly string[]) =>
  queryOptions({
    queryKey: ['overview', period],
    queryFn: () => call('overview', { query: { starts: startsOf().join(',') } }),
  })

export const useOverview = (period: string, startsOf: () => readonly string[]) =>
  useQuery({
    ...overviewQuery(period, startsOf),
    placeholderData: (previous) => previous,
    refetchInterval: (query) => ((query.state.data?.active.length ?? 0) > 0 ? 2000 : 10_000),
  })

export const useTemplates = () => useQuery({ queryKey: ['templates'], queryFn: () => call('listTemplates') })

export const useEnvironments = (flowId: string) =>
  useQuery({
    queryKey: ['environments', flowId],
    queryFn: () => call('listEnvironments', { params: { id: flowId } }),
  })

export const useCursors = (flowId: string) =>
  useQuery({
    queryKey: ['cursors', flowId],
    queryFn: () => call('listCursors', { params: { id: flowId } }),
    refetchInterval: 5000,
  })

export const useFiles = () => useQuery({ queryKey: ['files'], queryFn: () => call('listFiles') })

export const useFilePreview = (path: string | undefined) =>
  useQuery({
    queryKey: ['files', 'preview', path],
    queryFn: () => call('previewFile', { query: { path: path ?? '' } }),
    enabled: path !== undefined,
    retry: false,
  })

export const useRuns = (filter: RunFilter) =>
  useQuery({
    queryKey: ['runs', filter],
    queryFn: () => call('listRuns', { query: { ...filter } }),
    placeholderData: (previous) => previous,
    refetchInterval: (query) => (query.state.data?.items.some((run) => isOpen(run.status)) ? 1000 : 5000),
  })

export const useRun = (id: string) =>
  useQuery({ queryKey: ['run', id], queryFn: () => call('getRun', { params: { id } }) })

export const useRunFlow = (id: string) =>
  useQuery({
    queryKey: ['run', id, 'flow'],
    queryFn: () => call('getRunFlow', { params: { id } }),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const useRunLog = (id: string) =>
  useQuery({ queryKey: ['run', id, 'log'], queryFn: () => call('getRunLog', { params: { id } }) })

export const useRunRejects = (id: string, nodeId: string | undefined, page: number, pageSize: number) =>
  useQuery({
    queryKey: ['run', id, 'rejects', nodeId, page, pageSize],
    queryFn: () => call('getRunRejects', { params: { id }, query: { nodeId, page, pageSize } }),
    placeholderData: (previous: Answer<'getRunRejects'> | undefined) => previous,
  })

export const useRunChanges = (id: string, query: CallOptions<'getRunChanges'>['query']) =>
  useQuery({
    queryKey: ['run', id, 'changes', query],
    queryFn: () => call('getRunChanges', { params: { id }, query }),
    placeholderData: (previous: Answer<'getRunChanges'> | undefined) => previous,
  })

export const useRejects = (query: NonNullable<CallOptions<'searchRejects'>['query']>) =>
  useQuery<Answer<'searchRejects'>>({
    queryKey: ['rejects', query],
    queryFn: ({ signal }) => call('searchRejects', { query, signal }),
    placeholderData: (previous) => previous,
    refetchInterval: (found) => ((found.state.data?.states.replaying ?? 0) > 0 ? 1000 : false),
  })

export const useReject = (runId: string, number: number) =>
  useQuery({
    queryKey: ['rejects', runId, number],
    queryFn: () => call('getReject', { params: { runId, number } }),
    retry: false,
    refetchInterval: (found) => (found.state.data?.state === 'replaying' ? 1000 : false),
  })

export const useFlow = (id: string) =>
  useQuery({
    queryKey: ['flow', id],
    queryFn: () => call('getFlow', { params: { id } }),
    retry: false,
  })

export const useConnections = () =>
  useQuery({ queryKey: ['connections'], queryFn: () => call('listConnections') })

export const useConnection = (id: string) =>
  useQuery({
    queryKey: ['connections', id],
    queryFn: () => call('getConnection', { params: { id } }),
    retry: false,
  })

/** What lies inside of a connection at a path, read once until it is asked for again. */
export const useCatalog = (id: string, path: readonly string[], enabled = true) =>
  useQuery({
    queryKey: ['catalog', id, 'entries', path],
    queryFn: ({ signal }) => call('browseConnection', { params: { id }, body: { path: [...path] }, signal }),
    enabled,
    retry: false,
    staleTime: 300_000,
  })

export const useCatalogColumns = (id: string, path: readonly string[], enabled = true) =>
  useQuery({
    queryKey: ['catalog', id, 'columns', path],
    queryFn: ({ signal }) => call('connectionColumns', { params: { id }, body: { path: [...path] }, signal }),
    enabled,
    retry: false,
    staleTime: 300_000,
  })

/** How many rows the last replacement of a table kept. */
export const usePreviousRows = (id: string, table: string) =>
  useQuery({
    queryKey: ['previous', id, table],
    queryFn: ({ signal }) => call('previousRows', { params: { id }, query: { table }, signal }),
    retry: false,
  })

/** A change on the server that makes lists out of date. */
export function useChange<Input>(change: (input: Input) => Promise<unknown>, outdated: readonly string[]) {
  const client = useQueryClient()
  const underway = useRef<{ readonly input: string; readonly done: Promise<unknown> }>(undefined)
  return useMutation({
    // The second press of a double click comes before the button is drawn as busy.
    mutationFn(given: Input) {
      const input = JSON.stringify(given) ?? ''
      if (underway.current?.input === input) return underway.current.done
      const done = change(given).finally(() => {
        if (underway.current?.done === done) underway.current = undefined
      })
      underway.current = { input, done }
      return done
    },
    onSettled: () => Promise.all(outdated.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  })
}
