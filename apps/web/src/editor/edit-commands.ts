import type { Label } from '@millrace/engine'
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react'
import { copyText, pasting, writeClipboard } from './clipboard.ts'
import {
  always,
  type Command,
  type CommandTarget,
  doc,
  hasNodes,
  hasSelection,
  needs,
  view,
} from './command.ts'

const hasCopyable = () => hasNodes() || view().notes.length > 0
const copied = () => copyText(doc().flow, new Set(view().nodes), new Set(view().notes))
const copy = () => writeClipboard(copied())
const removeSelected = () => {
  doc().remove(view().nodes, [...view().edges, ...view().notes])
  view().select([])
}

/** Adds what a text from the clipboard holds and selects it. */
function take(text: string, label: Label, target: CommandTarget): void {
  const found = pasting(doc().flow, text, label)
  if (!found) {
    target.refuse(needs.clip)
    return
  }
  doc().make(found.change)
  view().select(found.nodes, [], found.notes)
  target.reveal([...found.nodes, ...found.notes.map((id) => `note:${id}`)])
}

export const editCommands = [
  {
    id: 'undo',
    label: { en: 'Undo', zh: '撤销' },
    group: 'edit',
    shortcuts: [{ key: 'z', mod: true }],
    tool: IconArrowBackUp,
    needs: needs.done,
    about: () => doc().done.at(-1)?.label,
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
    tool: IconArrowForwardUp,
    needs: needs.undone,
    about: () => doc().undone.at(-1)?.label,
    enabled: () => doc().undone.length > 0,
    run: () => doc().redo(),
  },
  {
    id: 'selectAll',
    label: { en: 'Select all', zh: '全选' },
    group: 'edit',
    shortcuts: [{ key: 'a', mod: true }],
    keys: 'canvas',
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
    keys: 'canvas',
    menus: ['node', 'nodes', 'note'],
    needs: needs.copyable,
    enabled: hasCopyable,
    run: copy,
  },
  {
    id: 'cut',
    label: { en: 'Cut', zh: '剪切' },
    group: 'edit',
    shortcuts: [{ key: 'x', mod: true }],
    keys: 'canvas',
    menus: ['node', 'nodes', 'note'],
    needs: needs.copyable,
    enabled: hasCopyable,
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
    run: async (target) => take(await target.readClipboard(), { en: 'Paste', zh: '粘贴' }, target),
  },
  {
    id: 'duplicate',
    label: { en: 'Duplicate', zh: '复制一份' },
    group: 'edit',
    shortcuts: [{ key: 'd', mod: true, shift: true }],
    menus: ['node', 'nodes', 'note'],
    needs: needs.copyable,
    enabled: hasCopyable,
    run: (target) => take(copied(), { en: 'Duplicate', zh: '复制一份' }, target),
  },
  {
    id: 'delete',
    label: { en: 'Delete', zh: '删除' },
    group: 'edit',
    shortcuts: [{ key: 'delete' }, { key: 'backspace' }],
    keys: 'canvas',
    menus: ['node', 'nodes', 'edge', 'note'],
    needs: needs.something,
    enabled: hasSelection,
    run: removeSelected,
  },
] as const satisfies readonly Command[]
