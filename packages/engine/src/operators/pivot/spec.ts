import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const settings = z.strictObject({
  groups: field(z.array(z.string().min(1)).default([]), {
    widget: 'columns',
    label: { en: 'One row for each', zh: '行（分组列）' },
  }),
  column: field(z.string().min(1), {
    widget: 'column',
    label: { en: 'Values that become columns', zh: '转为列的字段' },
  }),
  values: field(z.array(z.string().min(1)).default([]), {
    widget: 'texts',
    label: { en: 'These values', zh: '取值' },
    help: {
      en: 'One column each; other values are left out of the figures.',
      zh: '每个取值一列，其他取值不计入。',
    },
  }),
  how: field(z.enum(['count', 'sum', 'average', 'minimum', 'maximum']).default('count'), {
    widget: 'select',
    options: [
      { value: 'count', label: { en: 'Count', zh: '计数' } },
      { value: 'sum', label: { en: 'Sum', zh: '求和' } },
      { value: 'average', label: { en: 'Average', zh: '平均值' } },
      { value: 'minimum', label: { en: 'Smallest', zh: '最小值' } },
      { value: 'maximum', label: { en: 'Largest', zh: '最大值' } },
    ],
    label: { en: 'Calculate', zh: '计算' },
  }),
  measure: field(z.string().default(''), {
    widget: 'column',
    label: { en: 'Of', zh: '值列' },
    when: { field: 'how', is: ['sum', 'average', 'minimum', 'maximum'] },
  }),
})

export const pivotSpec = {
  kind: 'pivot',
  category: 'summarise',
  label: { en: 'Pivot', zh: '透视' },
  summary: {
    en: 'Turns values of a column into columns with a figure each.',
    zh: '将某列的取值转为多列并计算指标。',
  },
  icon: 'IconTablePlus',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.merge,
  provenance: 'end',
  describe: ({ column, values }) => ({
    en: `${column}: ${values.join(', ')}`,
    zh: `${column}：${values.join('、')}`,
  }),
  examples: [
    {
      title: { en: 'Customers by city and state', zh: '各城市客户状态' },
      settings: { groups: ['city'], column: 'state', values: ['active', 'closed'], how: 'count' },
      inputs: {
        in: {
          columns: { city: 'VARCHAR', state: 'VARCHAR' },
          rows: [
            ['Bern', 'active'],
            ['北京', 'closed'],
            ['Bern', 'active'],
          ],
        },
      },
      outputs: {
        out: {
          columns: { city: 'VARCHAR', active: 'BIGINT', closed: 'BIGINT' },
          rows: [
            ['Bern', '2', '0'],
            ['北京', '0', '1'],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
