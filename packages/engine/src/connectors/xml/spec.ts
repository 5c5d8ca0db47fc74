import { z } from 'zod'
import { defineConnector, defineSource, defineTarget, field, sourceColumnsField } from '../../spec/index.ts'
import { fileColumn, newColumns, replacesFile, sourcePath, targetPath } from '../files/fields.ts'

const sourceSettings = z.strictObject({
  path: sourcePath(['xml', 'rss', 'atom', 'gz'], 'orders-*.xml'),
  rowPath: field(z.string().default(''), {
    widget: 'text',
    placeholder: '/orders/order',
    label: { en: 'Element of a row', zh: '行元素' },
    help: {
      en: '/orders/order from the top, order at any depth; with or without namespace prefix. Empty: the element that repeats.',
      zh: '/orders/order 从根开始，order 匹配任意层级；可带或不带命名空间前缀。留空则取重复出现的元素。',
    },
  }),
  encoding: field(z.enum(['auto', 'utf-8', 'gb18030', 'utf-16le', 'utf-16be', 'latin1']).default('auto'), {
    widget: 'select',
    options: [
      { value: 'auto', label: { en: 'As the file declares', zh: '按文件声明' } },
      { value: 'utf-8', label: { en: 'UTF-8', zh: 'UTF-8' } },
      { value: 'gb18030', label: { en: 'GB18030 (GBK, GB2312)', zh: 'GB18030（GBK、GB2312）' } },
      { value: 'utf-16le', label: { en: 'UTF-16 LE', zh: 'UTF-16 LE' } },
      { value: 'utf-16be', label: { en: 'UTF-16 BE', zh: 'UTF-16 BE' } },
      { value: 'latin1', label: { en: 'Latin-1 (Windows-1252)', zh: 'Latin-1（Windows-1252）' } },
    ],
    label: { en: 'Encoding', zh: '编码' },
    advanced: true,
  }),
  fileColumn,
  columns: sourceColumnsField,
  newColumns,
})

const elementName = (fallback: string) => z.string().trim().min(1).default(fallback)

const targetSettings = z.strictObject({
  path: targetPath('xml'),
  root: field(elementName('rows'), {
    widget: 'text',
    label: { en: 'Root element', zh: '根元素' },
  }),
  row: field(elementName('row'), {
    widget: 'text',
    label: { en: 'Element of a row', zh: '行元素' },
    help: {
      en: 'Columns become its children; columns named @… become its attributes.',
      zh: '各列成为其子元素；名称以 @ 开头的列成为其属性。',
    },
  }),
  missing: field(z.enum(['nil', 'omit']).default('nil'), {
    widget: 'select',
    options: [
      { value: 'nil', label: { en: 'Write xsi:nil="true"', zh: '写为 xsi:nil="true"' } },
      { value: 'omit', label: { en: 'Leave the element out', zh: '省略该元素' } },
    ],
    label: { en: 'Missing values', zh: '缺失值' },
    advanced: true,
  }),
  impossible: field(z.enum(['fail', 'replace']).default('fail'), {
    widget: 'select',
    options: [
      { value: 'fail', label: { en: 'Fail and say where', zh: '失败并指出位置' } },
      { value: 'replace', label: { en: 'Replace with \uFFFD', zh: '替换为 \uFFFD' } },
    ],
    label: { en: 'Characters that XML cannot hold', zh: 'XML 不允许的字符' },
    help: { en: 'Control characters such as U+0000 or U+001F.', zh: '例如 U+0000、U+001F 等控制字符。' },
    advanced: true,
  }),
})

export const xml = defineConnector({
  name: 'xml',
  label: { en: 'XML file', zh: 'XML 文件' },
  icon: 'IconFileTypeXml',
  extensions: ['xml', 'rss', 'atom'],
  source: defineSource({
    kind: 'xml.source',
    label: { en: 'XML', zh: 'XML' },
    summary: {
      en: 'Reads rows from a repeating element: attributes as @name, nested elements as a.b, repeated ones as JSON lists.',
      zh: '从重复元素读取数据行：属性为 @名称，嵌套元素为 a.b，重复的子元素为 JSON 列表。',
    },
    settings: sourceSettings,
    rejects: true,
    finds: ['rowPath'],
    describe: ({ path, rowPath }) => ({ en: `${path} ${rowPath}`.trim(), zh: `${path} ${rowPath}`.trim() }),
  }),
  target: defineTarget({
    kind: 'xml.target',
    label: { en: 'XML', zh: 'XML' },
    summary: {
      en: 'Writes each row as an element; lists and structures as JSON text.',
      zh: '将每行写为一个元素；列表与结构写为 JSON 文本。',
    },
    settings: targetSettings,
    ...replacesFile,
    describe: ({ path }) => ({ en: path, zh: path }),
  }),
})

export type XmlSourceSettings = z.infer<typeof sourceSettings>
export type XmlTargetSettings = z.infer<typeof targetSettings>
