import '@xyflow/react/dist/style.css'
import {
  edgeId,
  type Flow,
  type FlowEdge,
  type FlowNote,
  type Label,
  nodeKinds,
  type Problem,
} from '@millrace/engine'
import {
  type Connection,
  ConnectionMode,
  MiniMap,
  type OnNodeDrag,
  ReactFlow,
  type ReactFlowInstance,
  ReactFlowProvider,
  type ReactFlowState,
  useNodesInitialized,
  useReactFlow,
  useStore,
  useStoreApi,
} from '@xyflow/react'
import {
  type DragEvent,
  type MouseEvent,
  type ReactNode,
  startTransition,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { shallow } from 'zustand/shallow'
import { command, minimapFrom } from '../editor/commands.ts'
import { throughPorts } from '../editor/graph-edits.ts'
import { drawnRuns } from '../editor/inner-runs.ts'
import type { Passage } from '../editor/lineage.ts'
import { gridStep } from '../editor/new-node.ts'
import type { NodeRun } from '../editor/run-store.ts'
import { useText } from '../i18n/index.ts'
import type { DiffMark } from '../ui/DiffBadge.tsx'
import { CanvasControls } from './CanvasControls.tsx'
import styles from './canvas.module.css'
import {
  AnswersContext,
  type CanvasContents,
  CanvasContext,
  DropEdgeContext,
  FarContext,
  FarEdgesContext,
} from './canvas-context.ts'
import type { CanvasNode } from './drawn.ts'
import { FarEdges } from './FarEdges.tsx'
import { Frame } from './Frame.tsx'
import { boundsOf, firstView, leastZoom, wholeView } from './first-view.ts'
import { Grid } from './Grid.tsx'
import { NodeCard } from './NodeCard.tsx'
import { RowEdge, type RowsEdge } from './RowEdge.tsx'
import { StickyNote } from './StickyNote.tsx'
import { edgeOf, useConnecting } from './use-connecting.ts'
import { useDrawing } from './use-drawing.ts'
import { useLatest } from './use-latest.ts'

const roomOf = ({ width, height }: ReactFlowState) => ({ width, height })
const farOf = ({ transform }: ReactFlowState) => transform[2] < 0.3
const nodeTypes = { card: NodeCard, note: StickyNote, frame: Frame }
const edgeTypes = { rows: RowEdge }
/** The same at each drawing: see useLatest. */
const grid: [number, number] = [gridStep, gridStep]
const noProblems: ReadonlyMap<string, readonly Problem[]> = new Map()
/** Larger flows draw only what is in view. */
const largest = 150

/** Media type under which the palette hands a node kind to the canvas while it is dragged. */
export const dragType = 'application/x-millrace-kind'

export type CanvasInstance = ReactFlowInstance<CanvasNode, RowsEdge>

export interface FlowCanvasProps {
  readonly flow: Pick<Flow, 'nodes' | 'edges' | 'groups' | 'notes'>
  readonly problems?: ReadonlyMap<string, readonly Problem[]>
  /** With it the canvas shows a run: states on nodes, rows on edges, ledgers. */
  readonly runs?: ReadonlyMap<string, NodeRun>
  /** With it the canvas shows a comparison of two flows. */
  readonly marks?: ReadonlyMap<string, DiffMark>
  /** Begins with all of the flow in view, however small. */
  readonly isWhole?: boolean
  /** With it the canvas shows where one column goes. */
  readonly passage?: Passage | undefined
  readonly readOnly?: boolean
  readonly selectedNodes?: readonly string[]
  readonly selectedEdges?: readonly string[]
  readonly selectedNotes?: readonly string[]
  readonly minimap?: boolean
  readonly renaming?: string | null
  readonly onSelect?: (nodes: readonly string[], edges: readonly string[], notes: readonly string[]) => void
  /** By node; notes as `note:` and their ids. */
  readonly onMove?: (places: ReadonlyMap<string, { x: number; y: number }>) => void
  readonly onConnect?: (edge: FlowEdge) => void
  /** A connection was tried that may not be made. */
  readonly onRefuse?: (reason: Label) => void
  readonly onAddAfter?: (from: FlowEdge['from']) => void
  readonly onRename?: (nodeId: string, label: string) => void
  /** A kind was dropped, on an edge where one lay under the pointer. */
  readonly onDropKind?: (kind: string, place: { x: number; y: number }, edge: FlowEdge | undefined) => void
  /** Files were dropped from outside. */
  readonly onDropFiles?: (files: readonly File[], place: { x: number; y: number }) => void
  /** A node without edges was dropped on an edge. */
  readonly onDropNode?: (
    nodeId: string,
    edge: FlowEdge,
    places: ReadonlyMap<string, { x: number; y: number }>,
  ) => void
  readonly onAddInto?: (edge: FlowEdge) => void
  readonly onSelectGroup?: (groupId: string, rename: boolean) => void
  readonly onRetitle?: (groupId: string, title: string) => void
  readonly onNote?: (noteId: string, edit: Partial<FlowNote>) => void
  readonly onMenu?: (at: { x: number; y: number }, on: MenuPlace) => void
  /** A node was opened by a double click. */
  readonly onOpen?: (nodeId: string) => void
  readonly onReady?: (instance: CanvasInstance) => void
  readonly children?: ReactNode
}

/** What a context menu was asked for. */
export type MenuPlace =
  | { readonly of: 'canvas' }
  | { readonly of: 'node' | 'note' | 'edge' | 'group'; readonly id: string }

/** The graph of a flow: to draw in, or, read-only, to follow or look back at a run. */
export function FlowCanvas(props: FlowCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  )
}

