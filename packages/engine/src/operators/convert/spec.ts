import { z } from 'zod'
import { typeName } from '../../model/column.ts'
import {
  field,
  inPort,
  laws,
  type OperatorSpec,
  outPort,
  rejectsPort,
  timeFormats,
} from '../../spec/index.ts'

const numbers = (...others: string[]) => ({ field: 'type', is: ['integer', 'decimal', 'float', ...others] })

const code = z.strictObject({
  from: field(z.string(), { widget: 'text', label: { en: 'From', zh: '原值' } }),
  to: field(z.string(), { widget: 'text', label: { en: 'To', zh: '新值' } }),
})

const conversion = z.strictObject({
  column: field(z.string().min(1), { widget: 'column', label: { en: 'Column', zh: '列' } }),
  codes: field(z.array(code).default([]), {
    widget: 'rows',
    add: { en: 'Add code', zh: '添加编码' },
    label: { en: 'Code list', zh: '编码对照' },
    help: { en: 'Values to replace before anything else.', zh: '在其他转换之前先按对照替换。' },
    advanced: true,
  }),
  unlisted: field(z.enum(['keep', 'reject', 'empty']).default('keep'), {
    widget: 'select',
    options: [
      { value: 'keep', label: { en: 'Keep', zh: '保留' } },
      { value: 'reject', label: { en: 'Reject the row', zh: '拒绝该行' } },
      { value: 'empty', label: { en: 'Make it missing', zh: '置为缺失' } },
    ],
    label: { en: 'Values not in the list', zh: '不在对照中的值' },
    advanced: true,
    when: { field: 'codes', is: [true] },
  }),
  type: field(typeName.default('VARCHAR'), { widget: 'type', label: { en: 'Type', zh: '类型' } }),
  strip: field(z.string().default(''), {
    widget: 'text',
    placeholder: '￥¥$€%, ',
    label: { en: 'Leave out these characters', zh: '去除这些字符' },
    help: {
      en: 'Currency signs, percent signs and thousands separators, e.g. ￥¥,',
      zh: '货币符号、百分号和千位分隔符，例如 ￥¥,',
    },
    when: numbers('text'),
  }),
  formats: field(z.array(z.string().min(1)).default([]), {
    widget: 'texts',
    offered: timeFormats,
    label: { en: 'Formats, tried in order', zh: '格式（依次尝试）' },
    help: {
      en: 'How dates are written, e.g. %d/%m/%Y or %Y年%m月%d日; for a date that becomes a text, how to write it.',
      zh: '日期的写法，例如 %d/%m/%Y 或 %Y年%m月%d日；日期转为文本时表示输出格式。',
    },
    when: { field: 'type', is: ['date', 'time', 'timestamp', 'text'] },
  }),
  decimalComma: field(z.boolean().default(false), {
    widget: 'switch',
    label: { en: 'Decimal comma', zh: '小数逗号' },
    advanced: true,
    when: numbers(),
  }),
  factor: field(z.number().positive().default(1), {
    widget: 'number',
    min: 0,
    label: { en: 'Times', zh: '乘以' },
    help: {
      en: 'A factor for units and currencies, e.g. 7.1 or 0.001.',
      zh: '单位或货币换算系数，例如 7.1 或 0.001。',
    },
    advanced: true,
    when: numbers(),
  }),
  name: field(z.string().default(''), {
    widget: 'text',
    makesColumn: { fallback: 'column' },
    label: { en: 'New name', zh: '新列名' },
    help: { en: 'Empty: as before.', zh: '留空则不变。' },
    advanced: true,
  }),
})
export type ColumnConversion = z.infer<typeof conversion>

const settings = z.strictObject({
  columns: field(z.array(conversion).default([]), {
    widget: 'rows',
    add: { en: 'Convert a column', zh: '转换一列' },
    label: { en: 'Conversions', zh: '转换' },
  }),
})

export const convertSpec = {
  kind: 'convert',
  category: 'clean',
  label: { en: 'Convert', zh: '转换' },
  summary: {
    en: 'Changes types, date and number formats, units, currencies and codes; what does not fit is rejected.',
    zh: '转换类型、日期与数字格式、单位、货币和编码，无法转换的进入拒绝行。',
  },
  icon: 'IconTransform',
  settings,
  inputs: [inPort],
  outputs: [outPort, rejectsPort],
  law: laws.convert,
  provenance: 'keep',
  describe: ({ columns }) => {
    const text = columns.map(({ column, type }) => `${column} → ${type}`).join(', ')
    return { en: text || 'nothing yet', zh: text || '尚未设置' }
  },
  examples: [
    {
      title: { en: 'Amounts and dates', zh: '金额与日期' },
      settings: {
        columns: [
          { column: 'amount', type: 'DECIMAL(18,2)', strip: '¥,', factor: 0.14, name: 'usd' },
          { column: 'day', type: 'DATE', formats: ['%Y-%m-%d', '%d/%m/%Y'] },
          { column: 'qty', type: 'BIGINT' },
        ],
      },
      inputs: {
        in: {
          columns: { amount: 'VARCHAR', day: 'VARCHAR', qty: 'VARCHAR' },
          rows: [
            ['¥1,000.00', '2026-03-01', '3'],
            ['20', '31/12/2025', null],
            ['20', '31/13/2025', '12.7'],
          ],
        },
      },
      outputs: {
        out: {
          columns: { usd: 'DECIMAL(18,2)', day: 'DATE', qty: 'BIGINT' },
          rows: [
            ['140.00', '2026-03-01', '3'],
            ['2.80', '2025-12-31', null],
          ],
        },
        rejects: {
          columns: {
            amount: 'VARCHAR',
            day: 'VARCHAR',
            qty: 'VARCHAR',
            reject_column: 'VARCHAR',
            reject_value: 'VARCHAR',
            reject_reason: 'VARCHAR',
          },
          rows: [
            [
              '20',
              '31/13/2025',
              '12.7',
              'day; qty',
              '31/13/2025; 12.7',
              '“31/13/2025” is not a date; “12.7” is not a whole number',
            ],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
