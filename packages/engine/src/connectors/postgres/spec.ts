import { z } from 'zod'
import { defineConnector, defineSource, defineTarget } from '../../spec/index.ts'
import { describeSource, modeNames, sourceFields, targetFields } from '../databases/fields.ts'
import { serverConnection } from '../databases/server-connection.ts'

const connection = serverConnection(5432)
const sourceSettings = z.strictObject(sourceFields)
const targetSettings = z.strictObject(targetFields())

export const postgres = defineConnector({
  name: 'postgres',
  label: { en: 'PostgreSQL', zh: 'PostgreSQL' },
  icon: 'IconServer2',
  extensions: [],
  connection,
  source: defineSource({
    kind: 'postgres.source',
    label: { en: 'PostgreSQL', zh: 'PostgreSQL' },
    summary: {
      en: 'Reads a table, a view or a query of a PostgreSQL database.',
      zh: '读取 PostgreSQL 数据库的表、视图或查询。',
    },
    settings: sourceSettings,
    rejects: true,
    describe: describeSource,
  }),
  target: defineTarget({
    kind: 'postgres.target',
    label: { en: 'PostgreSQL', zh: 'PostgreSQL' },
    summary: {
      en: 'Writes rows to a table of a PostgreSQL database.',
      zh: '将数据行写入 PostgreSQL 数据库的表。',
    },
    settings: targetSettings,
    guarantee: 'exactly-once',
    guaranteeNote: {
      en: 'All rows or none, in one transaction. With max_prepared_transactions above 0 it commits together with the other targets; otherwise it commits by itself just before them.',
      zh: '在一个事务中全部写入或全部不写入。max_prepared_transactions 大于 0 时与其他目标一同提交；否则在它们之前单独提交。',
    },
    describe: ({ table, mode }) => ({ en: `${mode} ${table}`, zh: `${modeNames[mode]} ${table}` }),
  }),
})

export type PostgresSettings = z.infer<typeof connection.settings>
export type PostgresSourceSettings = z.infer<typeof sourceSettings>
export type PostgresTargetSettings = z.infer<typeof targetSettings>
