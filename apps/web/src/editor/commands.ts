import { focusArea } from './areas.ts'
import { arrangeCommands } from './arrange-commands.ts'
import { useSaving } from './autosave.ts'
import { columnCommands } from './column-commands.ts'
import { always, type Command, doc, needs, type Shortcut, view } from './command.ts'
import { editCommands } from './edit-commands.ts'
import { downloadFlow } from './flow-export.ts'
import { graphCommands } from './graph-commands.ts'
import { useRun } from './run-store.ts'
import { cancelRun } from './running.ts'

export { type Command, type CommandTarget, commandGroups, type MenuKind, type Shortcut } from './command.ts'

/** Smaller flows show no overview: they are in view themselves. */
export const minimapFrom = 9

const isRunning = () => ['queued', 'running'].includes(useRun.getState().status ?? '')

/** Every action of the editor, once: toolbar, menus, palette, keys and help all read this list. */
export const commands = [
  ...editCommands,
  ...graphCommands,
  ...columnCommands,
  ...arrangeCommands,
  {
    id: 'fit',
    label: { en: 'Fit to screen', zh: '适应窗口' },
    group: 'view',
    shortcuts: [{ key: '1' }],
    menus: ['canvas', 'more'],
    enabled: always,
    run: (target) => target.fit(),
  },
  {
    id: 'actualSize',
    label: { en: 'Zoom to 100%', zh: '缩放至 100%' },
    group: 'view',
    shortcuts: [{ key: '0' }],
    menus: ['more'],
    enabled: always,
    run: (target) => target.zoomTo(1),
  },
  {
    id: 'zoomIn',
    label: { en: 'Zoom in', zh: '放大' },
    group: 'view',
    shortcuts: [{ key: '+' }, { key: '=' }],
    menus: ['more'],
    enabled: always,
    run: (target) => target.zoomIn(),
  },
  {
    id: 'zoomOut',
    label: { en: 'Zoom out', zh: '缩小' },
    group: 'view',
    shortcuts: [{ key: '-' }],
    menus: ['more'],
    enabled: always,
    run: (target) => target.zoomOut(),
  },
  {
    id: 'nextArea',
    label: { en: 'Go to the next area', zh: '转到下一个区域' },
    group: 'view',
    shortcuts: [{ key: 'f6' }],
    keys: 'fields',
    enabled: always,
    run: () => focusArea(1),
  },
  {
    id: 'previousArea',
    label: { en: 'Go to the area before', zh: '转到上一个区域' },
    group: 'view',
    shortcuts: [{ key: 'f6', shift: true }],
    keys: 'fields',
    enabled: always,
    run: () => focusArea(-1),
  },
  {
    id: 'find',
    label: { en: 'Find in this flow', zh: '在流程中查找' },
    group: 'view',
    shortcuts: [{ key: 'f', mod: true }],
    menus: ['canvas', 'more'],
    needs: needs.nodes,
    enabled: () => doc().flow.nodes.length > 0,
    run: () => view().show('find'),
  },
  {
    id: 'toggleMinimap',
    label: { en: 'Show or hide the overview', zh: '显示或隐藏缩略图' },
    group: 'view',
    shortcuts: [{ key: 'm' }],
    menus: ['more'],
    needs: needs.manyNodes,
    enabled: () => doc().flow.nodes.length >= minimapFrom,
    run: () => view().toggle('minimap'),
  },
  {
    id: 'togglePalette',
    label: { en: 'Show or hide the palette', zh: '显示或隐藏节点库' },
    group: 'view',
    shortcuts: [],
    menus: ['more'],
    enabled: always,
    run: () => view().toggle('palette'),
  },
  {
    id: 'toggleSettings',
    label: { en: 'Show or hide the settings', zh: '显示或隐藏设置' },
    group: 'view',
    shortcuts: [],
    menus: ['more'],
    enabled: always,
    run: () => view().toggle('inspector'),
  },
  {
    id: 'toggleData',
    label: { en: 'Show or hide the data', zh: '显示或隐藏数据' },
    group: 'view',
    shortcuts: [],
    menus: ['more'],
    enabled: always,
    run: () => view().toggle('data'),
  },
  {
    id: 'run',
    label: { en: 'Run now', zh: '立即运行' },
    group: 'flow',
    shortcuts: [{ key: 'enter', mod: true }],
    keys: 'fields',
    needs: needs.idle,
    enabled: () => doc().flow.nodes.length > 0 && !isRunning(),
    run: (target) => target.run(),
  },
  {
    id: 'dryRun',
    label: { en: 'Dry run', zh: '试运行' },
    group: 'flow',
    shortcuts: [{ key: 'enter', mod: true, shift: true }],
    menus: ['more'],
    keys: 'fields',
    needs: needs.idle,
    enabled: () => doc().flow.nodes.length > 0 && !isRunning(),
    run: (target) => target.run(true),
  },
  {
    id: 'cancelRun',
    label: { en: 'Cancel run', zh: '取消运行' },
    group: 'flow',
    shortcuts: [],
    needs: needs.running,
    enabled: isRunning,
    run: cancelRun,
  },
  {
    id: 'publish',
    label: { en: 'Publish', zh: '发布' },
    group: 'flow',
    shortcuts: [],
    needs: needs.changes,
    enabled() {
      const { publishedVersion, unpublished, state } = useSaving.getState()
      const isPublished = publishedVersion !== null && !unpublished && state === 'saved'
      return doc().flow.nodes.length > 0 && !isPublished
    },
    run: (target) => target.publish(),
  },
  {
    id: 'history',
    label: { en: 'Version history', zh: '版本历史' },
    group: 'flow',
    shortcuts: [{ key: 'h' }],
    menus: ['more'],
    enabled: always,
    run: (target) => target.history(),
  },
  {
    id: 'tests',
    label: { en: 'Golden tests', zh: '黄金测试' },
    group: 'flow',
    shortcuts: [],
    menus: ['more'],
    enabled: always,
    run: (target) => target.tests(),
  },
  {
    id: 'export',
    label: { en: 'Export as a file', zh: '导出为文件' },
    group: 'flow',
    shortcuts: [],
    menus: ['more'],
    enabled: always,
    run: () => downloadFlow(doc().flow),
  },
  {
    id: 'parameters',
    label: { en: 'Flow parameters', zh: '流程参数' },
    group: 'flow',
    shortcuts: [],
    menus: ['more'],
    enabled: always,
    run: () => view().show('parameters'),
  },
  {
    id: 'commands',
    label: { en: 'All commands', zh: '所有命令' },
    group: 'view',
    shortcuts: [{ key: 'k', mod: true }],
    keys: 'fields',
    menus: ['more'],
    enabled: always,
    run: () => view().show('commands'),
  },
  {
    id: 'help',
    label: { en: 'Keyboard shortcuts', zh: '键盘快捷键' },
    group: 'view',
    shortcuts: [{ key: '?', shift: true }],
    menus: ['more'],
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

const keyNames: Readonly<Record<string, string>> = {
  delete: 'Del',
  backspace: '⌫',
  enter: '↵',
  tab: 'Tab',
  escape: 'Esc',
}

/** A shortcut as it is printed on the keys: `Ctrl+Shift+Z`, `⌘⇧Z`. */
export function shortcutText({ key, mod, shift }: Shortcut, isMac: boolean): string {
  const name = keyNames[key] ?? (key.length === 1 || key.startsWith('f') ? key.toUpperCase() : key)
  const parts = [mod && (isMac ? '⌘' : 'Ctrl'), shift && (isMac ? '⇧' : 'Shift'), name].filter((part) => part)
  return parts.join(isMac ? '' : '+')
}
