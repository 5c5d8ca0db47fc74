import { z } from 'zod'
import { field, type OperatorSpec, outPort } from '../../spec/index.ts'

const key = z.strictObject({
  left: field(z.string().min(1), { widget: 'column', input: 'left', label: { en: 'Left', zh: '左列' } }),
  right: field(z.string().min(1), { widget: 'column', input: 'right', label: { en: 'Right', zh: '右列' } }),
})

const names = {
  inner: '内连接',
  left: '左连接',
  right: '右连接',
  full: '全连接',
  semi: '半连接',
  anti: '反连接',
} as const

const settings = z.strictObject({
  how: field(z.enum(['inner', 'left', 'right', 'full', 'anti', 'semi']).default('inner'), {
    widget: 'select',
    options: [
      { value: 'inner', label: { en: 'Inner: rows found on both sides', zh: '内连接：两侧都有的行' } },
      { value: 'left', label: { en: 'Left: every left row', zh: '左连接：保留左侧所有行' } },
      { value: 'right', label: { en: 'Right: every right row', zh: '右连接：保留右侧所有行' } },
      { value: 'full', label: { en: 'Full: every row of both', zh: '全连接：保留两侧所有行' } },
      { value: 'semi', label: { en: 'Semi: left rows that are found', zh: '半连接：左侧中能找到的行' } },
      { value: 'anti', label: { en: 'Anti: left rows that are not found', zh: '反连接：左侧中找不到的行' } },
    ],
    label: { en: 'Kind', zh: '连接方式' },
  }),
  keys: field(z.array(key).default([]), {
    widget: 'rows',
    add: { en: 'Add key', zh: '添加键' },
    label: { en: 'Where', zh: '连接键' },
  }),
  loose: field(z.boolean().default(false), {
    widget: 'switch',
    label: { en: 'Ignore case and outer spaces', zh: '忽略大小写和首尾空格' },
  }),
  suffix: field(z.string().min(1).default('_right'), {
    widget: 'text',
    label: { en: 'Suffix for right columns of the same name', zh: '右侧同名列的后缀' },
    advanced: true,
  }),
})

export const joinSpec = {
  kind: 'join',
  category: 'combine',
  label: { en: 'Join', zh: '连接' },
  summary: {
    en: 'Puts rows of two inputs side by side by key and counts those without a match.',
    zh: '按键将两个输入的行并列，并统计未匹配的行。',
  },
  icon: 'IconArrowsJoin',
  settings,
  inputs: [
    { name: 'left', label: { en: 'Left', zh: '左' } },
    { name: 'right', label: { en: 'Right', zh: '右' } },
  ],
  outputs: [outPort],
  law: { left: ['in:left'], right: ['matched', 'unmatched'] },
  provenance: 'end',
  describe: ({ how, keys }) => {
    const pairs = keys.map(({ left, right }) => `${left} = ${right}`)
    if (pairs.length === 0) return { en: 'nothing yet', zh: '尚未设置' }
    return { en: `${how}: ${pairs.join(', ')}`, zh: `${names[how]}：${pairs.join('、')}` }
  },
  examples: [
    {
      title: { en: 'Orders with their customers', zh: '订单及其客户' },
      settings: { how: 'left', keys: [{ left: 'customer', right: 'id' }] },
      inputs: {
        left: {
          columns: { id: 'BIGINT', customer: 'BIGINT' },
          rows: [
            ['10', '1'],
            ['11', '2'],
            ['12', '9'],
          ],
        },
        right: {
          columns: { id: 'BIGINT', name: 'VARCHAR' },
          rows: [
            ['1', '李雷'],
            ['2', 'Zoë'],
          ],
        },
      },
      outputs: {
        out: {
          columns: { id: 'BIGINT', customer: 'BIGINT', id_right: 'BIGINT', name: 'VARCHAR' },
          rows: [
            ['10', '1', '1', '李雷'],
            ['11', '2', '2', 'Zoë'],
            ['12', '9', null, null],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
