import { z } from 'zod'
import { field, inPort, laws, type OperatorSpec, outPort } from '../../spec/index.ts'

const settings = z.strictObject({
  column: field(z.string().min(1), {
    widget: 'column',
    label: { en: 'Column', zh: '列' },
    help: {
      en: 'A list becomes rows, a structure becomes columns; for JSON you say which.',
      zh: '列表展开为多行，结构展开为多列；JSON 列需指定展开方式。',
    },
  }),
  as: field(z.enum(['rows', 'columns']).default('rows'), {
    widget: 'select',
    options: [
      { value: 'rows', label: { en: 'Rows: one per element', zh: '多行：每个元素一行' } },
      { value: 'columns', label: { en: 'Columns: one per field', zh: '多列：每个字段一列' } },
    ],
    label: { en: 'JSON becomes', zh: 'JSON 展开为' },
    help: { en: 'Matters for a column of type JSON only.', zh: '仅对 JSON 类型的列有效。' },
  }),
  elements: field(z.enum(['json', 'text']).default('json'), {
    widget: 'select',
    options: [
      { value: 'json', label: { en: 'JSON, to flatten further', zh: 'JSON（可继续展开）' } },
      { value: 'text', label: { en: 'Texts', zh: '文本' } },
    ],
    label: { en: 'Elements are', zh: '元素类型' },
    when: { field: 'as', is: ['rows'] },
  }),
  fields: field(z.array(z.string().min(1)).default([]), {
    widget: 'texts',
    label: { en: 'Fields', zh: '字段' },
    help: {
      en: 'Their names in the JSON objects. Values become texts, objects and lists in them JSON text.',
      zh: 'JSON 对象中的字段名。值转为文本，其中的对象和列表保留为 JSON 文本。',
    },
    when: { field: 'as', is: ['columns'] },
  }),
  prefix: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'Prefix of new columns', zh: '新列前缀' },
    help: {
      en: 'For structures and JSON objects; empty: the names as they are.',
      zh: '用于结构和 JSON 对象；留空则使用原名。',
    },
  }),
})

export const flattenSpec = {
  kind: 'flatten',
  category: 'shape',
  label: { en: 'Flatten', zh: '展开' },
  summary: {
    en: 'Turns lists into rows and structures into columns, in JSON too.',
    zh: '将列表展开为行，将结构展开为列，也适用于 JSON。',
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
    {
      title: { en: 'Items in JSON', zh: 'JSON 中的明细' },
      settings: { column: 'items' },
      inputs: {
        in: {
          columns: { id: 'BIGINT', items: 'JSON' },
          rows: [
            ['1', '[{"sku":"a"},{"sku":"b"},null]'],
            ['2', '{"sku":"c"}'],
            ['3', '[]'],
            ['4', 'null'],
            ['5', null],
          ],
        },
      },
      outputs: {
        out: {
          columns: { id: 'BIGINT', items: 'JSON' },
          rows: [
            ['1', '{"sku":"a"}'],
            ['1', '{"sku":"b"}'],
            ['1', null],
            ['2', '{"sku":"c"}'],
            ['3', null],
            ['4', null],
            ['5', null],
          ],
        },
      },
    },
    {
      title: { en: 'Tags in JSON, as texts', zh: 'JSON 中的标签，转为文本' },
      settings: { column: 'tags', elements: 'text' },
      inputs: {
        in: {
          columns: { id: 'BIGINT', tags: 'JSON' },
          rows: [
            ['1', '["急", 7, null]'],
            ['2', '"single"'],
            ['3', '[]'],
          ],
        },
      },
      outputs: {
        out: {
          columns: { id: 'BIGINT', tags: 'VARCHAR' },
          rows: [
            ['1', '急'],
            ['1', '7'],
            ['1', null],
            ['2', 'single'],
            ['3', null],
          ],
        },
      },
    },
    {
      title: { en: 'Fields of an address in JSON', zh: 'JSON 地址的字段' },
      settings: { column: 'address', as: 'columns', fields: ['city', 'a/b', 'geo'], prefix: 'address_' },
      inputs: {
        in: {
          columns: { id: 'BIGINT', address: 'JSON' },
          rows: [
            ['1', '{"city":"北京","a/b":1,"geo":{"lat":39.9}}'],
            ['2', '{"city":null}'],
            ['3', '["no object"]'],
            ['4', null],
          ],
        },
      },
      outputs: {
        out: {
          columns: {
            id: 'BIGINT',
            address_city: 'VARCHAR',
            'address_a/b': 'VARCHAR',
            address_geo: 'VARCHAR',
          },
          rows: [
            ['1', '北京', '1', '{"lat":39.9}'],
            ['2', null, null, null],
            ['3', null, null, null],
            ['4', null, null, null],
          ],
        },
      },
    },
  ],
} as const satisfies OperatorSpec<typeof settings>
