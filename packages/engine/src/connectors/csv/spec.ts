import { z } from 'zod'
import { defineConnector, defineSource, defineTarget, field, sourceColumnsField } from '../../spec/index.ts'
import { newColumns } from '../files/fields.ts'

const delimiters = [
  { value: 'auto', label: { en: 'Detect', zh: '自动识别' } },
  { value: ',', label: { en: 'Comma ,', zh: '逗号 ,' } },
  { value: ';', label: { en: 'Semicolon ;', zh: '分号 ;' } },
  { value: '\t', label: { en: 'Tab', zh: '制表符' } },
  { value: '|', label: { en: 'Pipe |', zh: '竖线 |' } },
] as const

const encodings = [
  { value: 'auto', label: { en: 'Detect', zh: '自动识别' } },
  { value: 'utf-8', label: { en: 'UTF-8', zh: 'UTF-8' } },
  { value: 'gb18030', label: { en: 'GB18030 (GBK, GB2312)', zh: 'GB18030（GBK、GB2312）' } },
  { value: 'utf-16le', label: { en: 'UTF-16 LE', zh: 'UTF-16 LE' } },
  { value: 'utf-16be', label: { en: 'UTF-16 BE', zh: 'UTF-16 BE' } },
  { value: 'latin1', label: { en: 'Latin-1 (Windows-1252)', zh: 'Latin-1（Windows-1252）' } },
] as const

const sourceSettings = z.strictObject({
  path: field(z.string().min(1), {
    widget: 'file',
    extensions: ['csv', 'tsv', 'txt', 'gz'],
    label: { en: 'File', zh: '文件' },
    help: {
      en: 'A file of the Files area, or a pattern such as orders-*.csv for several.',
      zh: '“文件”中的文件，或用 orders-*.csv 这样的模式匹配多个文件。',
    },
  }),
  delimiter: field(z.enum(['auto', ',', ';', '\t', '|']).default('auto'), {
    widget: 'select',
    options: delimiters,
    label: { en: 'Delimiter', zh: '分隔符' },
    advanced: true,
  }),
  quote: field(z.enum(['"', "'", 'none']).default('"'), {
    widget: 'select',
    options: [
      { value: '"', label: { en: 'Double quote "', zh: '双引号 "' } },
      { value: "'", label: { en: "Single quote '", zh: "单引号 '" } },
      { value: 'none', label: { en: 'None', zh: '无' } },
    ],
    label: { en: 'Quote', zh: '引号' },
    advanced: true,
  }),
  header: field(z.boolean().default(true), {
    widget: 'switch',
    label: { en: 'First line has the column names', zh: '首行为列名' },
    advanced: true,
  }),
  encoding: field(z.enum(['auto', 'utf-8', 'gb18030', 'utf-16le', 'utf-16be', 'latin1']).default('auto'), {
    widget: 'select',
    options: encodings,
    label: { en: 'Encoding', zh: '编码' },
    advanced: true,
  }),
  decimalComma: field(z.boolean().default(false), {
    widget: 'switch',
    label: { en: 'Decimal comma (1.234,50)', zh: '小数逗号（1.234,50）' },
    advanced: true,
  }),
  nullMarkers: field(z.array(z.string()).default(['']), {
    widget: 'texts',
    label: { en: 'Texts that mean “missing”', zh: '表示缺失的文本' },
    advanced: true,
  }),
  fileColumn: field(z.string().default(''), {
    widget: 'text',
    makesColumn: {},
    label: { en: 'Column for the file name', zh: '文件名列' },
    help: { en: 'Empty: none.', zh: '留空则不添加。' },
    advanced: true,
  }),
  columns: sourceColumnsField,
  newColumns,
})

const targetSettings = z.strictObject({
  path: field(z.string().min(1), {
    widget: 'newFile',
    extension: 'csv',
    label: { en: 'File', zh: '文件' },
  }),
  delimiter: field(z.enum([',', ';', '\t', '|']).default(','), {
    widget: 'select',
    options: delimiters.slice(1),
    label: { en: 'Delimiter', zh: '分隔符' },
    advanced: true,
  }),
  header: field(z.boolean().default(true), {
    widget: 'switch',
    label: { en: 'Write the column names first', zh: '首行写列名' },
    advanced: true,
  }),
  encoding: field(z.enum(['utf-8', 'utf-8-bom', 'gb18030', 'utf-16le']).default('utf-8'), {
    widget: 'select',
    options: [
      { value: 'utf-8', label: { en: 'UTF-8', zh: 'UTF-8' } },
      { value: 'utf-8-bom', label: { en: 'UTF-8 with BOM (for Excel)', zh: 'UTF-8 带 BOM（适合 Excel）' } },
      { value: 'gb18030', label: { en: 'GB18030', zh: 'GB18030' } },
      { value: 'utf-16le', label: { en: 'UTF-16 LE', zh: 'UTF-16 LE' } },
    ],
    label: { en: 'Encoding', zh: '编码' },
    advanced: true,
  }),
  gzip: field(z.boolean().default(false), {
    widget: 'switch',
    label: { en: 'Compress (gzip)', zh: '压缩（gzip）' },
    advanced: true,
  }),
  guardFormulas: field(z.boolean().default(true), {
    widget: 'switch',
    label: { en: 'Keep spreadsheets from running cells as formulas', zh: '防止表格软件将单元格当作公式执行' },
    help: {
      en: 'Text cells that begin with = + - @ or a tab get a leading apostrophe.',
      zh: '以 = + - @ 或制表符开头的文本单元格前会加单引号。',
    },
    advanced: true,
  }),
})

export const csv = defineConnector({
  name: 'csv',
  label: { en: 'CSV file', zh: 'CSV 文件' },
  icon: 'IconFileTypeCsv',
  extensions: ['csv', 'tsv', 'txt', 'csv.gz'],
  source: defineSource({
    kind: 'csv.source',
    label: { en: 'CSV', zh: 'CSV' },
    summary: {
      en: 'Reads rows from one or several delimited text files.',
      zh: '从一个或多个分隔文本文件读取数据行。',
    },
    settings: sourceSettings,
    rejects: true,
    finds: ['delimiter', 'encoding'],
    describe: ({ path }) => ({ en: path, zh: path }),
  }),
  target: defineTarget({
    kind: 'csv.target',
    label: { en: 'CSV', zh: 'CSV' },
    summary: { en: 'Writes rows to a delimited text file.', zh: '将数据行写入分隔文本文件。' },
    settings: targetSettings,
    guarantee: 'exactly-once',
    guaranteeNote: {
      en: 'The new file replaces the old one at once, when the whole run has succeeded.',
      zh: '仅在整次运行成功后，新文件才一次性替换旧文件。',
    },
    describe: ({ path }) => ({ en: path, zh: path }),
  }),
})

export type CsvSourceSettings = z.infer<typeof sourceSettings>
export type CsvTargetSettings = z.infer<typeof targetSettings>
