import type { Inference } from '@millrace/contract'
import { type Column, edgeId, type Flow, type FlowNode, nodeKinds, type Problem } from '@millrace/engine'
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

const meanings = new WeakMap<FlowNode, string>()

function nodeMeaning(node: FlowNode): string {
  const known = meanings.get(node)
  if (known !== undefined) return known
  const { id, kind, settings, disabled, pinned } = node
  const text = JSON.stringify([id, kind, settings, disabled, pinned])
  meanings.set(node, text)
  return text
}

/** What rows and columns depend on: not on places, labels of nodes, or notes. */
export const meaningOf = (flow: Pick<Flow, 'parameters' | 'nodes' | 'edges'>): string =>
  `${JSON.stringify(flow.parameters)} ${flow.nodes.map(nodeMeaning).join()} ${JSON.stringify(flow.edges.map(edgeId))}`

const currentMeaning = () => meaningOf(useDocument.getState().flow)

/** Edits of one moment (a paste, a drag) are asked about together; a frame of the screen is enough for that. */
const frame = 16

/** What the store holds the answer to, and the questions that are underway, one after the other. */
let known: string | undefined
let asking: Promise<void> | undefined
let timer: ReturnType<typeof setTimeout> | undefined
/** Moves on when the editor is left, so that a late answer is not taken for the next flow's. */
let turn = 0

async function askUntilCurrent(mine: number): Promise<void> {
  while (mine === turn) {
    const { flow } = useDocument.getState()
    const about = meaningOf(flow)
    if (known === about) return
    useInference.setState({ state: 'working' })
    try {
      const { ports, problems } = await call('infer', { body: { flow } })
      if (mine !== turn) return
      known = about
      const byNode = Map.groupBy(problems, (problem) => problem.location.nodeId ?? '')
      useInference.setState({
        ports,
        problems,
        byNode,
        state: about === currentMeaning() ? 'current' : 'working',
      })
    } catch {
      if (mine !== turn) return
      useInference.setState({ state: 'failed' })
      if (about === currentMeaning()) return
    }
  }
}

/** Asks the engine about the flow as it is, one question at a time, until the answer is about the flow as it is. */
function ask(): Promise<void> {
  clearTimeout(timer)
  if (asking) return asking
  const mine = askUntilCurrent(turn).finally(() => {
    if (asking === mine) asking = undefined
  })
  asking = mine
  return mine
}

/**
 * Resolves when the columns and problems are those of the flow as it is now; also when the engine cannot be
 * asked (`state` is `failed` then).
 */
export async function inferred(): Promise<void> {
  while (known !== currentMeaning()) {
    await ask()
    if (useInference.getState().state === 'failed') return
  }
}

/** Asks anew though the flow is as it was: something that it names has changed on the server. */
export async function inferAgain(): Promise<void> {
  await asking
  known = undefined
  await ask()
}

/** Asks the engine for columns and problems after each change that can matter, at once when it is free. */
export function useLiveInference(ready: boolean): void {
  useEffect(() => {
    if (!ready) return
    let planned = ''
    const check = () => {
      const now = currentMeaning()
      if (now === planned) return
      planned = now
      clearTimeout(timer)
      // What is underway asks again at its end.
      if (!asking) timer = setTimeout(() => void ask(), frame)
    }
    check()
    const stop = useDocument.subscribe(check)
    return () => {
      stop()
      turn++
      clearTimeout(timer)
      known = undefined
      asking = undefined
      useInference.setState({ ports: {}, problems: [], byNode: new Map(), state: 'none' })
    }
  }, [ready])
}

/** The same at every call, so that what is drawn from it is not drawn anew without end. */
const noColumns: readonly Column[] = []

/** The columns that arrive at an input port of a node (the first input when none is named); those of a source itself. */
export function columnsAt(
  flow: Flow,
  ports: Inference['ports'],
  nodeId: string,
  input?: string,
): readonly Column[] {
  const node = flow.nodes.find((item) => item.id === nodeId)
  const kind = node && nodeKinds.get(node.kind)
  if (kind?.role === 'source') return ports[nodeId]?.['out'] ?? noColumns
  const port = input ?? (node && kind?.inputs(node.settings)[0]?.name)
  const edge = flow.edges.find((item) => item.to.node === nodeId && item.to.port === port)
  return (edge && ports[edge.from.node]?.[edge.from.port]) ?? noColumns
}
