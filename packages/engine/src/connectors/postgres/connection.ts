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
import { PostgresSession, withSession } from './session.ts'
import { type PostgresSettings, postgres } from './spec.ts'
import { flowType } from './types.ts'

type Step = Diagnosis['steps'][number]

const hiddenSchemas = `n.nspname !~ '^pg_(toast|temp)' AND n.nspname NOT IN ('pg_catalog', 'information_schema')`

async function diagnose(settings: PostgresSettings, signal: AbortSignal) {
  const tried = postgres.connection.steps.filter((step) => step !== 'tls' || settings.tls !== 'off')
  const passed = (count: number): Step[] =>
    tried.slice(0, count).map((step) => ({ step, ok: true, problem: null }))
  const failed = (error: unknown) => {
    const { step, problem } = connectFault(error, settings)
    return { system: '', steps: [...passed(Math.max(0, tried.indexOf(step))), { step, ok: false, problem }] }
  }
  let session: PostgresSession
  try {
    await lookup(settings.host)
    session = await PostgresSession.connect(settings, signal)
  } catch (error) {
    return failed(error)
  }
  try {
    const [found] = await session.query(
      `SELECT current_setting('server_version') AS version, EXISTS (
         SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${hiddenSchemas} AND has_schema_privilege(n.oid, 'USAGE')
           AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
       ) OR EXISTS (
         SELECT FROM pg_catalog.pg_namespace n WHERE ${hiddenSchemas} AND has_schema_privilege(n.oid, 'CREATE')
       ) AS useful`,
    )
    const rights = found?.['useful'] === 't'
    const problem = rights ? null : createProblem('connection.noTables', { user: settings.user })
    return {
      system: `PostgreSQL ${found?.['version'] ?? ''}`,
      steps: [...passed(tried.length - 1), { step: 'rights' as const, ok: rights, problem }],
    }
  } catch (error) {
    return failed(error)
  } finally {
    await session.close()
  }
}

const schemasQuery = `
  SELECT n.nspname AS name, coalesce(obj_description(n.oid, 'pg_namespace'), '') AS comment
  FROM pg_catalog.pg_namespace n WHERE ${hiddenSchemas} AND has_schema_privilege(n.oid, 'USAGE')
  ORDER BY n.nspname <> current_schema(), n.nspname`

const tablesQuery = `
  SELECT c.relname AS name, c.relkind::text AS sort, c.reltuples::text AS rows, coalesce(obj_description(c.oid, 'pg_class'), '') AS comment
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  ORDER BY c.relname`

async function browse(session: PostgresSession, [schema]: readonly string[]): Promise<CatalogEntry[]> {
  const rows =
    schema === undefined ? await session.query(schemasQuery) : await session.query(tablesQuery, [schema])
  return rows.map((row) => {
    const estimate = Number(row['rows'] ?? -1)
    const isView = row['sort'] === 'v' || row['sort'] === 'm'
    return {
      name: row['name'] ?? '',
      type: schema === undefined ? 'schema' : isView ? 'view' : 'table',
      rows: schema === undefined || row['sort'] === 'v' || estimate < 0 ? null : Math.round(estimate),
      comment: row['comment'] ?? '',
    }
  })
}

async function columnsOf(session: PostgresSession, path: readonly string[]): Promise<CatalogColumn[]> {
  const [table = '', schema = ''] = path.toReversed()
  const name = formatTableName({ schema, table })
  const found = (await readTable(session, name)) ?? fail('table.unknown', { table: name })
  return found.columns.map(({ name: column, native, nullable, key, hasDefault, generated, comment }) => ({
    name: column,
    type: flowType(native),
    nativeType: native.spelled,
    nullable,
    key,
    filled: hasDefault || generated !== 'no',
    comment,
  }))
}

export const postgresConnection = {
  async test(settings, signal) {
    const started = performance.now()
    const found = await diagnose(settings, signal)
    return { ...found, durationMs: Math.round(performance.now() - started) }
  },
  browse: (settings, path, signal) =>
    withSession(settings, signal, (session) =>
      browse(session, path).catch((error: unknown) => {
        throw databaseProblem(error, {})
      }),
    ),
  columns: (settings, path, signal) =>
    withSession(settings, signal, (session) =>
      columnsOf(session, path).catch((error: unknown) => {
        throw databaseProblem(error, {})
      }),
    ),
} satisfies ConnectionRuntime<typeof postgres.connection.settings>
