import type { runStatuses } from '@millrace/engine'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type Answer, call } from './client.ts'

export interface RunFilter {
  readonly flowId?: string
  readonly status?: (typeof runStatuses)[number]
  readonly search?: string
  readonly from?: string
  readonly page: number
  readonly pageSize: number
}

const isOpen = (status: string): boolean => status === 'queued' || status === 'running'

export const useFlows = () =>
  useQuery({ queryKey: ['flows'], queryFn: () => call('listFlows'), refetchInterval: 5000 })

export const useTemplates = () => useQuery({ queryKey: ['templates'], queryFn: () => call('listTemplates') })

export const useEnvironments = (flowId: string) =>
  useQuery({
    queryKey: ['environments', flowId],
    queryFn: () => call('listEnvironments', { params: { id: flowId } }),
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

/** A change on the server that makes lists out of date. */
export function useChange<Input>(change: (input: Input) => Promise<unknown>, outdated: readonly string[]) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSettled: () => Promise.all(outdated.map((key) => client.invalidateQueries({ queryKey: [key] }))),
  })
}
