import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const filling = z.strictObject({
  column: field(z.string().min(1), { widget: 'column', label: { en: 'Column', zh: '列' } }),
  with: field(z.enum(['value', 'column', 'previous', 'mean', 'median', 'mode']).default('value'), {
    widget: 'select',
    options: [
      { value: 'value', label: { en: 'a value', zh: '固定值' } },
      { value: 'column', label: { en: 'another column', zh: '另一列' } },
      { value: 'previous', label: { en: 'the row before', zh: '上一行' } },
      { value: 'mean', label: { en: 'the mean', zh: '平均值' } },
      { value: 'median', label: { en: 'the median', zh: '中位数' } },
      { value: 'mode', label: { en: 'the most frequent value', zh: '出现最多的值' } },
    ],
    label: { en: 'Fill with', zh: '填充为' },
  }),
  value: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'Value', zh: '值' },
    when: { field: 'with', is: ['value'] },
  }),
  other: field(z.string().default(''), {
    widget: 'column',
    label: { en: 'Other column', zh: '另一列' },
    when: { field: 'with', is: ['column'] },
  }),
})
export type Filling = z.infer<typeof filling>

const settings = z.strictObject({
  columns: field(z.array(filling).default([]), {
    widget: 'rows',
    add: { en: 'Fill a column', zh: '填充一列' },
    label: { en: 'Missing values', zh: '缺失值' },
  }),
  blank: field(z.boolean().default(true), {
    widget: 'switch',
    label: { en: 'Blank texts are missing too', zh: '空白文本也视为缺失' },
  }),
})

const columns = { city: 'VARCHAR', score: 'DOUBLE' }

export const fillSpec = {
  kind: 'fill',
  category: 'clean',
  label: { en: 'Fill missing', zh: '填充缺失值' },
  summary: { en: 'Puts something in the place of missing values.', zh: '为缺失值填入内容。' },
  icon: 'IconDropletHalf2',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.preserve,
  provenance: 'keep',
  describe: ({ columns: filled }) => {
    const text = filled.map(({ column }) => column).join(', ')
    return { en: text || 'nothing yet', zh: text || '尚未设置' }
  },
  examples: [
    {
      title: { en: 'City from above, score by the mean', zh: '城市取上一行，分数取平均' },
      settings: {
        columns: [
          { column: 'city', with: 'previous' },
          { column: 'score', with: 'mean' },
        ],
      },
      inputs: {
        in: {
          columns,
          rows: [
            ['北京', '1'],
            [' ', null],
            ['Zürich', '3'],
          ],
        },
      },
      outputs: {
        out: {
          columns,
          rows: [
            ['北京', '1.0'],
            ['北京', '2.0'],
            ['Zürich', '3.0'],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
