import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const settings = z.strictObject({
  columns: field(z.array(z.string().min(1)).default([]), {
    widget: 'columns',
    label: { en: 'Columns that become rows', zh: '转为行的列' },
  }),
  name: field(z.string().min(1).default('name'), {
    widget: 'text',
    makesColumn: {},
    label: { en: 'Column for the names', zh: '名称列' },
  }),
  value: field(z.string().min(1).default('value'), {
    widget: 'text',
    makesColumn: {},
    label: { en: 'Column for the values', zh: '值列' },
  }),
})

export const unpivotSpec = {
  kind: 'unpivot',
  category: 'shape',
  label: { en: 'Unpivot', zh: '逆透视' },
  summary: { en: 'Turns columns into rows of a name and a value.', zh: '将多列转为“名称—值”行。' },
  icon: 'IconTableMinus',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.expand,
  provenance: 'keep',
  describe: ({ columns }) => ({
    en: columns.join(', ') || 'nothing yet',
    zh: columns.join('、') || '尚未设置',
  }),
  examples: [
    {
      title: { en: 'Months below each other', zh: '月份转为行' },
      settings: { columns: ['jan', 'feb'], name: 'month', value: 'amount' },
      inputs: {
        in: { columns: { city: 'VARCHAR', jan: 'BIGINT', feb: 'BIGINT' }, rows: [['Bern', '1', null]] },
      },
      outputs: {
        out: {
          columns: { city: 'VARCHAR', month: 'VARCHAR', amount: 'BIGINT' },
          rows: [
            ['Bern', 'jan', '1'],
            ['Bern', 'feb', null],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
