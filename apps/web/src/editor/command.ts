import { edgeId, type Label } from '@millrace/engine'
import type { Icon } from '@tabler/icons-react'
import { useDocument } from './document-store.ts'
import { groupOf } from './marks.ts'
import { useView } from './view-store.ts'

/** What commands need of the page: the canvas, and acts that talk to the server. */
export interface CommandTarget {
  zoomIn(): void
  zoomOut(): void
  zoomTo(scale: number): void
  fit(): void
  /** Moves the canvas as far as is needed to see these nodes. */
  reveal(nodeIds: readonly string[]): void
  /** Moves the canvas so that these nodes are seen beside what covers its right side. */
  frame(nodeIds: readonly string[]): void
  /** A place in view where nothing lies yet, for the top left corner of something new. */
  freePlace(): { x: number; y: number }
  /** Puts the cursor into a note. */
  writeNote(noteId: string): void
  /** The text that is to be pasted. */
  readClipboard(): Promise<string>
  /** Tells that something could not be done, and why. */
  refuse(reason: Label): void
  /** Starts a run; `dry`: reads everything and writes nothing. */
  run(dry?: boolean): void | Promise<void>
  publish(): void | Promise<void>
  /** Opens the versions of the flow. */
  history(): void | Promise<void>
  /** Opens the golden tests of the flow. */
  tests(): void | Promise<void>
}

/** A key: `mod` is Ctrl, or Cmd on a Mac. `key` as `KeyboardEvent.key`, lower case. */
export interface Shortcut {
  readonly key: string
  readonly mod?: boolean
  readonly shift?: boolean
}

/** What a context menu is asked for: one thing, several nodes, or empty canvas. `more` is the menu of the toolbar. */
export type MenuKind = 'node' | 'nodes' | 'edge' | 'note' | 'canvas' | 'more'

/** Sections of menus and of the help sheet. */
export const commandGroups = ['edit', 'graph', 'columns', 'arrange', 'view', 'flow'] as const

export interface Command {
  readonly id: string
  readonly label: Label
  readonly group: (typeof commandGroups)[number]
  readonly shortcuts: readonly Shortcut[]
  /**
   * Where its keys hold: beside single letters, which never reach beyond the canvas, everywhere but in fields.
   * `canvas`: only there, because elsewhere the keys mean something to the browser. `fields`: in fields too.
   */
  readonly keys?: 'canvas' | 'fields'
  /** The menus that offer it. */
  readonly menus?: readonly MenuKind[]
  /** Its picture in the toolbar, for those that stand there. */
  readonly tool?: Icon
  /** What it needs, told where it is not enabled. */
  readonly needs?: Label
  /** What it would act on, where that is not plain: the edit that is taken back. */
  about?(): Label | undefined
  enabled(): boolean
  run(target: CommandTarget): void | Promise<void>
}

export const always = () => true
export const view = () => useView.getState()
export const doc = () => useDocument.getState()
export const hasNodes = () => view().nodes.length > 0
export const hasSelection = () => hasNodes() || view().edges.length > 0 || view().notes.length > 0
export const chosenNodes = () => {
  const ids = new Set(view().nodes)
  return doc().flow.nodes.filter(({ id }) => ids.has(id))
}
export const chosenGroup = () => groupOf(doc().flow, view().nodes)
export const chosenEdge = () => {
  const { nodes, edges } = view()
  if (nodes.length > 0 || edges.length !== 1) return undefined
  return doc().flow.edges.find((edge) => edgeId(edge) === edges[0])
}
/** What commands can need. */
export const needs = {
  node: { en: 'Select a node first', zh: '请先选择节点' },
  copyable: { en: 'Select nodes or notes first', zh: '请先选择节点或便签' },
  oneNode: { en: 'Select one node first', zh: '请先选择一个节点' },
  twoNodes: { en: 'Select two or more nodes first', zh: '请先选择两个或更多节点' },
  threeNodes: { en: 'Select three or more nodes first', zh: '请先选择三个或更多节点' },
  something: { en: 'Select something first', zh: '请先选择内容' },
  edge: { en: 'Select one edge first', zh: '请先选择一条连线' },
  group: { en: 'Select nodes of one group first', zh: '请先选择同一分组中的节点' },
  nodes: { en: 'Add a node first', zh: '请先添加节点' },
  done: { en: 'Nothing to undo', zh: '没有可撤销的操作' },
  undone: { en: 'Nothing to redo', zh: '没有可重做的操作' },
  panel: { en: 'Nothing is shown of a column', zh: '当前未显示列信息' },
  changes: { en: 'Needs nodes, and changes that are not published', zh: '需要有节点和未发布的修改' },
  running: { en: 'Nothing is running', zh: '没有正在运行的任务' },
  manyNodes: { en: 'Shown in flows of nine nodes or more', zh: '流程有九个或更多节点时显示' },
  clip: { en: 'There are no copied nodes on the clipboard', zh: '剪贴板中没有复制的节点' },
  idle: { en: 'Needs a flow with nodes that is not running', zh: '需要流程中有节点且未在运行' },
} as const satisfies Record<string, Label>
