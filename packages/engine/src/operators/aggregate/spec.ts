import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const measure = z.strictObject({
  name: field(z.string().min(1), {
    widget: 'text',
    makesColumn: {},
    label: { en: 'New column', zh: '新列名' },
  }),
  how: field(
    z
      .enum([
        'count',
        'countDistinct',
        'sum',
        'average',
        'minimum',
        'maximum',
        'median',
        'deviation',
        'first',
        'last',
        'text',
      ])
      .default('count'),
    {
      widget: 'select',
      options: [
        { value: 'count', label: { en: 'Count', zh: '计数' } },
        { value: 'countDistinct', label: { en: 'Count different', zh: '去重计数' } },
        { value: 'sum', label: { en: 'Sum', zh: '求和' } },
        { value: 'average', label: { en: 'Average', zh: '平均值' } },
        { value: 'minimum', label: { en: 'Smallest', zh: '最小值' } },
        { value: 'maximum', label: { en: 'Largest', zh: '最大值' } },
        { value: 'median', label: { en: 'Median', zh: '中位数' } },
        { value: 'deviation', label: { en: 'Standard deviation', zh: '标准差' } },
        { value: 'first', label: { en: 'First', zh: '首个值' } },
        { value: 'last', label: { en: 'Last', zh: '末个值' } },
        { value: 'text', label: { en: 'Joined as text', zh: '连接为文本' } },
      ],
      label: { en: 'Calculate', zh: '计算' },
    },
  ),
  column: field(z.string().default(''), {
    widget: 'column',
    label: { en: 'Of', zh: '列' },
    help: {
      en: 'For Count: none counts rows, a column its values.',
      zh: '计数时不选列则统计行数，选列则统计非空值。',
    },
  }),
})
export type Measure = z.infer<typeof measure>

const settings = z.strictObject({
  groups: field(z.array(z.string().min(1)).default([]), {
    widget: 'columns',
    label: { en: 'For each', zh: '分组列' },
    help: { en: 'None: one row over everything.', zh: '不选则汇总为一行。' },
  }),
  measures: field(z.array(measure).default([]), {
    widget: 'rows',
    add: { en: 'Add figure', zh: '添加指标' },
    label: { en: 'Figures', zh: '指标' },
  }),
})

export const aggregateSpec = {
  kind: 'aggregate',
  category: 'summarise',
  label: { en: 'Aggregate', zh: '汇总' },
  summary: { en: 'Groups rows and calculates figures for each group.', zh: '对行分组并计算各组指标。' },
  icon: 'IconSum',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.merge,
  provenance: 'end',
  describe: ({ groups, measures }) => {
    const text = `${measures.map(({ name }) => name).join(', ')}${groups.length > 0 ? ` / ${groups.join(', ')}` : ''}`
    return { en: text || 'nothing yet', zh: text || '尚未设置' }
  },
  examples: [
    {
      title: { en: 'Turnover by city', zh: '各城市销售额' },
      settings: {
        groups: ['city'],
        measures: [
          { name: 'orders', how: 'count' },
          { name: 'total', how: 'sum', column: 'amount' },
        ],
      },
      inputs: {
        in: {
          columns: { city: 'VARCHAR', amount: 'BIGINT' },
          rows: [
            ['北京', '5'],
            ['Bern', '1'],
            ['北京', '7'],
            ['Bern', null],
          ],
        },
      },
      outputs: {
        out: {
          columns: { city: 'VARCHAR', orders: 'BIGINT', total: 'DECIMAL(38,0)' },
          rows: [
            ['Bern', '2', '1'],
            ['北京', '2', '12'],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
