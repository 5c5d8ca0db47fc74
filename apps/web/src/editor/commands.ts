import type { Label } from '@millrace/engine'
import { copyText, readClipboard, writeClipboard } from './clipboard.ts'
import { useDocument } from './document-store.ts'
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
  run(): void | Promise<void>
  publish(): void | Promise<void>
}

/** A key: `mod` is Ctrl, or Cmd on a Mac. `key` as `KeyboardEvent.key`, lower case. */
export interface Shortcut {
  readonly key: string
  readonly mod?: boolean
  readonly shift?: boolean
}

export interface Command {
  readonly id: string
  readonly label: Label
  readonly group: 'edit' | 'view' | 'flow'
  readonly shortcuts: readonly Shortcut[]
  enabled(): boolean
  run(target: CommandTarget): void | Promise<void>
}

const always = () => true
const view = () => useView.getState()
const doc = () => useDocument.getState()
const hasNodes = () => view().nodes.length > 0
const hasSelection = () => hasNodes() || view().edges.length > 0

const copy = () => writeClipboard(copyText(doc().flow, new Set(view().nodes)))
const removeSelected = () => {
  doc().remove(view().nodes, view().edges)
  view().select([])
}

/** Every action of the editor, once: toolbar, menus, palette, keys and help all read this list. */
export const commands = [
  {
    id: 'undo',
    label: { en: 'Undo', zh: '撤销' },
    group: 'edit',
    shortcuts: [{ key: 'z', mod: true }],
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
    enabled: () => doc().undone.length > 0,
    run: () => doc().redo(),
  },
  {
    id: 'selectAll',
    label: { en: 'Select all', zh: '全选' },
    group: 'edit',
    shortcuts: [{ key: 'a', mod: true }],
    enabled: () => doc().flow.nodes.length > 0,
    run: () => view().select(doc().flow.nodes.map((node) => node.id)),
  },
  {
    id: 'copy',
    label: { en: 'Copy', zh: '复制' },
    group: 'edit',
    shortcuts: [{ key: 'c', mod: true }],
    enabled: hasNodes,
    run: copy,
  },
  {
    id: 'cut',
    label: { en: 'Cut', zh: '剪切' },
    group: 'edit',
    shortcuts: [{ key: 'x', mod: true }],
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
    enabled: hasSelection,
    run: removeSelected,
  },
  {
    id: 'rename',
    label: { en: 'Rename', zh: '重命名' },
    group: 'edit',
    shortcuts: [{ key: 'f2' }],
    enabled: () => view().nodes.length === 1,
    run: () => view().rename(view().nodes[0] ?? null),
  },
  {
    id: 'disable',
    label: { en: 'Disable or enable', zh: '停用或启用' },
    group: 'edit',
    shortcuts: [{ key: 'd' }],
    enabled: hasNodes,
    run: () => doc().toggleDisabled(view().nodes),
  },
  {
    id: 'add',
    label: { en: 'Add a node', zh: '添加节点' },
    group: 'edit',
    shortcuts: [{ key: '/' }, { key: 'tab' }],
    enabled: always,
    run() {
      const { nodes, show } = view()
      const only = nodes.length === 1 ? nodes[0] : undefined
      show('add', only === undefined ? null : { node: only, port: '' })
    },
  },
  {
    id: 'arrange',
    label: { en: 'Tidy up', zh: '自动布局' },
    group: 'view',
    shortcuts: [{ key: 'l', mod: true, shift: true }],
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
