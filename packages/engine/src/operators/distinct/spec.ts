import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const settings = z.strictObject({
  keys: field(z.array(z.string().min(1)).default([]), {
    widget: 'columns',
    label: { en: 'Rows are the same when these are', zh: '以下列相同即视为重复' },
    help: { en: 'None: all columns.', zh: '不选则比较所有列。' },
  }),
  keep: field(z.enum(['first', 'last']).default('first'), {
    widget: 'select',
    options: [
      { value: 'first', label: { en: 'The first', zh: '第一行' } },
      { value: 'last', label: { en: 'The last', zh: '最后一行' } },
    ],
    label: { en: 'Keep', zh: '保留' },
  }),
  order: field(z.string().default(''), {
    widget: 'column',
    label: { en: 'In the order of', zh: '排序依据' },
    help: { en: 'None: as the rows come.', zh: '不选则按数据到达顺序。' },
  }),
})

const columns = { id: 'BIGINT', name: 'VARCHAR', changed: 'DATE' }

export const distinctSpec = {
  kind: 'distinct',
  category: 'clean',
  label: { en: 'Remove duplicates', zh: '去重' },
  summary: {
    en: 'Keeps one row of each set of duplicates and counts the others.',
    zh: '每组重复行只保留一行，并统计其余行数。',
  },
  icon: 'IconCopyMinus',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.distinct,
  provenance: 'keep',
  describe: ({ keys }) => ({
    en: keys.length > 0 ? `by ${keys.join(', ')}` : 'by all columns',
    zh: keys.length > 0 ? `按 ${keys.join('、')}` : '按所有列',
  }),
  examples: [
    {
      title: { en: 'Newest record of each customer', zh: '每个客户的最新记录' },
      settings: { keys: ['id'], keep: 'last', order: 'changed' },
      inputs: {
        in: {
          columns,
          rows: [
            ['1', 'Ana', '2026-01-05'],
            ['2', '李雷', '2026-01-01'],
            ['1', 'Anna', '2026-01-02'],
          ],
        },
      },
      outputs: {
        out: {
          columns,
          rows: [
            ['1', 'Ana', '2026-01-05'],
            ['2', '李雷', '2026-01-01'],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
