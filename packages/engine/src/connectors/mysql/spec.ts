import { z } from 'zod'
import {
  defineConnection,
  defineConnector,
  defineSource,
  defineTarget,
  field,
  type WriteMode,
} from '../../spec/index.ts'
import { queryField, sourceFields, targetFields } from '../databases/fields.ts'

const connectionSettings = z.strictObject({
  host: field(z.string().trim().min(1), {
    widget: 'text',
    placeholder: 'db.example.com',
    label: { en: 'Host', zh: '主机' },
  }),
  port: field(z.number().int().min(1).max(65_535).default(3306), {
    widget: 'number',
    min: 1,
    max: 65_535,
    label: { en: 'Port', zh: '端口' },
  }),
  database: field(z.string().min(1), { widget: 'text', label: { en: 'Database', zh: '数据库' } }),
  user: field(z.string().min(1), { widget: 'text', label: { en: 'User', zh: '用户' } }),
  password: field(z.string().default(''), { widget: 'secret', label: { en: 'Password', zh: '密码' } }),
  tls: field(z.enum(['off', 'prefer', 'require', 'verify']).default('prefer'), {
    widget: 'select',
    options: [
      { value: 'verify', label: { en: 'Required, certificate checked', zh: '必须加密，并校验证书' } },
      { value: 'require', label: { en: 'Required', zh: '必须加密' } },
      { value: 'prefer', label: { en: 'Where the server offers it', zh: '服务器支持时加密' } },
      { value: 'off', label: { en: 'None', zh: '不加密' } },
    ],
    label: { en: 'Encryption (TLS)', zh: '加密（TLS）' },
    help: {
      en: 'Only a checked certificate proves that it is the right server.',
      zh: '只有校验证书才能确认连接到的是正确的服务器。',
    },
  }),
  certificateAuthority: field(z.string().default(''), {
    widget: 'textarea',
    label: { en: 'Certificate authority (PEM)', zh: '证书颁发机构（PEM）' },
    help: {
      en: 'Of a server with a certificate of its own. Empty: the well-known ones.',
      zh: '适用于自签名证书的服务器。留空则使用公认的颁发机构。',
    },
    when: { field: 'tls', is: ['verify'] },
  }),
  connectTimeout: field(z.number().int().min(1).max(300).default(10), {
    widget: 'number',
    min: 1,
    max: 300,
    label: { en: 'Give up connecting after, seconds', zh: '连接超时（秒）' },
    advanced: true,
  }),
})

const sourceSettings = z.strictObject({ ...sourceFields, query: queryField('backslash') })
const targetSettings = z.strictObject(targetFields())

const modeNames: Readonly<Record<WriteMode, string>> = {
  append: '追加',
  replace: '替换',
  upsert: '更新或插入',
  update: '更新',
  delete: '删除',
  mirror: '镜像',
}

export const mysql = defineConnector({
  name: 'mysql',
  label: { en: 'MySQL / MariaDB', zh: 'MySQL / MariaDB' },
  icon: 'IconBrandMysql',
  extensions: [],
  connection: defineConnection({
    settings: connectionSettings,
    boundTo: ['host', 'port', 'tls', 'certificateAuthority'],
    describe: ({ database, host, port }) => ({
      en: `${database} at ${host}:${port}`,
      zh: `${host}:${port} 上的 ${database}`,
    }),
  }),
  source: defineSource({
    kind: 'mysql.source',
    label: { en: 'MySQL / MariaDB', zh: 'MySQL / MariaDB' },
    summary: {
      en: 'Reads a table, a view or a query of a MySQL or MariaDB database.',
      zh: '读取 MySQL 或 MariaDB 数据库的表、视图或查询。',
    },
    settings: sourceSettings,
    rejects: true,
    describe: ({ read, table }) =>
      read === 'table' ? { en: table, zh: table } : { en: 'a query', zh: '查询' },
  }),
  target: defineTarget({
    kind: 'mysql.target',
    label: { en: 'MySQL / MariaDB', zh: 'MySQL / MariaDB' },
    summary: {
      en: 'Writes rows to a table of a MySQL or MariaDB database.',
      zh: '将数据行写入 MySQL 或 MariaDB 数据库的表。',
    },
    settings: targetSettings,
    guarantee: 'exactly-once',
    guaranteeNote: {
      en: 'All rows or none: one XA transaction, prepared and then committed together with the other targets; Replace swaps tables by one RENAME. Needs MariaDB 10.5 or MySQL 5.7.7, and tables of InnoDB.',
      zh: '全部写入或全部不写入：使用一个 XA 事务，准备后与其他目标一同提交；“替换”以一次 RENAME 交换表。要求 MariaDB 10.5 或 MySQL 5.7.7 以上，且表使用 InnoDB。',
    },
    describe: ({ table, mode }) => ({ en: `${mode} ${table}`, zh: `${modeNames[mode]} ${table}` }),
  }),
})

export type MysqlSettings = z.infer<typeof connectionSettings>
export type MysqlSourceSettings = z.infer<typeof sourceSettings>
export type MysqlTargetSettings = z.infer<typeof targetSettings>
