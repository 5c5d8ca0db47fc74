import { type FlowNode, nodeKinds } from '@millrace/engine'
import { type NodeHandle, Position } from '@xyflow/react'

const top = 44
/** Between two ports one below the other, in canvas pixels. */
export const portSpacing = 28
const portSize = 12
export const cardSize = { width: 224, height: 88 }

/** How far the middle of a port lies below the top of its card, in canvas pixels. */
export const portTop = (index: number, count: number) => top + (index - (count - 1) / 2) * portSpacing

const known = new WeakMap<FlowNode, NodeHandle[]>()

/** Where the ports of a node are, so that edges can be drawn to nodes that have never been in view. */
export function handlesOf(node: FlowNode): NodeHandle[] {
  const before = known.get(node)
  if (before) return before
  const kind = nodeKinds.get(node.kind)
  const inputs = kind?.inputs(node.settings) ?? []
  const outputs = kind?.outputs(node.settings) ?? []
  const at = (name: string, index: number, count: number) => ({
    id: name,
    y: portTop(index, count) - portSize / 2,
    width: portSize,
    height: portSize,
  })
  const handles = [
    ...inputs.map(
      ({ name }, n): NodeHandle => ({
        ...at(name, n, inputs.length),
        type: 'target',
        position: Position.Left,
        x: -portSize / 2,
      }),
    ),
    ...outputs.map(
      ({ name }, n): NodeHandle => ({
        ...at(name, n, outputs.length),
        type: 'source',
        position: Position.Right,
        x: cardSize.width - portSize / 2,
      }),
    ),
  ]
  known.set(node, handles)
  return handles
}
