import { applyNodeChanges, type EdgeChange, type NodeChange } from '@xyflow/react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { filled } from '../i18n/fill.ts'
import { useText } from '../i18n/index.ts'
import { type CanvasNode, cardsOf, edgesOf, framesOf, groupKey, notesOf } from './drawn.ts'
import type { FlowCanvasProps } from './FlowCanvas.tsx'
import type { RowsEdge } from './RowEdge.tsx'

type Place = { x: number; y: number }
const nothing: readonly string[] = []

/**
 * What is drawn of a flow, and what React Flow's changes to it mean for the flow: who is chosen, and where
 * nodes have come to lie. While something is dragged only the drawing changes; the flow does when it is let go.
 */
export function useDrawing(
  props: FlowCanvasProps,
  nameOf: (kind: string, own: string, id: string) => string,
  isFar: boolean,
) {
  const { flow, selectedNodes = nothing, selectedEdges = nothing, selectedNotes = nothing } = props
  const { t } = useText()
  const noteName = t('editor.note.name')
  const edgeName = t('editor.canvas.edge')
  const draw = useCallback(
    (shown: readonly CanvasNode[]): CanvasNode[] => [
      ...cardsOf(flow.nodes, selectedNodes, ({ id, kind, label }) => nameOf(kind, label, id), shown),
      ...notesOf(flow.notes, selectedNotes, noteName, shown),
    ],
    [flow.nodes, flow.notes, selectedNodes, selectedNotes, nameOf, noteName],
  )
  const [items, setItems] = useState(() => draw([]))
  useEffect(() => setItems(draw), [draw])
  const frames = useMemo(() => framesOf(flow.groups, items), [flow.groups, items])
  const nodes = useMemo(() => [...frames, ...(isFar ? items.map(laidOut) : items)], [frames, items, isFar])
  const edges = useMemo(() => {
    const names = new Map(flow.nodes.map(({ id, kind, label }) => [id, nameOf(kind, label, id)]))
    const name = (from: string, to: string) =>
      filled(edgeName, { from: names.get(from) ?? from, to: names.get(to) ?? to })
    return edgesOf(flow, selectedEdges, name)
  }, [flow, selectedEdges, edgeName, nameOf])

  // React Flow tells what was deselected and what was selected in two calls within one tick.
  const chosen = useRef({ nodes: selectedNodes, edges: selectedEdges, notes: selectedNotes })
  chosen.current = { nodes: selectedNodes, edges: selectedEdges, notes: selectedNotes }
  const latest = useRef({ props, items, frames })
  latest.current = { props, items, frames }
  const dragging = useRef(false)

  const choose = useCallback((changes: readonly { id: string; selected: boolean }[], isEdges: boolean) => {
    if (changes.length === 0) return
    const sets = {
      nodes: new Set(chosen.current.nodes),
      edges: new Set(chosen.current.edges),
      notes: new Set(chosen.current.notes),
    }
    for (const { id, selected } of changes) {
      const isNote = id.startsWith('note:')
      const set = isEdges ? sets.edges : isNote ? sets.notes : sets.nodes
      const key = !isEdges && isNote ? id.slice('note:'.length) : id
      if (selected) set.add(key)
      else set.delete(key)
    }
    chosen.current = { nodes: [...sets.nodes], edges: [...sets.edges], notes: [...sets.notes] }
    const { nodes: nodeIds, edges: edgeIds, notes } = chosen.current
    latest.current.props.onSelect?.(nodeIds, edgeIds, notes)
  }, [])

  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      choose(
        changes.filter((change) => change.type === 'select'),
        false,
      )
      const drawn = changes.filter((change) => change.type === 'position' || change.type === 'dimensions')
      if (drawn.length > 0) setItems((shown) => follow(applyNodeChanges(drawn, shown), drawn, latest.current))
      // Arrow keys move nodes without a drag.
      const moved = drawn.flatMap((change) =>
        change.type === 'position' && change.position && change.dragging !== true
          ? [[change.id, change.position] as const]
          : [],
      )
      if (moved.length > 0 && !dragging.current) latest.current.props.onMove?.(new Map(moved))
    },
    [choose],
  )
  const onEdgesChange = useCallback(
    (changes: EdgeChange<RowsEdge>[]) =>
      choose(
        changes.filter((change) => change.type === 'select'),
        true,
      ),
    [choose],
  )
  const onDragStart = useCallback(() => {
    dragging.current = true
  }, [])
  /** Where everything lies that does not lie where the flow says. */
  const moves = useCallback((): Map<string, Place> => {
    dragging.current = false
    const { items: now, props: given } = latest.current
    const before = new Map<string, Place>([
      ...given.flow.nodes.map(({ id, position }) => [id, position] as const),
      ...(given.flow.notes ?? []).map(({ id, position }) => [`note:${id}`, position] as const),
    ])
    return new Map(
      now.flatMap(({ id, position }) => {
        const was = before.get(id)
        return was && (was.x !== position.x || was.y !== position.y) ? [[id, position] as const] : []
      }),
    )
  }, [])
  return { nodes, edges, onNodesChange, onEdgesChange, onDragStart, moves }
}

const laid = new WeakMap<CanvasNode, CanvasNode>()

/**
 * A node put into its place by layout, where React Flow would transform it: the browser keeps transforms apart, and sorts
 * the hundreds that are seen from afar in every frame of a movement. The one that is dragged is the faster for it.
 */
function laidOut(node: CanvasNode): CanvasNode {
  if (node.dragging) return node
  const known = laid.get(node)
  if (known) return known
  const { x: left, y: top } = node.position
  const placed = { ...node, style: { ...node.style, transform: 'none', left, top } }
  laid.set(node, placed)
  return placed
}

/** Takes the nodes of a group along when its frame is dragged. */
function follow(
  items: CanvasNode[],
  changes: readonly NodeChange<CanvasNode>[],
  { props, frames }: { props: FlowCanvasProps; frames: readonly CanvasNode[] },
): CanvasNode[] {
  const moved = new Map(
    changes.flatMap((change) =>
      change.type === 'position' && change.position ? [[change.id, change.position] as const] : [],
    ),
  )
  let after = items
  for (const group of props.flow.groups ?? []) {
    const to = moved.get(groupKey(group.id))
    const from = frames.find(({ id }) => id === groupKey(group.id))?.position
    if (!to || !from) continue
    const members = new Set(group.nodes.filter((id) => !moved.has(id)))
    const [dx, dy] = [to.x - from.x, to.y - from.y]
    after = after.map((item) =>
      members.has(item.id)
        ? { ...item, position: { x: item.position.x + dx, y: item.position.y + dy } }
        : item,
    )
  }
  return after
}
