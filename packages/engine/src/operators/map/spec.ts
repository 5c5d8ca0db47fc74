import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const mapped = z.strictObject({
  name: field(z.string().min(1), {
    widget: 'text',
    makesColumn: {},
    label: { en: 'New column', zh: '新列名' },
  }),
  expression: field(z.string().min(1), {
    widget: 'expression',
    label: { en: 'Value', zh: '取值' },
    help: { en: 'A column or a calculation, e.g. upper("name")', zh: '列名或计算表达式，例如 upper("name")' },
  }),
})

const settings = z.strictObject({
  columns: field(z.array(mapped).default([]), {
    widget: 'rows',
    add: { en: 'Add column', zh: '添加列' },
    label: { en: 'Columns', zh: '列' },
  }),
  others: field(z.enum(['drop', 'keep']).default('drop'), {
    widget: 'select',
    options: [
      { value: 'drop', label: { en: 'Leave them out', zh: '不保留' } },
      { value: 'keep', label: { en: 'Let them through', zh: '保留' } },
    ],
    label: { en: 'All other columns', zh: '其余列' },
  }),
})

export const mapSpec = {
  kind: 'map',
  category: 'shape',
  label: { en: 'Map', zh: '映射' },
  summary: {
    en: 'Chooses, renames, reorders and calculates columns.',
    zh: '选择、重命名、排序并计算列。',
  },
  icon: 'IconArrowsShuffle',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.preserve,
  provenance: 'keep',
  describe: ({ columns, others }) => ({
    en: `${columns.length} ${columns.length === 1 ? 'column' : 'columns'}${others === 'keep' ? ' and all others' : ''}`,
    zh: `${columns.length} 列${others === 'keep' ? '及其余列' : ''}`,
  }),
  examples: [
    {
      title: { en: 'Rename and calculate', zh: '重命名与计算' },
      settings: {
        columns: [
          { name: '姓名', expression: '"name"' },
          { name: 'gross', expression: 'net * 1.13' },
        ],
        others: 'drop',
      },
      inputs: {
        in: {
          columns: { name: 'VARCHAR', net: 'DOUBLE' },
          rows: [
            ['李雷', '100'],
            ['Zoë', null],
          ],
        },
      },
      outputs: {
        out: {
          columns: { 姓名: 'VARCHAR', gross: 'DOUBLE' },
          rows: [
            ['李雷', '112.99999999999999'],
            ['Zoë', null],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
