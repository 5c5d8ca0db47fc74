import { always, type Command, chosenEdge, chosenGroup, doc, hasNodes, needs, view } from './command.ts'
import { grouping, newNote, ungrouping } from './marks.ts'

export const graphCommands = [
  {
    id: 'add',
    label: { en: 'Add a node', zh: '添加节点' },
    group: 'graph',
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
    id: 'insert',
    label: { en: 'Insert a node here…', zh: '在此插入节点…' },
    group: 'graph',
    shortcuts: [{ key: 'i' }],
    menus: ['edge'],
    needs: needs.edge,
    enabled: () => chosenEdge() !== undefined,
    run: () => view().show('add', null, chosenEdge() ?? null),
  },
  {
    id: 'note',
    label: { en: 'Add a note', zh: '添加便签' },
    group: 'graph',
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
    id: 'rename',
    label: { en: 'Rename', zh: '重命名' },
    group: 'graph',
    shortcuts: [{ key: 'f2' }],
    menus: ['node'],
    needs: needs.oneNode,
    enabled: () => view().nodes.length === 1,
    run: () => view().rename(view().nodes[0] ?? null),
  },
  {
    id: 'disable',
    label: { en: 'Disable or enable', zh: '停用或启用' },
    group: 'graph',
    shortcuts: [{ key: 'd' }],
    menus: ['node', 'nodes'],
    needs: needs.node,
    enabled: hasNodes,
    run: () => doc().toggleDisabled(view().nodes),
  },
  {
    id: 'replace',
    label: { en: 'Replace by another kind…', zh: '替换为其他类型…' },
    group: 'graph',
    shortcuts: [{ key: 'r' }],
    menus: ['node'],
    needs: needs.oneNode,
    enabled: () => view().nodes.length === 1,
    run: () => view().show('replace'),
  },
  {
    id: 'color',
    label: { en: 'Colour…', zh: '颜色…' },
    group: 'graph',
    shortcuts: [{ key: 'c' }],
    menus: ['node', 'nodes', 'note'],
    needs: needs.something,
    enabled: () => hasNodes() || view().notes.length > 0,
    run: () => view().show('color'),
  },
  {
    id: 'group',
    label: { en: 'Group', zh: '分组' },
    group: 'graph',
    shortcuts: [{ key: 'g', mod: true }],
    menus: ['node', 'nodes'],
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
    group: 'graph',
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
    group: 'graph',
    shortcuts: [{ key: 'g', mod: true, shift: true }],
    menus: ['node', 'nodes'],
    needs: needs.group,
    enabled: () => chosenGroup() !== undefined,
    run() {
      const group = chosenGroup()
      if (group) doc().make(ungrouping(doc().flow, group))
    },
  },
] as const satisfies readonly Command[]
