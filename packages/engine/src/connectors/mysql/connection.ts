import { lookup } from 'node:dns/promises'
import { performance } from 'node:perf_hooks'
import { createProblem, fail } from '../../problems/index.ts'
import {
  type CatalogColumn,
  type CatalogEntry,
  type ConnectionRuntime,
  type Diagnosis,
  formatTableName,
} from '../../spec/index.ts'
import { readTable } from './catalog.ts'
import { connectFault, databaseProblem } from './faults.ts'
import { MysqlSession, withSession } from './session.ts'
import { type MysqlSettings, mysql } from './spec.ts'
import { quoteName, quoteText } from './text.ts'
import { resultColumns } from './types.ts'

type Step = Diagnosis['steps'][number]

const hiddenSchemas = `('information_schema', 'performance_schema', 'mysql', 'sys')`

async function diagnose(settings: MysqlSettings, signal: AbortSignal) {
  const tried = mysql.connection.steps.filter((step) => step !== 'tls' || settings.tls !== 'off')
  const passed = (count: number): Step[] =>
    tried.slice(0, count).map((step) => ({ step, ok: true, problem: null }))
  const failed = (error: unknown, system = '') => {
    const { step, problem } = connectFault(error, settings)
    return { system, steps: [...passed(Math.max(0, tried.indexOf(step))), { step, ok: false, problem }] }
  }
  let session: MysqlSession
  try {
    await lookup(settings.host)
    session = await MysqlSession.connect(settings, signal, 'read', null)
  } catch (error) {
    return failed(error)
  }
  const system = `${session.isMariaDB ? 'MariaDB' : 'MySQL'} ${session.version}`
  try {
    await session.run(`USE ${quoteName(settings.database)}`)
    const [found] = await session.query(
      `SELECT @@local_infile AS bulk, EXISTS (SELECT 1 FROM information_schema.tables WHERE table_schema = ${quoteText(settings.database)})
         OR EXISTS (SELECT 1 FROM information_schema.schema_privileges WHERE privilege_type = 'CREATE')
         OR EXISTS (SELECT 1 FROM information_schema.user_privileges WHERE privilege_type = 'CREATE') AS useful`,
    )
    const rights = found?.['useful'] === '1'
    const problem = !rights
      ? createProblem('connection.noTables', { user: settings.user })
      : found['bulk'] === '1'
        ? null
        : createProblem('connection.noLocalInfile', {})
    return { system, steps: [...passed(tried.length - 1), { step: 'rights' as const, ok: rights, problem }] }
  } catch (error) {
    return failed(error, system)
  } finally {
    await session.close()
  }
}

const schemasQuery = (database: string) => `
  SELECT schema_name AS name, NULL AS type, NULL AS estimate, '' AS comment FROM information_schema.schemata
  WHERE schema_name NOT IN ${hiddenSchemas} ORDER BY schema_name <> ${quoteText(database)}, schema_name`

const tablesQuery = (schema: string) => `
  SELECT table_name AS name, table_type AS type, table_rows AS estimate, IF(table_type LIKE '%VIEW', '', table_comment) AS comment
  FROM information_schema.tables WHERE table_schema = ${quoteText(schema)} AND LEFT(table_name, 11) <> '__millrace_' ORDER BY table_name`

async function browse(
  session: MysqlSession,
  database: string,
  [schema]: readonly string[],
): Promise<CatalogEntry[]> {
  const rows = await session.query(schema === undefined ? schemasQuery(database) : tablesQuery(schema))
  return rows.map((row) => {
    const estimate = row['estimate'] ?? null
    return {
      name: row['name'] ?? '',
      type: schema === undefined ? 'schema' : row['type']?.includes('VIEW') ? 'view' : 'table',
      rows: estimate === null ? null : Number(estimate),
      comment: row['comment'] ?? '',
    }
  })
}

async function columnsOf(session: MysqlSession, path: readonly string[]): Promise<CatalogColumn[]> {
  const [table = '', schema = ''] = path.toReversed()
  const found =
    (await readTable(session, { schema, table })) ??
    fail('table.unknown', { table: formatTableName({ schema, table }) })
  const list = found.columns.map(({ name }) => quoteName(name)).join(', ')
  const described = resultColumns(await session.describe(`SELECT ${list} FROM ${found.sql}`))
  return found.columns.map(({ name, native, nullable, key, filled, comment }, index) => ({
    name,
    type: described[index]?.type ?? 'VARCHAR',
    nativeType: native,
    nullable,
    key,
    filled,
    comment,
  }))
}

export const mysqlConnection = {
  async test(settings, signal) {
    const started = performance.now()
    const found = await diagnose(settings, signal)
    return { ...found, durationMs: Math.round(performance.now() - started) }
  },
  browse: (settings, path, signal) =>
    withSession(settings, signal, 'read', (session) =>
      browse(session, settings.database, path).catch((error: unknown) => {
        throw databaseProblem(error, {})
      }),
    ),
  columns: (settings, path, signal) =>
    withSession(settings, signal, 'read', (session) =>
      columnsOf(session, path).catch((error: unknown) => {
        throw databaseProblem(error, {})
      }),
    ),
} satisfies ConnectionRuntime<typeof mysql.connection.settings>
