import { z } from 'zod'
import { defineConnector, defineSource, defineTarget } from '../../spec/index.ts'
import { describeSource, modeNames, queryField, sourceFields, targetFields } from '../databases/fields.ts'
import { serverConnection } from '../databases/server-connection.ts'

const connection = serverConnection(3306)
const sourceSettings = z.strictObject({ ...sourceFields, query: queryField('backslash') })
const targetSettings = z.strictObject(targetFields())

export const mysql = defineConnector({
  name: 'mysql',
  label: { en: 'MySQL / MariaDB', zh: 'MySQL / MariaDB' },
  icon: 'IconBrandMysql',
  extensions: [],
  connection,
  source: defineSource({
    kind: 'mysql.source',
    label: { en: 'MySQL / MariaDB', zh: 'MySQL / MariaDB' },
    summary: {
      en: 'Reads a table, a view or a query of a MySQL or MariaDB database.',
      zh: '读取 MySQL 或 MariaDB 数据库的表、视图或查询。',
    },
    settings: sourceSettings,
    rejects: true,
    describe: describeSource,
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

export type MysqlSettings = z.infer<typeof connection.settings>
export type MysqlSourceSettings = z.infer<typeof sourceSettings>
export type MysqlTargetSettings = z.infer<typeof targetSettings>
