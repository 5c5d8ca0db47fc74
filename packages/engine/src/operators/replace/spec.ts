import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const pair = z.strictObject({
  from: field(z.string(), { widget: 'text', label: { en: 'Find', zh: '查找' } }),
  to: field(z.string().default(''), { widget: 'text', label: { en: 'Replace with', zh: '替换为' } }),
})

const settings = z.strictObject({
  columns: field(z.array(z.string().min(1)).default([]), {
    widget: 'columns',
    label: { en: 'In the columns', zh: '作用列' },
  }),
  match: field(z.enum(['whole', 'part', 'pattern']).default('whole'), {
    widget: 'select',
    options: [
      { value: 'whole', label: { en: 'The whole value', zh: '整个值' } },
      { value: 'part', label: { en: 'A part of it', zh: '部分文本' } },
      { value: 'pattern', label: { en: 'A pattern', zh: '正则表达式' } },
    ],
    label: { en: 'Find', zh: '匹配方式' },
  }),
  values: field(z.array(pair).default([]), {
    widget: 'rows',
    add: { en: 'Add value', zh: '添加对照' },
    label: { en: 'Values', zh: '替换对照' },
    help: { en: 'From top to bottom.', zh: '自上而下依次替换。' },
  }),
})

const columns = { source: 'VARCHAR', n: 'BIGINT' }

export const replaceSpec = {
  kind: 'replace',
  category: 'clean',
  label: { en: 'Replace values', zh: '替换值' },
  summary: {
    en: 'Replaces values by a table of what to find and what to put there.',
    zh: '按对照表替换值。',
  },
  icon: 'IconReplace',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.preserve,
  provenance: 'keep',
  describe: ({ values }) => {
    const text = values.map(({ from, to }) => `${from} → ${to}`).join(', ')
    return { en: text || 'nothing yet', zh: text || '尚未设置' }
  },
  examples: [
    {
      title: { en: 'Names of channels', zh: '渠道名称' },
      settings: {
        columns: ['source'],
        values: [
          { from: '网络推广', to: 'online' },
          { from: '展会', to: 'fair' },
        ],
      },
      inputs: {
        in: {
          columns,
          rows: [
            ['网络推广', '1'],
            ['电话', '2'],
            [null, '3'],
          ],
        },
      },
      outputs: {
        out: {
          columns,
          rows: [
            ['online', '1'],
            ['电话', '2'],
            [null, '3'],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
