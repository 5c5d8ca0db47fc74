import { emptyFlow, type Flow, type FlowEdge, type FlowNode, type NodeKind } from '@millrace/engine'
import { create } from 'zustand'
import {
  addition,
  apply,
  type Change,
  type FlowHeader,
  headerEdit,
  invert,
  join,
  nodeEdit,
  noteEdit,
  removal,
} from './changes.ts'
import { freeInput, refusal } from './connection.ts'
import { insertion } from './graph-edits.ts'
import { layoutPlaces, selectionPlaces } from './layout.ts'
import { newNode } from './new-node.ts'

/** Changes that merge must follow each other within this many milliseconds. */
const mergeWindow = 1500
const deepestHistory = 500

interface DocumentState {
  readonly flowId: string
  readonly flow: Flow
  /** Counts every change, undo and redo; what was saved last is told apart by it. */
  readonly edition: number
  readonly done: readonly Change[]
  readonly undone: readonly Change[]
  readonly changedAt: number
  open(flowId: string, flow: Flow): void
  make(change: Change): void
  undo(): void
  redo(): void
  /** Adds a node, connected to the output given where that is possible. Returns its id. */
  /** `settings`: other ones than those of a new node of the kind. */
  addNode(
    kind: NodeKind,
    place: { x: number; y: number },
    after?: FlowEdge['from'],
    settings?: FlowNode['settings'],
  ): string
  /** Puts a new node into an edge. */
  insertNode(
    kind: NodeKind,
    place: { x: number; y: number },
    into: FlowEdge,
    settings?: FlowNode['settings'],
  ): string
  connect(edge: FlowEdge): void
  /** Removes nodes with their edges, and edges and notes by their ids. */
  remove(nodeIds: readonly string[], otherIds: readonly string[]): void
  /** Moves nodes and, as `note:` and their ids, notes. */
  move(places: ReadonlyMap<string, { x: number; y: number }>): void
  rename(nodeId: string, label: string): void
  setSettings(nodeId: string, settings: Record<string, unknown>, field: string): void
  setNote(nodeId: string, note: string): void
  /** Undefined: any number of rows will do. */
  setGuard(nodeId: string, guard: FlowNode['guard']): void
  /** Undefined: the first fault ends a run. */
  setRetry(nodeId: string, retry: FlowNode['retry']): void
  toggleDisabled(nodeIds: readonly string[]): void
  setHeader(edit: Partial<FlowHeader>, mergeKey?: string): void
  /** Lays out the flow, or some nodes of it, along the edges. */
  arrange(nodeIds?: readonly string[]): void
}

