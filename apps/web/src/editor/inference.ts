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

const quietTime = 150

/** What was planned to be asked last, what is being asked, and what the store holds the answer to. */
let planned = ''
let known: string | undefined
let underway: { readonly meaning: string; readonly answer: Promise<void> } | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let turn = 0

async function take(flow: Flow, about: string): Promise<void> {
  const mine = ++turn
  useInference.setState({ state: 'working' })
  try {
    const { ports, problems } = await call('infer', { body: { flow } })
    if (mine !== turn) return
    const byNode = Map.groupBy(problems, (problem) => problem.location.nodeId ?? '')
    known = about
    useInference.setState({ ports, problems, byNode, state: 'current' })
  } catch {
    if (mine === turn) useInference.setState({ state: 'failed' })
  }
}

/** Asks the engine about the flow as it is now; a question that is being answered is not asked twice. */
function ask(): Promise<void> {
  clearTimeout(timer)
  const { flow } = useDocument.getState()
  const about = meaning(flow)
  if (underway?.meaning === about) return underway.answer
  const asked = {
    meaning: about,
    answer: take(flow, about).finally(() => {
      if (underway === asked) underway = undefined
    }),
  }
  underway = asked
  return asked.answer
}

/**
 * Resolves when the columns and problems are those of the flow as it is now, without waiting for the
 * pause after an edit; also when the engine cannot be asked (`state` is `failed` then).
 */
export async function inferred(): Promise<void> {
  while (known !== meaning(useDocument.getState().flow)) {
    await ask()
    if (useInference.getState().state === 'failed') return
  }
}

/** Asks the engine for columns and problems shortly after each change that can matter. */
export function useLiveInference(ready: boolean): void {
  useEffect(() => {
    if (!ready) return
    const check = () => {
      const now = meaning(useDocument.getState().flow)
      if (now === planned) return
      planned = now
      clearTimeout(timer)
      timer = setTimeout(() => void ask(), quietTime)
    }
    check()
    const stop = useDocument.subscribe(check)
    return () => {
      stop()
      turn++
      clearTimeout(timer)
      planned = ''
      known = undefined
      underway = undefined
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
