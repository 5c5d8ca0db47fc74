import { copyText, readClipboard, writeClipboard } from './clipboard.ts'
import {
  always,
  type Command,
  chosenEdge,
  chosenGroup,
  doc,
  hasNodes,
  hasSelection,
  needs,
  view,
} from './command.ts'
import { grouping, newNote, ungrouping } from './marks.ts'

const copy = () => writeClipboard(copyText(doc().flow, new Set(view().nodes)))
const removeSelected = () => {
  doc().remove(view().nodes, [...view().edges, ...view().notes])
  view().select([])
}

export const editCommands = [
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
] as const satisfies readonly Command[]
