import { useDebouncedValue } from '@mantine/hooks'
import type { EvaluationResponse } from '@millrace/contract'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { call } from '../../../api/client.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { meaningOf } from '../../../editor/inference.ts'
import { upstream } from '../data/use-port-data.ts'

/** In ms: typing goes on within it. */
const quietTime = 120

export interface EvaluationOf {
  readonly nodeId: string
  readonly port: string
  readonly expression: string
  readonly expects: string | undefined
  readonly limit: number
}

/** An expression over the first rows that arrive, asked anew when it or what lies before changes. */
export function useEvaluation(of: EvaluationOf, enabled: boolean): EvaluationResponse | undefined {
  const flow = useDocument((state) => state.flow)
  const [expression] = useDebouncedValue(of.expression, quietTime)
  const { nodeId, port, expects, limit } = of
  const before = useMemo(() => {
    const sources = flow.edges.filter(({ to }) => to.node === nodeId && to.port === port)
    return sources.map(({ from }) => `${from.port} ${meaningOf(upstream(flow, from.node))}`).join()
  }, [flow, nodeId, port])
  const { data } = useQuery({
    queryKey: ['design-evaluate', nodeId, port, before, expression, expects, limit],
    queryFn: ({ signal }) =>
      call('evaluate', { body: { flow, nodeId, port, expression, expects, limit }, signal }),
    enabled: enabled && before !== '' && expression.trim() !== '',
    staleTime: 30_000,
    retry: false,
    placeholderData: keepPreviousData,
  })
  return expression.trim() === '' ? undefined : data
}
