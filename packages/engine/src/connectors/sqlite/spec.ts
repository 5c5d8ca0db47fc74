import { z } from 'zod'
import { defineConnector, defineSource, defineTarget, field, sourceColumnsField } from '../../spec/index.ts'
import { fileColumn, newColumns, replacesFile, sourcePath, targetPath } from '../files/fields.ts'

const sourceSettings = z.strictObject({
  path: sourcePath(['sqlite', 'db', 'sqlite3'], 'shop-*.db'),
  table: field(z.string().default(''), {
    widget: 'text',
    label: { en: 'Table', zh: '表' },
    help: { en: 'Empty: the first table.', zh: '留空则读取第一张表。' },
  }),
  query: field(z.string().default(''), {
    widget: 'textarea',
    label: { en: 'Or a query', zh: '或查询语句' },
    help: {
      en: 'One SELECT in SQLite’s SQL; then the table is not used.',
      zh: '一条 SQLite SELECT 语句；填写后不再使用表名。',
    },
    advanced: true,
  }),
  fileColumn,
  columns: sourceColumnsField,
  newColumns,
})

const targetSettings = z.strictObject({
  path: targetPath('db'),
  table: field(z.string().min(1), { widget: 'text', label: { en: 'Table', zh: '表' } }),
  mode: field(z.enum(['append', 'replace', 'upsert']).default('replace'), {
    widget: 'select',
    options: [
      { value: 'replace', label: { en: 'Replace the table', zh: '替换整表' } },
      { value: 'append', label: { en: 'Append rows', zh: '追加' } },
      { value: 'upsert', label: { en: 'Insert or update by key', zh: '按键插入或更新' } },
    ],
    label: { en: 'Write', zh: '写入方式' },
  }),
  keys: field(z.array(z.string().min(1)).default([]), {
    widget: 'columns',
    label: { en: 'Key', zh: '键' },
    when: { field: 'mode', is: ['upsert'] },
  }),
})

export const sqlite = defineConnector({
  name: 'sqlite',
  label: { en: 'SQLite file', zh: 'SQLite 文件' },
  icon: 'IconDatabase',
  extensions: ['sqlite', 'sqlite3', 'db'],
  source: defineSource({
    kind: 'sqlite.source',
    label: { en: 'SQLite', zh: 'SQLite' },
    summary: {
      en: 'Reads a table or a query of a SQLite database file.',
      zh: '读取 SQLite 数据库文件中的表或查询。',
    },
    settings: sourceSettings,
    rejects: true,
    describe: ({ path, table }) => ({ en: `${path} ${table}`.trim(), zh: `${path} ${table}`.trim() }),
  }),
  target: defineTarget({
    kind: 'sqlite.target',
    label: { en: 'SQLite', zh: 'SQLite' },
    summary: {
      en: 'Writes rows to a table of a SQLite database file.',
      zh: '将数据行写入 SQLite 数据库文件的表。',
    },
    settings: targetSettings,
    ...replacesFile,
    guaranteeNote: {
      en: 'Rows are written to a copy of the database, which replaces it at once when the whole run has succeeded.',
      zh: '先写入数据库副本，仅在整次运行成功后一次性替换原文件。',
    },
    describe: ({ path, table }) => ({ en: `${path} ${table}`, zh: `${path} ${table}` }),
  }),
})

export type SqliteSourceSettings = z.infer<typeof sourceSettings>
export type SqliteTargetSettings = z.infer<typeof targetSettings>
