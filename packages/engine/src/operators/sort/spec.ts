import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const key = z.strictObject({
  column: field(z.string().min(1), { widget: 'column', label: { en: 'Column', zh: '列' } }),
  direction: field(z.enum(['ascending', 'descending']).default('ascending'), {
    widget: 'select',
    options: [
      { value: 'ascending', label: { en: 'Ascending', zh: '升序' } },
      { value: 'descending', label: { en: 'Descending', zh: '降序' } },
    ],
    label: { en: 'Direction', zh: '方向' },
  }),
  missing: field(z.enum(['first', 'last']).default('last'), {
    widget: 'select',
    options: [
      { value: 'first', label: { en: 'First', zh: '最前' } },
      { value: 'last', label: { en: 'Last', zh: '最后' } },
    ],
    label: { en: 'Missing values', zh: '缺失值' },
  }),
})

const settings = z.strictObject({
  keys: field(z.array(key).default([]), {
    widget: 'rows',
    add: { en: 'Add column', zh: '添加列' },
    label: { en: 'Sort by', zh: '排序依据' },
  }),
})

export const sortSpec = {
  kind: 'sort',
  category: 'shape',
  label: { en: 'Sort', zh: '排序' },
  summary: { en: 'Puts the rows in order.', zh: '对数据行排序。' },
  icon: 'IconArrowsSort',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.preserve,
  provenance: 'keep',
  describe: ({ keys }) => {
    const text = keys
      .map(({ column, direction }) => `${column} ${direction === 'ascending' ? '↑' : '↓'}`)
      .join(', ')
    return { en: text || 'nothing yet', zh: text || '尚未设置' }
  },
  examples: [
    {
      title: { en: 'Largest first', zh: '从大到小' },
      settings: { keys: [{ column: 'amount', direction: 'descending' }, { column: 'name' }] },
      inputs: {
        in: {
          columns: { name: 'VARCHAR', amount: 'BIGINT' },
          rows: [
            ['b', '1'],
            ['c', null],
            ['a', '1'],
            ['d', '9'],
          ],
        },
      },
      outputs: {
        out: {
          columns: { name: 'VARCHAR', amount: 'BIGINT' },
          rows: [
            ['d', '9'],
            ['a', '1'],
            ['b', '1'],
            ['c', null],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
