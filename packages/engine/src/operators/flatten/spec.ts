import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const settings = z.strictObject({
  column: field(z.string().min(1), {
    widget: 'column',
    label: { en: 'Column', zh: '列' },
    help: { en: 'A list becomes rows, a structure becomes columns.', zh: '列表展开为多行，结构展开为多列。' },
  }),
  prefix: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'Prefix of new columns', zh: '新列前缀' },
    help: { en: 'For structures; empty: the names as they are.', zh: '用于结构；留空则使用原名。' },
  }),
})

export const flattenSpec = {
  kind: 'flatten',
  category: 'shape',
  label: { en: 'Flatten', zh: '展开' },
  summary: {
    en: 'Turns lists into rows and structures into columns.',
    zh: '将列表展开为行，将结构展开为列。',
  },
  icon: 'IconFold',
  settings,
  inputs: [inPort],
  outputs: [outPort],
  law: laws.expand,
  provenance: 'keep',
  describe: ({ column }) => ({ en: column, zh: column }),
  examples: [
    {
      title: { en: 'Items of an order', zh: '订单明细' },
      settings: { column: 'items' },
      inputs: {
        in: {
          columns: { id: 'BIGINT', items: 'VARCHAR[]' },
          rows: [
            ['1', "['a', 'b']"],
            ['2', '[]'],
            ['3', null],
          ],
        },
      },
      outputs: {
        out: {
          columns: { id: 'BIGINT', items: 'VARCHAR' },
          rows: [
            ['1', 'a'],
            ['1', 'b'],
            ['2', null],
            ['3', null],
          ],
        },
      },
    },
    {
      title: { en: 'Parts of an address', zh: '地址的组成部分' },
      settings: { column: 'address', prefix: 'address_' },
      inputs: {
        in: {
          columns: { id: 'BIGINT', address: 'STRUCT(city VARCHAR, zip VARCHAR)' },
          rows: [['1', "{'city': 北京, 'zip': '100000'}"]],
        },
      },
      outputs: {
        out: {
          columns: { id: 'BIGINT', address_city: 'VARCHAR', address_zip: 'VARCHAR' },
          rows: [['1', '北京', '100000']],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
