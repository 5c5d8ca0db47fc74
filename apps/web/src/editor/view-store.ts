import type { FlowEdge } from '@millrace/engine'
import { create } from 'zustand'

export type Overlay = 'add' | 'commands' | 'help' | 'parameters' | null

interface ViewState {
  readonly nodes: readonly string[]
  readonly edges: readonly string[]
  readonly overlay: Overlay
  /** Where what is added next goes: after an output port, or at a place of the canvas. */
  readonly addAfter: FlowEdge['from'] | null
  /** The setting that has just been jumped to; `turn` tells two jumps to the same place apart. */
  readonly focus: { readonly field: string; readonly turn: number } | null
  readonly renaming: string | null
  readonly palette: boolean
  readonly inspector: boolean
  readonly data: boolean
  readonly dataTab: 'output' | 'problems' | 'run'
  select(nodes: readonly string[], edges?: readonly string[]): void
  show(overlay: Overlay, addAfter?: FlowEdge['from'] | null): void
  jump(nodeId: string, field?: string): void
  rename(nodeId: string | null): void
  toggle(pane: 'palette' | 'inspector' | 'data'): void
  openTab(tab: ViewState['dataTab']): void
  reset(): void
}

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((item, n) => item === b[n])

/** How the flow is looked at: what is selected, which panes are open. Never saved with the flow. */
export const useView = create<ViewState>()((set, get) => ({
  nodes: [],
  edges: [],
  overlay: null,
  addAfter: null,
  focus: null,
  renaming: null,
  palette: true,
  inspector: true,
  data: true,
  dataTab: 'output',
  select(nodes, edges = []) {
    const state = get()
    if (!same(state.nodes, nodes) || !same(state.edges, edges)) set({ nodes, edges, focus: null })
  },
  show: (overlay, addAfter = null) => set({ overlay, addAfter }),
  jump: (nodeId, field) =>
    set({
      nodes: [nodeId],
      edges: [],
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
      overlay: null,
      addAfter: null,
      focus: null,
      renaming: null,
      dataTab: 'output',
    }),
}))
