import { z } from 'zod'
import { field, type OperatorSpec } from '../../spec/index.ts'

const settings = z.strictObject({
  keys: field(z.array(z.string().min(1)).default([]), {
    widget: 'columns',
    input: 'new',
    label: { en: 'Rows belong together by', zh: '按以下列对应' },
    help: {
      en: 'Columns that both inputs have and that tell rows apart.',
      zh: '两个输入都有、且能区分各行的列。',
    },
  }),
  columns: field(z.array(z.string().min(1)).default([]), {
    widget: 'columns',
    input: 'new',
    label: { en: 'Compare', zh: '比较的列' },
    help: { en: 'None: all columns that both inputs have.', zh: '不选则比较两侧共有的所有列。' },
  }),
})

const columns = { id: 'BIGINT', name: 'VARCHAR' }
const changedColumns = { ...columns, changed_columns: 'VARCHAR' }

export const compareSpec = {
  kind: 'compare',
  category: 'combine',
  label: { en: 'Compare', zh: '比较' },
  summary: {
    en: 'Tells the rows of two inputs apart: added, changed (and in which columns), removed, same.',
    zh: '比较两个输入：新增、变更（及变更列）、删除、相同。',
  },
  icon: 'IconGitCompare',
  settings,
  inputs: [
    { name: 'old', label: { en: 'Before', zh: '之前' } },
    { name: 'new', label: { en: 'After', zh: '之后' } },
  ],
  outputs: [
    { name: 'added', label: { en: 'Added', zh: '新增' } },
    { name: 'changed', label: { en: 'Changed', zh: '变更' } },
    { name: 'removed', label: { en: 'Removed', zh: '删除' } },
    { name: 'same', label: { en: 'Same', zh: '相同' } },
  ],
  law: { left: ['in:new', 'in:old'], right: ['out', 'matched', 'repeated'] },
  provenance: 'end',
  describe: ({ keys }) =>
    keys.length === 0
      ? { en: 'nothing yet', zh: '尚未设置' }
      : { en: `by ${keys.join(', ')}`, zh: `按 ${keys.join('、')}` },
  examples: [
    {
      title: { en: 'What changed since yesterday', zh: '与昨天相比的变化' },
      settings: { keys: ['id'] },
      inputs: {
        old: {
          columns,
          rows: [
            ['1', 'Ana'],
            ['2', '李雷'],
            ['3', 'Bo'],
          ],
        },
        new: {
          columns,
          rows: [
            ['2', '李雷'],
            ['3', 'Beau'],
            ['4', null],
          ],
        },
      },
      outputs: {
        added: { columns, rows: [['4', null]] },
        changed: { columns: changedColumns, rows: [['3', 'Beau', 'name']] },
        removed: { columns, rows: [['1', 'Ana']] },
        same: { columns, rows: [['2', '李雷']] },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
