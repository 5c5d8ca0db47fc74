import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const masking = z.strictObject({
  column: field(z.string().min(1), { widget: 'column', label: { en: 'Column', zh: '列' } }),
  how: field(z.enum(['hash', 'partial', 'remove']).default('partial'), {
    widget: 'select',
    options: [
      { value: 'partial', label: { en: 'Show a part', zh: '部分显示' } },
      { value: 'hash', label: { en: 'Hash (SHA-256)', zh: '哈希（SHA-256）' } },
      { value: 'remove', label: { en: 'Remove', zh: '清除' } },
    ],
    label: { en: 'How', zh: '方式' },
  }),
  first: field(z.number().int().nonnegative().default(3), {
    widget: 'number',
    min: 0,
    label: { en: 'First characters shown', zh: '显示前几位' },
    when: { field: 'how', is: ['partial'] },
  }),
  last: field(z.number().int().nonnegative().default(4), {
    widget: 'number',
    min: 0,
    label: { en: 'Last characters shown', zh: '显示后几位' },
    when: { field: 'how', is: ['partial'] },
  }),
  salt: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'Salt', zh: '盐值' },
    help: {
      en: 'Put before the value, so that hashes cannot be looked up; best a parameter, ${salt}.',
      zh: '加在值之前，防止哈希被反查；建议使用参数 ${salt}。',
    },
    when: { field: 'how', is: ['hash'] },
  }),
})

const settings = z.strictObject({
  columns: field(z.array(masking).default([]), {
    widget: 'rows',
    add: { en: 'Mask a column', zh: '脱敏一列' },
    label: { en: 'Columns', zh: '列' },
  }),
})

const columns = { name: 'VARCHAR', phone: 'VARCHAR', id: 'VARCHAR' }

export const maskSpec = {
  kind: 'mask',
  category: 'clean',
  label: { en: 'Mask', zh: '脱敏' },
  summary: {
    en: 'Hides personal data: shows a part, hashes or removes it.',
    zh: '隐藏个人数据：部分显示、哈希或清除。',
  },
  icon: 'IconMask',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.preserve,
  provenance: 'keep',
  describe: ({ columns: masked }) => {
    const text = masked.map(({ column }) => column).join(', ')
    return { en: text || 'nothing yet', zh: text || '尚未设置' }
  },
  examples: [
    {
      title: { en: 'Phone and id of customers', zh: '客户电话与证件号' },
      settings: { columns: [{ column: 'phone' }, { column: 'id', how: 'hash', salt: 's' }] },
      inputs: {
        in: {
          columns,
          rows: [
            ['李雷', '13912345678', '42'],
            ['Bo', '12', null],
          ],
        },
      },
      outputs: {
        out: {
          columns,
          rows: [
            ['李雷', '139****5678', 'e903fcd0a7b9e8f14bd1ad2540112430d3ab460037058c2487a0514f4c679159'],
            ['Bo', '**', null],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
