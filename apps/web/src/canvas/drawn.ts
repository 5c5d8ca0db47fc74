import { edgeId, type Flow, type FlowNode } from '@millrace/engine'
import type { Node } from '@xyflow/react'
import type { FrameNode } from './Frame.tsx'
import type { CardNode } from './NodeCard.tsx'
import { cardSize, handlesOf } from './ports.ts'
import type { RowsEdge } from './RowEdge.tsx'
import type { NoteNode } from './StickyNote.tsx'

export type CanvasNode = CardNode | NoteNode | FrameNode

const cardData = { revision: 0 }
const padding = { side: 24, top: 48, bottom: 24 }

export const noteKey = (id: string) => `note:${id}`
export const groupKey = (id: string) => `group:${id}`

/**
 * The nodes of a flow as the canvas draws them. What is drawn already and has not changed is given back as
 * the same object, so that it is not drawn again.
 */
export function cardsOf(
  nodes: readonly FlowNode[],
  selected: readonly string[],
  nameOf: (node: FlowNode) => string,
  shown: readonly CanvasNode[],
): CardNode[] {
  const chosen = new Set(selected)
  const old = new Map(shown.map((node) => [node.id, node]))
  return nodes.map((node): CardNode => {
    const before = old.get(node.id)
    const name = nameOf(node)
    const isChosen = chosen.has(node.id)
    const handles = handlesOf(node)
    if (
      before?.type === 'card' &&
      before.selected === isChosen &&
      before.ariaLabel === name &&
      before.handles?.map(({ id }) => id).join(' ') === handles.map(({ id }) => id).join(' ') &&
      isSame(before.position, node.position)
    )
      return before
    return {
      id: node.id,
      type: 'card',
      position: node.position,
      data: cardData,
      selected: isChosen,
      handles,
      initialWidth: cardSize.width,
      initialHeight: cardSize.height,
      ariaRole: 'group',
      ariaLabel: name,
      ...(before?.measured && { measured: before.measured }),
    }
  })
}

const isSame = (a: { x: number; y: number }, b: { x: number; y: number }) => a.x === b.x && a.y === b.y

export const notesOf = (
  notes: Flow['notes'],
  selected: readonly string[],
  name: string,
  shown: readonly CanvasNode[],
): NoteNode[] =>
  (notes ?? []).map((note): NoteNode => {
    const before = shown.find(({ id }) => id === noteKey(note.id))
    return {
      id: noteKey(note.id),
      type: 'note',
      position: note.position,
      width: note.size.width,
      height: note.size.height,
      data: { note: note.id },
      selected: selected.includes(note.id),
      zIndex: -1,
      connectable: false,
      ariaLabel: name,
      ...(before?.measured && { measured: before.measured }),
    }
  })

/** Frames around the nodes of each group, wherever these have been dragged to. */
export function framesOf(groups: Flow['groups'], cards: readonly CanvasNode[]): FrameNode[] {
  if (!groups?.length) return []
  const places = new Map(cards.map((card) => [card.id, card]))
  return groups.flatMap((group): FrameNode[] => {
    const members = group.nodes.flatMap((id) => places.get(id) ?? [])
    if (members.length === 0) return []
    const left = Math.min(...members.map(({ position }) => position.x)) - padding.side
    const top = Math.min(...members.map(({ position }) => position.y)) - padding.top
    const right = Math.max(...members.map((card) => card.position.x + sizeOf(card).width)) + padding.side
    const bottom = Math.max(...members.map((card) => card.position.y + sizeOf(card).height)) + padding.bottom
    const size = { width: right - left, height: bottom - top }
    return [
      {
        id: groupKey(group.id),
        type: 'frame',
        position: { x: left, y: top },
        ...size,
        measured: size,
        data: { group: group.id },
        zIndex: -2,
        selectable: false,
        focusable: false,
        connectable: false,
        dragHandle: '.frame-title',
        style: { pointerEvents: 'none' },
      },
    ]
  })
}

const sizeOf = ({ measured }: Node) => ({
  width: measured?.width ?? cardSize.width,
  height: measured?.height ?? cardSize.height,
})

export function edgesOf(
  flow: Pick<Flow, 'nodes' | 'edges'>,
  selected: readonly string[],
  nameOf: (from: string, to: string) => string,
): RowsEdge[] {
  const known = new Set(flow.nodes.map(({ id }) => id))
  const chosen = new Set(selected)
  return flow.edges
    .filter(({ from, to }) => known.has(from.node) && known.has(to.node))
    .map((edge): RowsEdge => {
      const id = edgeId(edge)
      return {
        id,
        type: 'rows',
        source: edge.from.node,
        sourceHandle: edge.from.port,
        target: edge.to.node,
        targetHandle: edge.to.port,
        selected: chosen.has(id),
        ariaLabel: nameOf(edge.from.node, edge.to.node),
      }
    })
}
