import { closePanel, useColumns } from './columns.ts'
import { type Command, needs, view } from './command.ts'

const isOne = () => view().nodes.length === 1

export const columnCommands = [
  {
    id: 'traceColumn',
    label: { en: 'Show where a column comes from…', zh: '查看某列的来源与去向…' },
    group: 'columns',
    shortcuts: [{ key: 'l' }],
    menus: ['node'],
    needs: needs.oneNode,
    enabled: isOne,
    run: () => view().show('traceColumn'),
  },
  {
    id: 'renameColumn',
    label: { en: 'Rename a column…', zh: '重命名某列…' },
    group: 'columns',
    shortcuts: [],
    menus: ['node'],
    needs: needs.oneNode,
    enabled: isOne,
    run: () => view().show('renameColumn'),
  },
  {
    id: 'removeColumn',
    label: { en: 'Remove a column…', zh: '删除某列…' },
    group: 'columns',
    shortcuts: [],
    menus: ['node'],
    needs: needs.oneNode,
    enabled: isOne,
    run: () => view().show('removeColumn'),
  },
  {
    id: 'closePanel',
    label: { en: 'Close what is shown of a column', zh: '关闭列信息面板' },
    group: 'columns',
    shortcuts: [{ key: 'escape' }],
    needs: needs.panel,
    enabled: () => useColumns.getState().panel !== null,
    run: closePanel,
  },
] as const satisfies readonly Command[]
