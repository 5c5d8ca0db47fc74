import { z } from 'zod'
import { field, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const settings = z.strictObject({
  by: field(z.enum(['name', 'position']).default('name'), {
    widget: 'select',
    options: [
      { value: 'name', label: { en: 'Name', zh: '列名' } },
      { value: 'position', label: { en: 'Position', zh: '位置' } },
    ],
    label: { en: 'Columns belong together by', zh: '列的对应方式' },
    help: {
      en: 'By name, a column that an input lacks is missing there.',
      zh: '按列名时，某输入缺少的列视为缺失。',
    },
  }),
  inputColumn: field(z.string().default(''), {
    widget: 'text',
    makesColumn: {},
    label: { en: 'Column for the number of the input', zh: '输入序号列' },
    help: { en: 'Empty: none.', zh: '留空则不添加。' },
    advanced: true,
  }),
})

const columns = { id: 'BIGINT', name: 'VARCHAR' }

export const unionSpec = {
  kind: 'union',
  category: 'combine',
  label: { en: 'Union', zh: '合并' },
  summary: { en: 'Puts the rows of several inputs below each other.', zh: '将多个输入的行上下合并。' },
  icon: 'IconStack2',
  settings,
  inputs: [{ name: 'in', label: { en: 'In', zh: '输入' }, many: true }],
  outputs: [outPort],
  law: laws.preserve,
  provenance: 'end',
  describe: ({ by }) => ({ en: `by ${by}`, zh: by === 'name' ? '按列名' : '按位置' }),
  examples: [
    {
      title: { en: 'Two branches', zh: '两个分部' },
      settings: { by: 'name' },
      inputs: {
        in: { columns, rows: [['1', 'Ana']] },
        'in#2': { columns: { name: 'VARCHAR', city: 'VARCHAR' }, rows: [['李雷', '北京']] },
      },
      outputs: {
        out: {
          columns: { ...columns, city: 'VARCHAR' },
          rows: [
            ['1', 'Ana', null],
            [null, '李雷', '北京'],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
