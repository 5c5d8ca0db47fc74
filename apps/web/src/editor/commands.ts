import { edgeId, type Label } from '@millrace/engine'
import { copyText, readClipboard, writeClipboard } from './clipboard.ts'
import { useDocument } from './document-store.ts'
import { type Alignment, alignedPlaces } from './layout.ts'
import { grouping, groupOf, newNote, ungrouping } from './marks.ts'
import { useRun } from './run-store.ts'
import { useView } from './view-store.ts'

/** What commands need of the page: the canvas, and acts that talk to the server. */
export interface CommandTarget {
  zoomIn(): void
  zoomOut(): void
  zoomTo(scale: number): void
  fit(): void
  /** Moves the canvas as far as is needed to see these nodes. */
  reveal(nodeIds: readonly string[]): void
  /** A place in view where nothing lies yet, for the top left corner of something new. */
  freePlace(): { x: number; y: number }
  /** Puts the cursor into a note. */
  writeNote(noteId: string): void
  run(): void | Promise<void>
  publish(): void | Promise<void>
}

/** A key: `mod` is Ctrl, or Cmd on a Mac. `key` as `KeyboardEvent.key`, lower case. */
export interface Shortcut {
  readonly key: string
  readonly mod?: boolean
  readonly shift?: boolean
}

/** What a context menu is asked for. */
export type MenuKind = 'node' | 'edge' | 'note' | 'canvas'

export interface Command {
  readonly id: string
  readonly label: Label
  readonly group: 'edit' | 'view' | 'flow'
  readonly shortcuts: readonly Shortcut[]
  /** The context menus that offer it. */
  readonly menus?: readonly MenuKind[]
  /** What it needs, told where it is not enabled. */
  readonly needs?: Label
  enabled(): boolean
  run(target: CommandTarget): void | Promise<void>
}

const always = () => true
const view = () => useView.getState()
const doc = () => useDocument.getState()
const hasNodes = () => view().nodes.length > 0
const hasSelection = () => hasNodes() || view().edges.length > 0 || view().notes.length > 0
const chosenNodes = () => {
  const ids = new Set(view().nodes)
  return doc().flow.nodes.filter(({ id }) => ids.has(id))
}
const chosenGroup = () => groupOf(doc().flow, view().nodes)
const chosenEdge = () => {
  const { nodes, edges } = view()
  if (nodes.length > 0 || edges.length !== 1) return undefined
  return doc().flow.edges.find((edge) => edgeId(edge) === edges[0])
}
const align = (alignment: Alignment) => doc().move(alignedPlaces(chosenNodes(), alignment))

const needs = {
  node: { en: 'Select a node first', zh: '请先选择节点' },
  oneNode: { en: 'Select one node first', zh: '请先选择一个节点' },
  twoNodes: { en: 'Select two or more nodes first', zh: '请先选择两个或更多节点' },
  threeNodes: { en: 'Select three or more nodes first', zh: '请先选择三个或更多节点' },
  something: { en: 'Select something first', zh: '请先选择内容' },
  edge: { en: 'Select one edge first', zh: '请先选择一条连线' },
  group: { en: 'Select nodes of one group first', zh: '请先选择同一分组中的节点' },
  nodes: { en: 'Add a node first', zh: '请先添加节点' },
  done: { en: 'Nothing to undo', zh: '没有可撤销的操作' },
  undone: { en: 'Nothing to redo', zh: '没有可重做的操作' },
  idle: { en: 'Needs a flow with nodes that is not running', zh: '需要流程中有节点且未在运行' },
} as const satisfies Record<string, Label>

const copy = () => writeClipboard(copyText(doc().flow, new Set(view().nodes)))
const removeSelected = () => {
  doc().remove(view().nodes, [...view().edges, ...view().notes])
  view().select([])
}

