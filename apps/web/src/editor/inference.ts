import type { Inference } from '@millrace/contract'
import { type Column, edgeId, type Flow, nodeKinds, type Problem } from '@millrace/engine'
import { useEffect } from 'react'
import { create } from 'zustand'
import { call } from '../api/client.ts'
import { useDocument } from './document-store.ts'

interface InferenceState {
  readonly ports: Inference['ports']
  readonly problems: readonly Problem[]
  readonly byNode: ReadonlyMap<string, readonly Problem[]>
  readonly state: 'none' | 'working' | 'current' | 'failed'
}

/** Columns at every port and all problems, as the engine sees the flow that is on the screen. */
export const useInference = create<InferenceState>()(() => ({
  ports: {},
  problems: [],
  byNode: new Map(),
  state: 'none',
}))

/** What inference depends on: not on places, labels of nodes, or notes. */
const meaning = (flow: Flow) =>
  JSON.stringify([
    flow.parameters,
    flow.nodes.map(({ id, kind, settings, disabled }) => [id, kind, settings, disabled]),
    flow.edges.map(edgeId),
  ])

/** Asks the engine for columns and problems shortly after each change that can matter. */
export function useLiveInference(ready: boolean): void {
  useEffect(() => {
    if (!ready) return
    let asked = ''
    let timer: ReturnType<typeof setTimeout> | undefined
    let turn = 0
    const ask = async () => {
      const { flow } = useDocument.getState()
      const mine = ++turn
      useInference.setState({ state: 'working' })
      try {
        const { ports, problems } = await call('infer', { body: { flow } })
        if (mine !== turn) return
        const byNode = Map.groupBy(problems, (problem) => problem.location.nodeId ?? '')
        useInference.setState({ ports, problems, byNode, state: 'current' })
      } catch {
        if (mine === turn) useInference.setState({ state: 'failed' })
      }
    }
    const check = () => {
      const now = meaning(useDocument.getState().flow)
      if (now === asked) return
      asked = now
      clearTimeout(timer)
      timer = setTimeout(() => void ask(), 150)
    }
    check()
    const stop = useDocument.subscribe(check)
    return () => {
      stop()
      turn++
      clearTimeout(timer)
      useInference.setState({ ports: {}, problems: [], byNode: new Map(), state: 'none' })
    }
  }, [ready])
}

/** The columns that arrive at an input port of a node (the first input when none is named). */
export function columnsAt(
  flow: Flow,
  ports: Inference['ports'],
  nodeId: string,
  input?: string,
): readonly Column[] {
  const node = flow.nodes.find((item) => item.id === nodeId)
  const port = input ?? (node && nodeKinds.get(node.kind)?.inputs[0]?.name)
  const edge = flow.edges.find((item) => item.to.node === nodeId && item.to.port === port)
  return (edge && ports[edge.from.node]?.[edge.from.port]) ?? []
}