function Canvas(props: FlowCanvasProps) {
  const {
    flow,
    problems = noProblems,
    runs: given,
    marks,
    passage,
    isWhole = false,
    readOnly = false,
    renaming = null,
    minimap = true,
  } = props
  const { onRename, onAddAfter, onAddInto, onSelectGroup, onRetitle, onNote } = props
  const { t, label, language } = useText()
  const runs = useMemo(() => given && drawnRuns({ nodes: flow.nodes }, given), [given, flow.nodes])
  const instance = useRef<CanvasInstance | null>(null)
  const nameOf = useCallback(
    (kindName: string, own: string, id: string) => own || nodeKinds.get(kindName)?.label[language] || id,
    [language],
  )
  const isFar = useStore(farOf)
  const drawing = useDrawing(props, nameOf, isFar)
  const connecting = useConnecting(flow, props.onConnect, props.onRefuse)
  const [dropEdge, setDropEdge] = useState<string | null>(null)
  /** The one node that may be dropped on an edge while it is dragged. */
  const loose = useRef<string | null>(null)

  // The fit waits until every node is measured; React Flow's own knows only the first of them. In a large
  // flow most are never measured until they come into view. It is made again while panes still find their
  // places around the canvas, until somebody touches it.
  const isLarge = flow.nodes.length > largest
  const isMeasured = useNodesInitialized() || isLarge
  const isTouched = useRef(false)
  const touch = () => {
    isTouched.current = true
  }
  const { width, height } = useStore(roomOf, shallow)
  const { getState } = useStoreApi()
  const startMoving = useCallback(() => getState().domNode?.setAttribute('data-moving', ''), [getState])
  /** From afar all nodes are drawn, for a movement to bring none in; but only once one has ended. */
  const [drawsAll, setDrawsAll] = useState(false)
  const stopMoving = useCallback(() => {
    getState().domNode?.removeAttribute('data-moving')
    startTransition(() => setDrawsAll(farOf(getState())))
  }, [getState])
  const [farEdges, setFarEdges] = useState<SVGSVGElement | null>(null)
  const { getNodes, setViewport } = useReactFlow<CanvasNode, RowsEdge>()
  useEffect(() => {
    const nodes = getNodes()
    if (!isMeasured || isTouched.current || width === 0 || height === 0 || nodes.length === 0) return
    const room = { width, height }
    void setViewport(isWhole ? wholeView(nodes, room) : firstView(boundsOf(nodes), width, height))
  }, [isMeasured, isWhole, width, height, getNodes, setViewport])
  const contents = useMemo(
    (): CanvasContents => ({
      nodes: new Map(flow.nodes.map((node) => [node.id, node])),
      groups: new Map(flow.groups?.map((group) => [group.id, group])),
      notes: new Map(flow.notes?.map((note) => [note.id, note])),
      problems,
      runs,
      marks,
      passage,
      readOnly,
      renaming,
      onRename,
      onAddAfter,
      onSelectGroup,
      onRetitle,
      onNote,
      onAddInto:
        onAddInto &&
        ((id) => {
          const edge = flow.edges.find((one) => edgeId(one) === id)
          if (edge) onAddInto(edge)
        }),
    }),
    [
      flow,
      problems,
      runs,
      marks,
      passage,
      readOnly,
      renaming,
      onRename,
      onAddAfter,
      onAddInto,
      onSelectGroup,
      onRetitle,
      onNote,
    ],
  )

  const edgeUnder = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const id = document
      .elementsFromPoint(clientX, clientY)
      .map((element) => element.closest('.react-flow__edge')?.getAttribute('data-id'))
      .find((found) => found)
    return flow.edges.find((edge) => edgeId(edge) === id)
  }
  const showDropEdge = (event: { clientX: number; clientY: number }) => {
    const edge = edgeUnder(event)
    setDropEdge(edge && edge.from.node !== loose.current ? edgeId(edge) : null)
  }
  const menu = (event: MouseEvent | globalThis.MouseEvent, on: MenuPlace) => {
    if (!props.onMenu) return
    event.preventDefault()
    props.onMenu({ x: event.clientX, y: event.clientY }, on)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setDropEdge(null)
    const at = instance.current?.screenToFlowPosition({ x: event.clientX - 112, y: event.clientY - 40 })
    if (!at || readOnly) return
    const kind = event.dataTransfer.getData(dragType)
    if (kind !== '') props.onDropKind?.(kind, at, edgeUnder(event))
    else if (event.dataTransfer.files.length > 0) props.onDropFiles?.([...event.dataTransfer.files], at)
  }

  const startDrag = useLatest<Parameters<OnNodeDrag<CanvasNode>>, void>((_event, node, dragged) => {
    drawing.onDragStart()
    const own = flow.nodes.find(({ id }) => id === node.id)
    const isConnected = flow.edges.some(({ from, to }) => from.node === node.id || to.node === node.id)
    const fits = own && throughPorts(nodeKinds.get(own.kind), own.settings) !== undefined
    loose.current = fits && !isConnected && dragged.length === 1 && props.onDropNode ? node.id : null
  })
  const goOnDragging = useLatest<Parameters<OnNodeDrag<CanvasNode>>, void>((event) => {
    if (loose.current !== null && 'clientX' in event) showDropEdge(event)
  })
  const endDrag = useLatest<Parameters<OnNodeDrag<CanvasNode>>, void>((event) => {
    const places = drawing.moves()
    const edge = loose.current !== null && 'clientX' in event ? edgeUnder(event) : undefined
    if (edge && loose.current !== null) props.onDropNode?.(loose.current, edge, places)
    else if (places.size > 0) props.onMove?.(places)
    loose.current = null
    setDropEdge(null)
  })
  const connect = useLatest((connection: Connection) => props.onConnect?.(edgeOf(connection)))
  const openNode = useLatest((_event: MouseEvent, node: CanvasNode) => props.onOpen?.(node.id))
  const nodeMenu = useLatest((event: MouseEvent, node: CanvasNode) => {
    const [of = '', id = ''] = node.id.split(':')
    menu(event, of === 'note' || of === 'group' ? { of, id } : { of: 'node', id: node.id })
  })
  const edgeMenu = useLatest((event: MouseEvent, edge: RowsEdge) => menu(event, { of: 'edge', id: edge.id }))
  // biome-ignore lint/correctness/useExhaustiveDependencies: the texts are those of the language
  const names = useMemo(
    () => ({
      'controls.ariaLabel': t('editor.canvas.controls'),
      'controls.zoomIn.ariaLabel': label(command('zoomIn').label),
      'controls.zoomOut.ariaLabel': label(command('zoomOut').label),
      'minimap.ariaLabel': t('editor.canvas.minimap'),
    }),
    [language],
  )

  return (
    <CanvasContext value={contents}>
      <AnswersContext value={connecting.answered}>
        <DropEdgeContext value={dropEdge}>
          <FarContext value={isFar}>
            <FarEdgesContext value={farEdges}>
              <ReactFlow
                className={styles['canvas']}
                aria-label={t('editor.canvas.name')}
                data-far={isFar || undefined}
                onPointerDownCapture={touch}
                onKeyDownCapture={touch}
                onWheelCapture={touch}
                nodes={drawing.nodes}
                edges={drawing.edges}
                nodeTypes={nodeTypes}
                edgeTypes={edgeTypes}
                onNodesChange={drawing.onNodesChange}
                onEdgesChange={drawing.onEdgesChange}
                onMoveStart={startMoving}
                onMoveEnd={stopMoving}
                onNodeDragStart={startDrag}
                onNodeDrag={goOnDragging}
                onNodeDragStop={endDrag}
                onConnect={connect}
                isValidConnection={connecting.isValid}
                onConnectStart={connecting.onStart}
                onConnectEnd={connecting.onEnd}
                onDragOver={(event) => {
                  if (readOnly) return
                  event.preventDefault()
                  event.dataTransfer.dropEffect = 'copy'
                  if (event.dataTransfer.types.includes(dragType)) showDropEdge(event)
                }}
                onDragLeave={() => setDropEdge(null)}
                onDrop={drop}
                onNodeDoubleClick={openNode}
                onNodeContextMenu={nodeMenu}
                onEdgeContextMenu={edgeMenu}
                onPaneContextMenu={(event) => menu(event, { of: 'canvas' })}
                onInit={(ready) => {
                  instance.current = ready
                  props.onReady?.(ready)
                }}
                connectionMode={ConnectionMode.Strict}
                connectionRadius={28}
                nodesDraggable={!readOnly}
                nodesConnectable={!readOnly}
                deleteKeyCode={null}
                zoomOnDoubleClick={false}
                multiSelectionKeyCode={['Meta', 'Control', 'Shift']}
                selectionKeyCode="Shift"
                snapToGrid
                snapGrid={grid}
                minZoom={leastZoom}
                maxZoom={2}
                onlyRenderVisibleElements={isLarge && !(isFar && drawsAll)}
                ariaLabelConfig={names}
              >
                <Grid />
                {isFar && <FarEdges hold={setFarEdges} />}
                <CanvasControls />
                {minimap && flow.nodes.length >= minimapFrom && (
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
            </FarEdgesContext>
          </FarContext>
        </DropEdgeContext>
      </AnswersContext>
    </CanvasContext>
  )
}