/** Every action of the editor, once: toolbar, menus, palette, keys and help all read this list. */
export const commands = [
  {
    id: 'undo',
    label: { en: 'Undo', zh: '撤销' },
    group: 'edit',
    shortcuts: [{ key: 'z', mod: true }],
    needs: needs.done,
    enabled: () => doc().done.length > 0,
    run: () => doc().undo(),
  },
  {
    id: 'redo',
    label: { en: 'Redo', zh: '重做' },
    group: 'edit',
    shortcuts: [
      { key: 'z', mod: true, shift: true },
      { key: 'y', mod: true },
    ],
    needs: needs.undone,
    enabled: () => doc().undone.length > 0,
    run: () => doc().redo(),
  },
  {
    id: 'selectAll',
    label: { en: 'Select all', zh: '全选' },
    group: 'edit',
    shortcuts: [{ key: 'a', mod: true }],
    menus: ['canvas'],
    needs: needs.nodes,
    enabled: () => doc().flow.nodes.length > 0,
    run: () => view().select(doc().flow.nodes.map((node) => node.id)),
  },
  {
    id: 'copy',
    label: { en: 'Copy', zh: '复制' },
    group: 'edit',
    shortcuts: [{ key: 'c', mod: true }],
    menus: ['node'],
    needs: needs.node,
    enabled: hasNodes,
    run: copy,
  },
  {
    id: 'cut',
    label: { en: 'Cut', zh: '剪切' },
    group: 'edit',
    shortcuts: [{ key: 'x', mod: true }],
    menus: ['node'],
    needs: needs.node,
    enabled: hasNodes,
    async run() {
      await copy()
      removeSelected()
    },
  },
  {
    id: 'paste',
    label: { en: 'Paste', zh: '粘贴' },
    group: 'edit',
    shortcuts: [{ key: 'v', mod: true }],
    menus: ['canvas'],
    enabled: always,
    async run(target) {
      const ids = doc().paste(await readClipboard())
      if (ids.length === 0) return
      view().select(ids)
      target.reveal(ids)
    },
  },
  {
    id: 'delete',
    label: { en: 'Delete', zh: '删除' },
    group: 'edit',
    shortcuts: [{ key: 'delete' }, { key: 'backspace' }],
    menus: ['node', 'edge', 'note'],
    needs: needs.something,
    enabled: hasSelection,
    run: removeSelected,
  },
  {
    id: 'rename',
    label: { en: 'Rename', zh: '重命名' },
    group: 'edit',
    shortcuts: [{ key: 'f2' }],
    menus: ['node'],
    needs: needs.oneNode,
    enabled: () => view().nodes.length === 1,
    run: () => view().rename(view().nodes[0] ?? null),
  },
  {
    id: 'disable',
    label: { en: 'Disable or enable', zh: '停用或启用' },
    group: 'edit',
    shortcuts: [{ key: 'd' }],
    menus: ['node'],
    needs: needs.node,
    enabled: hasNodes,
    run: () => doc().toggleDisabled(view().nodes),
  },
  {
    id: 'duplicate',
    label: { en: 'Duplicate', zh: '复制一份' },
    group: 'edit',
    shortcuts: [{ key: 'd', mod: true, shift: true }],
    menus: ['node'],
    needs: needs.node,
    enabled: hasNodes,
    run(target) {
      const ids = doc().duplicate(view().nodes)
      view().select(ids)
      target.reveal(ids)
    },
  },
  {
    id: 'replace',
    label: { en: 'Replace by another kind…', zh: '替换为其他类型…' },
    group: 'edit',
    shortcuts: [{ key: 'r' }],
    menus: ['node'],
    needs: needs.oneNode,
    enabled: () => view().nodes.length === 1,
    run: () => view().show('replace'),
  },
  {
    id: 'color',
    label: { en: 'Colour…', zh: '颜色…' },
    group: 'edit',
    shortcuts: [{ key: 'c' }],
    menus: ['node', 'note'],
    needs: needs.something,
    enabled: () => hasNodes() || view().notes.length > 0,
    run: () => view().show('color'),
  },
  {
    id: 'group',
    label: { en: 'Group', zh: '分组' },
    group: 'edit',
    shortcuts: [{ key: 'g', mod: true }],
    menus: ['node'],
    needs: needs.node,
    enabled: hasNodes,
    run() {
      const { change, id } = grouping(doc().flow, view().nodes)
      doc().make(change)
      view().rename(`group:${id}`)
    },
  },
  {
    id: 'renameGroup',
    label: { en: 'Rename the group', zh: '重命名分组' },
    group: 'edit',
    shortcuts: [{ key: 'f2', shift: true }],
    needs: needs.group,
    enabled: () => chosenGroup() !== undefined,
    run() {
      const group = chosenGroup()
      if (group) view().rename(`group:${group.id}`)
    },
  },
  {
    id: 'ungroup',
    label: { en: 'Ungroup', zh: '取消分组' },
    group: 'edit',
    shortcuts: [{ key: 'g', mod: true, shift: true }],
    menus: ['node'],
    needs: needs.group,
    enabled: () => chosenGroup() !== undefined,
    run() {
      const group = chosenGroup()
      if (group) doc().make(ungrouping(doc().flow, group))
    },
  },
  {
    id: 'insert',
    label: { en: 'Insert a node here…', zh: '在此插入节点…' },
    group: 'edit',
    shortcuts: [{ key: 'i' }],
    menus: ['edge'],
    needs: needs.edge,
    enabled: () => chosenEdge() !== undefined,
    run: () => view().show('add', null, chosenEdge() ?? null),
  },
  {
    id: 'note',
    label: { en: 'Add a note', zh: '添加便签' },
    group: 'edit',
    shortcuts: [{ key: 'n' }],
    menus: ['canvas'],
    enabled: always,
    run(target) {
      const { change, id } = newNote(doc().flow, target.freePlace())
      doc().make(change)
      view().select([], [], [id])
      target.writeNote(id)
    },
  },
  {
    id: 'add',
    label: { en: 'Add a node', zh: '添加节点' },
    group: 'edit',
    shortcuts: [{ key: '/' }, { key: 'tab' }],
    menus: ['canvas'],
    enabled: always,
    run() {
      const { nodes, show } = view()
      const into = chosenEdge()
      if (into) {
        show('add', null, into)
        return
      }
      const only = nodes.length === 1 ? nodes[0] : undefined
      show('add', only === undefined ? null : { node: only, port: '' })
    },
  },
  {
    id: 'alignLeft',
    label: { en: 'Align left', zh: '左对齐' },
    group: 'edit',
    shortcuts: [],
    menus: ['node'],
    needs: needs.twoNodes,
    enabled: () => view().nodes.length >= 2,
    run: () => align('left'),
  },
  {
    id: 'alignTop',
    label: { en: 'Align top', zh: '顶端对齐' },
    group: 'edit',
    shortcuts: [],
    menus: ['node'],
    needs: needs.twoNodes,
    enabled: () => view().nodes.length >= 2,
    run: () => align('top'),
  },
  {
    id: 'alignMiddle',
    label: { en: 'Align on a middle line', zh: '水平居中对齐' },
    group: 'edit',
    shortcuts: [],
    menus: ['node'],
    needs: needs.twoNodes,
    enabled: () => view().nodes.length >= 2,
    run: () => align('middle'),
  },
  {
    id: 'distributeAcross',
    label: { en: 'Distribute across', zh: '水平等距分布' },
    group: 'edit',
    shortcuts: [],
    menus: ['node'],
    needs: needs.threeNodes,
    enabled: () => view().nodes.length >= 3,
    run: () => align('across'),
  },
  {
    id: 'distributeDown',
    label: { en: 'Distribute down', zh: '垂直等距分布' },
    group: 'edit',
    shortcuts: [],
    menus: ['node'],
    needs: needs.threeNodes,
    enabled: () => view().nodes.length >= 3,
    run: () => align('down'),
  },
  {
    id: 'arrangeSelection',
    label: { en: 'Tidy up the selection', zh: '整理所选节点' },
    group: 'edit',
    shortcuts: [],
    menus: ['node'],
    needs: needs.twoNodes,
    enabled: () => view().nodes.length > 1,
    run: () => doc().arrange(view().nodes),
  },
  {
    id: 'arrange',
    label: { en: 'Tidy up', zh: '自动布局' },
    group: 'view',
    shortcuts: [{ key: 'l', mod: true, shift: true }],
    menus: ['canvas'],
    needs: needs.nodes,
    enabled: () => doc().flow.nodes.length > 1,
    run(target) {
      doc().arrange()
      setTimeout(() => target.fit(), 60)
    },
  },
  {
    id: 'fit',
    label: { en: 'Fit to screen', zh: '适应窗口' },
    group: 'view',
    shortcuts: [{ key: '1' }],
    menus: ['canvas'],
    enabled: always,
    run: (target) => target.fit(),
  },
  {
    id: 'actualSize',
    label: { en: 'Zoom to 100%', zh: '缩放至 100%' },
    group: 'view',
    shortcuts: [{ key: '0' }],
    enabled: always,
    run: (target) => target.zoomTo(1),
  },
  {
    id: 'zoomIn',
    label: { en: 'Zoom in', zh: '放大' },
    group: 'view',
    shortcuts: [{ key: '+' }, { key: '=' }],
    enabled: always,
    run: (target) => target.zoomIn(),
  },
  {
    id: 'zoomOut',
    label: { en: 'Zoom out', zh: '缩小' },
    group: 'view',
    shortcuts: [{ key: '-' }],
    enabled: always,
    run: (target) => target.zoomOut(),
  },
  {
    id: 'find',
    label: { en: 'Find in this flow', zh: '在流程中查找' },
    group: 'view',
    shortcuts: [{ key: 'f', mod: true }],
    menus: ['canvas'],
    needs: needs.nodes,
    enabled: () => doc().flow.nodes.length > 0,
    run: () => view().show('find'),
  },
  {
    id: 'toggleMinimap',
    label: { en: 'Show or hide the overview', zh: '显示或隐藏缩略图' },
    group: 'view',
    shortcuts: [{ key: 'm' }],
    enabled: always,
    run: () => view().toggle('minimap'),
  },
  {
    id: 'togglePalette',
    label: { en: 'Show or hide the palette', zh: '显示或隐藏节点库' },
    group: 'view',
    shortcuts: [],
    enabled: always,
    run: () => view().toggle('palette'),
  },
  {
    id: 'toggleSettings',
    label: { en: 'Show or hide the settings', zh: '显示或隐藏设置' },
    group: 'view',
    shortcuts: [],
    enabled: always,
    run: () => view().toggle('inspector'),
  },
  {
    id: 'toggleData',
    label: { en: 'Show or hide the data', zh: '显示或隐藏数据' },
    group: 'view',
    shortcuts: [],
    enabled: always,
    run: () => view().toggle('data'),
  },
  {
    id: 'run',
    label: { en: 'Run now', zh: '立即运行' },
    group: 'flow',
    shortcuts: [{ key: 'enter', mod: true }],
    needs: needs.idle,
    enabled() {
      const { status } = useRun.getState()
      return doc().flow.nodes.length > 0 && status !== 'queued' && status !== 'running'
    },
    run: (target) => target.run(),
  },
  {
    id: 'publish',
    label: { en: 'Publish', zh: '发布' },
    group: 'flow',
    shortcuts: [],
    needs: needs.nodes,
    enabled: () => doc().flow.nodes.length > 0,
    run: (target) => target.publish(),
  },
  {
    id: 'parameters',
    label: { en: 'Flow parameters', zh: '流程参数' },
    group: 'flow',
    shortcuts: [],
    enabled: always,
    run: () => view().show('parameters'),
  },
  {
    id: 'commands',
    label: { en: 'All commands', zh: '所有命令' },
    group: 'view',
    shortcuts: [{ key: 'k', mod: true }],
    enabled: always,
    run: () => view().show('commands'),
  },
  {
    id: 'help',
    label: { en: 'Keyboard shortcuts', zh: '键盘快捷键' },
    group: 'view',
    shortcuts: [{ key: '?', shift: true }],
    enabled: always,
    run: () => view().show('help'),
  },
] as const satisfies readonly Command[]

