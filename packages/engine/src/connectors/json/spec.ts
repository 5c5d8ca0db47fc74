import { z } from 'zod'
import { defineConnector, defineSource, defineTarget, field, sourceColumnsField } from '../../spec/index.ts'
import { fileColumn, newColumns, replacesFile, sourcePath, targetPath } from '../files/fields.ts'

const sourceSettings = z.strictObject({
  path: sourcePath(['json', 'ndjson', 'jsonl', 'gz'], 'orders-*.json'),
  itemsPath: field(z.string().default(''), {
    widget: 'text',
    placeholder: 'data.items',
    label: { en: 'Where the rows are', zh: '数据所在路径' },
    help: {
      en: 'The path of a list inside the document, e.g. data.items. Empty: the document is a list, or each line is a row.',
      zh: '文档中列表的路径，例如 data.items；留空表示文档本身是列表，或每行一条记录。',
    },
  }),
  fileColumn,
  columns: sourceColumnsField,
  newColumns,
})

const targetSettings = z.strictObject({
  path: targetPath('json'),
  layout: field(z.enum(['array', 'lines']).default('array'), {
    widget: 'select',
    options: [
      { value: 'array', label: { en: 'One list', zh: '一个列表' } },
      { value: 'lines', label: { en: 'One row per line (NDJSON)', zh: '每行一条（NDJSON）' } },
    ],
    label: { en: 'Layout', zh: '格式' },
  }),
})

export const json = defineConnector({
  name: 'json',
  label: { en: 'JSON file', zh: 'JSON 文件' },
  icon: 'IconBraces',
  extensions: ['json', 'ndjson', 'jsonl'],
  source: defineSource({
    kind: 'json.source',
    label: { en: 'JSON', zh: 'JSON' },
    summary: {
      en: 'Reads rows from a list of objects or from lines of objects.',
      zh: '从对象列表或逐行对象读取数据行。',
    },
    settings: sourceSettings,
    rejects: true,
    describe: ({ path, itemsPath }) => ({
      en: `${path} ${itemsPath}`.trim(),
      zh: `${path} ${itemsPath}`.trim(),
    }),
  }),
  target: defineTarget({
    kind: 'json.target',
    label: { en: 'JSON', zh: 'JSON' },
    summary: { en: 'Writes rows as objects.', zh: '将数据行写为对象。' },
    settings: targetSettings,
    ...replacesFile,
    describe: ({ path }) => ({ en: path, zh: path }),
  }),
})

export type JsonSourceSettings = z.infer<typeof sourceSettings>
export type JsonTargetSettings = z.infer<typeof targetSettings>
