import '@xyflow/react/dist/style.css'
import { edgeId, type Flow, type FlowEdge, type Label, nodeKinds, type Problem } from '@millrace/engine'
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  type Connection,
  ConnectionMode,
  Controls,
  type EdgeChange,
  MiniMap,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  type ReactFlowState,
  useNodesInitialized,
  useReactFlow,
  useStore,
} from '@xyflow/react'
import {
  type DragEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { shallow } from 'zustand/shallow'
import { refusal } from '../editor/connection.ts'
import type { NodeRun } from '../editor/run-store.ts'
import { useText } from '../i18n/index.ts'
import styles from './canvas.module.css'
import { type CanvasContents, CanvasContext } from './canvas-context.ts'
import { firstView } from './first-view.ts'
import { type CardNode, NodeCard } from './NodeCard.tsx'
import { RowEdge, type RowsEdge } from './RowEdge.tsx'

const roomOf = ({ width, height }: ReactFlowState) => ({ width, height })
const nodeTypes = { card: NodeCard }
const edgeTypes = { rows: RowEdge }
const noProblems: ReadonlyMap<string, readonly Problem[]> = new Map()
const nothing: readonly string[] = []

/** Media type under which the palette hands a node kind to the canvas while it is dragged. */
export const dragType = 'application/x-millrace-kind'

export type CanvasInstance = ReactFlowInstance<CardNode, RowsEdge>

export interface FlowCanvasProps {
  readonly flow: Pick<Flow, 'nodes' | 'edges'>
  readonly problems?: ReadonlyMap<string, readonly Problem[]>
  /** With it the canvas shows a run: states on nodes, rows on edges, ledgers. */
  readonly runs?: ReadonlyMap<string, NodeRun>
  readonly readOnly?: boolean
  readonly selectedNodes?: readonly string[]
  readonly selectedEdges?: readonly string[]
  readonly renaming?: string | null
  readonly onSelect?: (nodes: readonly string[], edges: readonly string[]) => void
  readonly onMove?: (places: ReadonlyMap<string, { x: number; y: number }>) => void
  readonly onConnect?: (edge: FlowEdge) => void
  /** A connection was tried that may not be made. */
  readonly onRefuse?: (reason: Label) => void
  readonly onAddAfter?: (from: FlowEdge['from']) => void
  readonly onRename?: (nodeId: string, label: string) => void
  /** A kind was dropped, on an edge where one lay under the pointer. */
  readonly onDropKind?: (kind: string, place: { x: number; y: number }, edge: FlowEdge | undefined) => void
  readonly onMenu?: (at: { x: number; y: number }, nodeId: string | undefined) => void
  readonly onReady?: (instance: CanvasInstance) => void
  readonly children?: ReactNode
}

const edgeOf = (connection: Connection | RowsEdge): FlowEdge => ({
  from: { node: connection.source, port: connection.sourceHandle ?? 'out' },
  to: { node: connection.target, port: connection.targetHandle ?? 'in' },
})

/** The graph of a flow: to draw in, or, read-only, to follow or look back at a run. */
export function FlowCanvas(props: FlowCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

function Canvas(props: FlowCanvasProps) {
  const { flow, problems = noProblems, runs, readOnly = false, renaming = null } = props
  const { selectedNodes = nothing, selectedEdges = nothing, onSelect, onRename, onAddAfter } = props
  const { t, language } = useText()
  const edgeName = t('editor.canvas.edge')
  const instance = useRef<CanvasInstance | null>(null)
  const refused = useRef<Label | undefined>(undefined)

  const nameOf = useCallback(
    (id: string, kindName: string, own: string) => {
      const kind = nodeKinds.get(kindName)
      return own || (kind ? kind.label[language] : id)
    },
    [language],
  )
  const drawn = useMemo(
    () =>
      flow.nodes.map(
        (node): CardNode => ({
          id: node.id,
          type: 'card',
          position: node.position,
          data: { revision: 0 },
          selected: selectedNodes.includes(node.id),
          ariaRole: 'group',
          ariaLabel: nameOf(node.id, node.kind, node.label),
        }),
      ),
    [flow.nodes, selectedNodes, nameOf],
  )
  const [nodes, setNodes] = useState(drawn)
  useEffect(() => {
    setNodes((shown) => {
      const old = new Map(shown.map((node) => [node.id, node]))
      return drawn.map((node) => ({ ...node, measured: old.get(node.id)?.measured }))
    })
  }, [drawn])
  // The first fit waits until every node is measured; React Flow's own knows only the first of them.
  const isMeasured = useNodesInitialized()
  const isFitted = useRef(false)
  const { width, height } = useStore(roomOf, shallow)
  const { getNodes, getNodesBounds, setViewport } = useReactFlow<CardNode, RowsEdge>()
  useEffect(() => {
    if (!isMeasured || isFitted.current || width === 0 || height === 0) return
    isFitted.current = true
    void setViewport(firstView(getNodesBounds(getNodes()), width, height))
  }, [isMeasured, width, height, getNodes, getNodesBounds, setViewport])
  const edges = useMemo(
    () =>
      flow.edges.map(
        (edge): RowsEdge => ({
          id: edgeId(edge),
          type: 'rows',
          source: edge.from.node,
          sourceHandle: edge.from.port,
          target: edge.to.node,
          targetHandle: edge.to.port,
          data: { port: edge.from.port },
          selected: selectedEdges.includes(edgeId(edge)),
          ariaLabel: edgeName.replace('{from}', edge.from.node).replace('{to}', edge.to.node),
        }),
      ),
    [flow.edges, selectedEdges, edgeName],
  )

  const contents = useMemo(
    (): CanvasContents => ({
      nodes: new Map(flow.nodes.map((node) => [node.id, node])),
      problems,
      runs,
      readOnly,
      renaming,
      onRename,
      onAddAfter,
    }),
    [flow.nodes, problems, runs, readOnly, renaming, onRename, onAddAfter],
  )

  const select = (
    nodeChanges: readonly { id: string; on: boolean }[],
    edgeChanges: readonly { id: string; on: boolean }[],
  ) => {
    const after = (before: readonly string[], changes: readonly { id: string; on: boolean }[]) => {
      const chosen = new Set(before)
      for (const { id, on } of changes) on ? chosen.add(id) : chosen.delete(id)
      return [...chosen]
    }
    onSelect?.(after(latest.current.nodes, nodeChanges), after(latest.current.edges, edgeChanges))
  }
  // React Flow tells what was deselected and what was selected in two calls within one tick.
  const latest = useRef({ nodes: selectedNodes, edges: selectedEdges })
  latest.current = { nodes: selectedNodes, edges: selectedEdges }

  const onNodesChange = (changes: NodeChange<CardNode>[]) => {
    const chosen = changes.flatMap((change) =>
      change.type === 'select' ? [{ id: change.id, on: change.selected }] : [],
    )
    if (chosen.length > 0) {
      select(chosen, [])
      const ids = new Set(latest.current.nodes)
      for (const { id, on } of chosen) on ? ids.add(id) : ids.delete(id)
      latest.current = { ...latest.current, nodes: [...ids] }
    }
    const others = changes.filter((change) => change.type === 'position' || change.type === 'dimensions')
    if (others.length > 0) setNodes((shown) => applyNodeChanges(others, shown))
    // Arrow keys move nodes without a drag.
    const moved = changes.flatMap((change) =>
      change.type === 'position' && change.position && change.dragging !== true
        ? [[change.id, change.position] as const]
        : [],
    )
    if (moved.length > 0 && !dragging.current) props.onMove?.(new Map(moved))
  }
  const dragging = useRef(false)
  const onEdgesChange = (changes: EdgeChange<RowsEdge>[]) => {
    const chosen = changes.flatMap((change) =>
      change.type === 'select' ? [{ id: change.id, on: change.selected }] : [],
    )
    if (chosen.length === 0) return
    select([], chosen)
    const ids = new Set(latest.current.edges)
    for (const { id, on } of chosen) on ? ids.add(id) : ids.delete(id)
    latest.current = { ...latest.current, edges: [...ids] }
  }

  const edgeUnder = (event: DragEvent): FlowEdge | undefined => {
    const id = document
      .elementsFromPoint(event.clientX, event.clientY)
      .map((element) => element.closest('.react-flow__edge')?.getAttribute('data-id'))
      .find((found) => found)
    return flow.edges.find((edge) => edgeId(edge) === id)
  }

  const menu = (event: MouseEvent | globalThis.MouseEvent, nodeId: string | undefined) => {
    if (!props.onMenu) return
    event.preventDefault()
    props.onMenu({ x: event.clientX, y: event.clientY }, nodeId)
  }

  return (
    <CanvasContext value={contents}>
      <ReactFlow
        className={styles['canvas']}
        aria-label={t('editor.canvas.name')}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStart={() => {
          dragging.current = true
        }}
        onNodeDragStop={(_event, _node, moved) => {
          dragging.current = false
          props.onMove?.(new Map(moved.map((node) => [node.id, node.position])))
        }}
        onConnect={(connection) => props.onConnect?.(edgeOf(connection))}
        isValidConnection={(connection) => {
          refused.current = refusal(flow, edgeOf(connection))
          return refused.current === undefined
        }}
        onConnectStart={() => {
          refused.current = undefined
        }}
        onConnectEnd={(_event, state) => {
          if (state.isValid === false && refused.current) props.onRefuse?.(refused.current)
        }}
        onDragOver={(event) => {
          if (!readOnly) event.preventDefault()
        }}
        onDrop={(event) => {
          const kind = event.dataTransfer.getData(dragType)
          const at = instance.current?.screenToFlowPosition({ x: event.clientX - 112, y: event.clientY - 40 })
          if (kind !== '' && at) props.onDropKind?.(kind, at, edgeUnder(event))
        }}
        onNodeContextMenu={(event, node) => menu(event, node.id)}
        onPaneContextMenu={(event) => menu(event, undefined)}
        onInit={(ready) => {
          instance.current = ready
          props.onReady?.(ready)
        }}
        connectionMode={ConnectionMode.Strict}
        connectionRadius={28}
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        deleteKeyCode={null}
        multiSelectionKeyCode={['Meta', 'Control', 'Shift']}
        selectionKeyCode="Shift"
        snapToGrid
        snapGrid={[16, 16]}
        minZoom={0.15}
        maxZoom={2}
        fitViewOptions={{ maxZoom: 1, padding: 0.16 }}
        onlyRenderVisibleElements={flow.nodes.length > 150}
        ariaLabelConfig={{
          'controls.ariaLabel': t('editor.canvas.controls'),
          'controls.zoomIn.ariaLabel': t('editor.command.zoomIn'),
          'controls.zoomOut.ariaLabel': t('editor.command.zoomOut'),
          'controls.fitView.ariaLabel': t('editor.command.fit'),
          'minimap.ariaLabel': t('editor.canvas.minimap'),
        }}
      >
        <Background variant={BackgroundVariant.Dots} gap={16} size={1.1} />
        <Controls showInteractive={false} position="bottom-left" />
        {flow.nodes.length > 8 && (
          <MiniMap
            pannable
            zoomable
            position="bottom-right"
            className={styles['minimap']}
            nodeBorderRadius={8}
          />
        )}
        {props.children}
      </ReactFlow>
    </CanvasContext>
  )
}