/** The flow that is being edited, and everything that was done to it. */
export const useDocument = create<DocumentState>()((set, get) => ({
  flowId: '',
  flow: emptyFlow('—'),
  edition: 0,
  done: [],
  undone: [],
  changedAt: 0,

  open: (flowId, flow) => set({ flowId, flow, edition: 0, done: [], undone: [], changedAt: 0 }),

  make(change) {
    if (change.steps.length === 0) return
    const { flow, done, edition, changedAt } = get()
    const now = Date.now()
    const last = done.at(-1)
    const merges =
      last !== undefined &&
      change.mergeKey !== undefined &&
      last.mergeKey === change.mergeKey &&
      now - changedAt < mergeWindow
    const history = merges ? [...done.slice(0, -1), join(last, change)] : [...done, change]
    set({
      flow: apply(flow, change),
      done: history.slice(-deepestHistory),
      undone: [],
      edition: edition + 1,
      changedAt: now,
    })
  },

  undo() {
    const { flow, done, undone, edition } = get()
    const last = done.at(-1)
    if (!last) return
    set({
      flow: apply(flow, invert(last)),
      done: done.slice(0, -1),
      undone: [...undone, last],
      edition: edition + 1,
      changedAt: 0,
    })
  },

  redo() {
    const { flow, done, undone, edition } = get()
    const next = undone.at(-1)
    if (!next) return
    set({
      flow: apply(flow, next),
      done: [...done, next],
      undone: undone.slice(0, -1),
      edition: edition + 1,
      changedAt: 0,
    })
  },

  addNode(kind, place, after, settings) {
    const { flow, make } = get()
    const node = newNode(flow, kind, place, settings)
    const edge = after && freeInput({ nodes: [...flow.nodes, node], edges: flow.edges }, after, node.id)
    make(
      addition(flow, [node], edge ? [edge] : [], { en: `Add ${kind.label.en}`, zh: `添加${kind.label.zh}` }),
    )
    return node.id
  },

  insertNode(kind, place, into, settings) {
    const { flow, make } = get()
    const node = newNode(flow, kind, place, settings)
    const label = { en: `Add ${kind.label.en}`, zh: `添加${kind.label.zh}` }
    make(insertion(flow, node, into) ?? addition(flow, [node], [], label))
    return node.id
  },

  connect(edge) {
    const { flow, make } = get()
    if (refusal(flow, edge) === undefined) make(addition(flow, [], [edge], { en: 'Connect', zh: '连接' }))
  },

  remove(nodeIds, otherIds) {
    const { flow, make } = get()
    make(removal(flow, new Set(nodeIds), new Set(otherIds), { en: 'Delete', zh: '删除' }))
  },

  move(places) {
    const { flow, make } = get()
    const moved = (node: FlowNode): FlowNode => {
      const place = places.get(node.id)
      const stays = !place || (place.x === node.position.x && place.y === node.position.y)
      return stays ? node : { ...node, position: place }
    }
    const label = { en: 'Move', zh: '移动' }
    const notes = (flow.notes ?? []).flatMap((note) => {
      const place = places.get(`note:${note.id}`)
      return place ? [noteEdit(flow, note, { ...note, position: place }, label)] : []
    })
    const { steps } = nodeEdit(flow, moved, label)
    make({ label, steps: [...steps, ...notes.flatMap((note) => note.steps)] })
  },

  rename(nodeId, label) {
    const { flow, make } = get()
    make(
      nodeEdit(
        flow,
        (node) => (node.id === nodeId && node.label !== label ? { ...node, label } : node),
        { en: 'Rename', zh: '重命名' },
        `label ${nodeId}`,
      ),
    )
  },

  setSettings(nodeId, settings, field) {
    const { flow, make } = get()
    make(
      nodeEdit(
        flow,
        (node) => (node.id === nodeId ? { ...node, settings } : node),
        { en: 'Change settings', zh: '修改设置' },
        `settings ${nodeId} ${field}`,
      ),
    )
  },

  setNote(nodeId, note) {
    const { flow, make } = get()
    make(
      nodeEdit(
        flow,
        (node) => (node.id === nodeId ? { ...node, note } : node),
        { en: 'Change note', zh: '修改备注' },
        `note ${nodeId}`,
      ),
    )
  },

  setGuard(nodeId, guard) {
    const { flow, make } = get()
    make(
      nodeEdit(
        flow,
        (node) => {
          if (node.id !== nodeId) return node
          const { guard: _, ...others } = node
          return guard ? { ...others, guard } : others
        },
        { en: 'Change expected rows', zh: '修改预期行数' },
        `guard ${nodeId}`,
      ),
    )
  },

  setRetry(nodeId, retry) {
    const { flow, make } = get()
    make(
      nodeEdit(
        flow,
        (node) => {
          if (node.id !== nodeId) return node
          const { retry: _, ...others } = node
          return retry ? { ...others, retry } : others
        },
        { en: 'Change retries', zh: '修改重试设置' },
        `retry ${nodeId}`,
      ),
    )
  },

  toggleDisabled(nodeIds) {
    const { flow, make } = get()
    const chosen = flow.nodes.filter((node) => nodeIds.includes(node.id))
    const disabled = chosen.some((node) => !node.disabled)
    make(
      nodeEdit(
        flow,
        (node) => (nodeIds.includes(node.id) && node.disabled !== disabled ? { ...node, disabled } : node),
        disabled ? { en: 'Disable', zh: '停用' } : { en: 'Enable', zh: '启用' },
      ),
    )
  },

  setHeader(edit, mergeKey) {
    const { flow, make } = get()
    make(headerEdit(flow, edit, { en: 'Change flow', zh: '修改流程' }, mergeKey))
  },

  arrange(nodeIds) {
    const { flow, move } = get()
    move(nodeIds ? selectionPlaces(flow, new Set(nodeIds)) : layoutPlaces(flow))
  },
}))