export type CommandId = (typeof commands)[number]['id']

export function command(id: CommandId): Command {
  const found = commands.find((item) => item.id === id)
  if (!found) throw new TypeError(`no command ${id}`)
  return found
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/** The command that a key stands for. Characters such as `+` and `?` need Shift on some keyboards only. */
export function commandFor(pressed: Pressed): Command | undefined {
  if (pressed.altKey) return undefined
  const key = pressed.key.toLowerCase()
  const isSign = key.length === 1 && !/[a-z0-9]/.test(key)
  return commands.find((item: Command) =>
    item.shortcuts.some(
      (shortcut) =>
        shortcut.key === key &&
        (shortcut.mod ?? false) === (pressed.ctrlKey || pressed.metaKey) &&
        (isSign || (shortcut.shift ?? false) === pressed.shiftKey),
    ),
  )
}

const keyNames: Readonly<Record<string, string>> = { delete: 'Del', backspace: '⌫', enter: '↵', tab: 'Tab' }

/** A shortcut as it is printed on the keys: `Ctrl+Shift+Z`, `⌘⇧Z`. */
export function shortcutText({ key, mod, shift }: Shortcut, isMac: boolean): string {
  const name = keyNames[key] ?? (key.length === 1 || key.startsWith('f') ? key.toUpperCase() : key)
  const parts = [mod && (isMac ? '⌘' : 'Ctrl'), shift && (isMac ? '⇧' : 'Shift'), name].filter((part) => part)
  return parts.join(isMac ? '' : '+')
}
