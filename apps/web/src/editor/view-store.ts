import type { FlowEdge } from '@millrace/engine'
import { create } from 'zustand'

/** What is asked of a column that is chosen among those of a node. */
export type ColumnAct = 'trace' | 'rename' | 'remove'

export type Overlay =
  | 'add'
  | 'replace'
  | 'find'
  | 'color'
  | 'commands'
  | 'help'
  | 'parameters'
  | `${ColumnAct}Column`
  | null

interface ViewState {
  readonly nodes: readonly string[]
  readonly edges: readonly string[]
  /** Chosen notes of the canvas, by id. */
  readonly notes: readonly string[]
  readonly overlay: Overlay
  /** Where what is added next goes: after an output port, or at a place of the canvas. */
  readonly addAfter: FlowEdge['from'] | null
  /** The edge into which what is added next is put. */
  readonly addInto: FlowEdge | null
  /** The setting that has just been jumped to; `turn` tells two jumps to the same place apart. */
  readonly focus: { readonly field: string; readonly turn: number } | null
  /** The node, or the group (`group:` and its id), whose name is being written. */
  readonly renaming: string | null
  readonly minimap: boolean
  readonly palette: boolean
  readonly inspector: boolean
  readonly data: boolean
  readonly dataTab: 'output' | 'problems' | 'run'
  select(nodes: readonly string[], edges?: readonly string[], notes?: readonly string[]): void
  show(overlay: Overlay, addAfter?: FlowEdge['from'] | null, addInto?: FlowEdge | null): void
  jump(nodeId: string, field?: string): void
  rename(nodeId: string | null): void
  toggle(pane: 'minimap' | 'palette' | 'inspector' | 'data'): void
  openTab(tab: ViewState['dataTab']): void
  reset(): void
}

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((item, n) => item === b[n])

/** How the flow is looked at: what is selected, which panes are open. Never saved with the flow. */
export const useView = create<ViewState>()((set, get) => ({
  nodes: [],
  edges: [],
  notes: [],
  overlay: null,
  addAfter: null,
  addInto: null,
  focus: null,
  renaming: null,
  minimap: true,
  palette: true,
  inspector: true,
  data: true,
  dataTab: 'output',
  select(nodes, edges = [], notes = []) {
    const state = get()
    if (!same(state.nodes, nodes) || !same(state.edges, edges) || !same(state.notes, notes))
      set({ nodes, edges, notes, focus: null })
  },
  show: (overlay, addAfter = null, addInto = null) => set({ overlay, addAfter, addInto }),
  jump: (nodeId, field) =>
    set({
      nodes: [nodeId],
      edges: [],
      notes: [],
      inspector: true,
      focus: field === undefined ? null : { field, turn: (get().focus?.turn ?? 0) + 1 },
    }),
  rename: (renaming) => set({ renaming }),
  toggle: (pane) => set({ [pane]: !get()[pane] }),
  openTab: (dataTab) => set({ dataTab, data: true }),
  reset: () =>
    set({
      nodes: [],
      edges: [],
      notes: [],
      overlay: null,
      addAfter: null,
      addInto: null,
      focus: null,
      renaming: null,
      dataTab: 'output',
    }),
}))
