import type { Flow, FlowEdge, Label } from '@millrace/engine'
import type { Connection, FinalConnectionState, OnConnectStart } from '@xyflow/react'
import { useCallback, useRef, useState } from 'react'
import { type Answer, answers, refusal } from '../editor/connection.ts'
import type { RowsEdge } from './RowEdge.tsx'

export const edgeOf = (connection: Connection | RowsEdge): FlowEdge => ({
  from: { node: connection.source, port: connection.sourceHandle ?? 'out' },
  to: { node: connection.target, port: connection.targetHandle ?? 'in' },
})

/**
 * Drawing an edge: every node answers at once whether it may end there. It may be let go anywhere on a
 * node; on a port it ends at this very port.
 */
export function useConnecting(
  flow: Pick<Flow, 'nodes' | 'edges'>,
  onConnect: ((edge: FlowEdge) => void) | undefined,
  onRefuse: ((reason: Label) => void) | undefined,
) {
  const [answered, setAnswered] = useState<ReadonlyMap<string, Answer> | null>(null)
  const refused = useRef<Label | undefined>(undefined)
  const latest = useRef({ flow, answered, onConnect, onRefuse })
  latest.current = { flow, answered, onConnect, onRefuse }

  const onStart = useCallback<OnConnectStart>((_event, { nodeId, handleId, handleType }) => {
    refused.current = undefined
    if (nodeId === null || handleType === null) return
    const isOutput = handleType === 'source'
    const port = handleId ?? (isOutput ? 'out' : 'in')
    setAnswered(answers(latest.current.flow, { node: nodeId, port }, isOutput ? 'output' : 'input'))
  }, [])
  const onEnd = useCallback((event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    const { answered: told, onConnect: connect, onRefuse: refuse } = latest.current
    setAnswered(null)
    if (state.isValid) return
    // Dropped on a port that may not be: its own reason. Dropped elsewhere on a node: what the node answers.
    if (state.isValid === false && refused.current) {
      refuse?.(refused.current)
      return
    }
    const point = 'changedTouches' in event ? event.changedTouches[0] : event
    const id =
      point &&
      document
        .elementsFromPoint(point.clientX, point.clientY)
        .map((element) => element.closest('.react-flow__node')?.getAttribute('data-id'))
        .find((found) => found && told?.has(found))
    if (!id || id === state.fromNode?.id) return
    const answer = told?.get(id)
    if (answer && 'edge' in answer) connect?.(answer.edge)
    else if (answer) refuse?.(answer.reason)
  }, [])
  const isValid = useCallback((connection: Connection | RowsEdge) => {
    refused.current = refusal(latest.current.flow, edgeOf(connection))
    return refused.current === undefined
  }, [])
  return { answered, onStart, onEnd, isValid }
}
