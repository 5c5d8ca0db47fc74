import { fail, ProblemError } from '../../problems/index.ts'
import type { ConnectionMaintenance } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import { quoteTable, quoteText, readTable } from './catalog.ts'
import { databaseProblem } from './faults.ts'
import { gidPrefix, previousName, stageLock, stagePrefix } from './plan.ts'
import { type PostgresSession, withSession } from './session.ts'
import type { postgres } from './spec.ts'

const like = (prefix: string): string => quoteText(`${prefix.replaceAll('_', '\\_')}%`)

/** Prepared transactions of runs that nobody knows any more; younger ones may be of a run that goes on. */
async function rollBackUnknown(
  session: PostgresSession,
  known: ReadonlySet<string>,
  olderThanSeconds: number,
): Promise<number> {
  const rows = await session.query(
    `SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE gid LIKE ${like(gidPrefix)} AND database = current_database()
       AND owner = current_user AND prepared < now() - ($1 || ' seconds')::interval`,
    [String(olderThanSeconds)],
  )
  const unknown = rows.flatMap(({ gid }) => (gid && !known.has(gid) ? [gid] : []))
  for (const gid of unknown) await session.run(`ROLLBACK PREPARED ${quoteText(gid)}`)
  return unknown.length
}

/** Staging tables that belong to no prepared transaction and to no session that is still there. */
async function dropUnused(session: PostgresSession): Promise<number> {
  const rows = await session.query(
    `SELECT n.nspname AS schema, c.relname AS table, left(substr(c.relname, ${stagePrefix.length + 1}), 24) AS mark
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relname LIKE ${like(stagePrefix)} AND c.relkind = 'r' AND c.relpersistence = 'u' AND pg_has_role(c.relowner, 'USAGE')`,
  )
  let dropped = 0
  for (const { schema, table, mark } of rows) {
    const [state] = await session.query(
      `SELECT ((SELECT count(*) FROM pg_catalog.pg_prepared_xacts WHERE gid = $1) = 0 AND pg_try_advisory_lock(${stageLock('$2')}))::text AS free`,
      [`${gidPrefix}${mark}`, mark ?? ''],
    )
    if (state?.['free'] !== 'true') continue
    await session.run(`DROP TABLE IF EXISTS ${quoteTable({ schema: schema ?? '', table: table ?? '' })}`)
    await session.query(`SELECT pg_advisory_unlock(${stageLock('$1')})`, [mark ?? ''])
    dropped++
  }
  return dropped
}

/** Puts the rows of `…__previous` back, and the present ones in their place, so that it can be undone too. */
async function exchange(session: PostgresSession, text: string): Promise<number> {
  const target = (await readTable(session, text)) ?? fail('table.unknown', { table: text })
  const kept = previousName(target.table)
  const previous = (await previousOf(session, target)) ?? fail('target.noPrevious', { table: text })
  const exchanged = quoteTable({ schema: target.schema, table: `${stagePrefix}exchange` })
  const written = target.columns.filter(
    ({ generated, hasDefault }) => !(generated === 'always' && hasDefault),
  )
  const names = written.map(({ name }) => quoteIdentifier(name)).join(', ')
  await session.run(`BEGIN; SET CONSTRAINTS ALL IMMEDIATE; LOCK TABLE ${target.sql} IN SHARE ROW EXCLUSIVE MODE;
    CREATE TABLE ${exchanged} (LIKE ${target.sql})`)
  // One statement, for the same reasons as a replacement; see statements.ts.
  const [row] = await session.query(
    `WITH gone AS (DELETE FROM ${target.sql} RETURNING *), kept AS (INSERT INTO ${exchanged} SELECT * FROM gone),
       emptied AS MATERIALIZED (SELECT count(*) AS n FROM gone),
       done AS (INSERT INTO ${target.sql} (${names}) OVERRIDING SYSTEM VALUE
         SELECT ${written.map(({ name }) => `p.${quoteIdentifier(name)}`).join(', ')} FROM emptied, ${previous} AS p WHERE emptied.n >= 0 RETURNING 1)
     SELECT count(*) AS restored FROM done`,
  )
  await session.run(`DROP TABLE ${previous}; ALTER TABLE ${exchanged} RENAME TO ${quoteIdentifier(kept)}`)
  await session.conclude('COMMIT')
  return Number(row?.['restored'] ?? 0)
}

/** Where the rows that the last replacement of a table kept are; undefined: there are none. */
async function previousOf(
  session: PostgresSession,
  target: { readonly schema: string; readonly table: string },
): Promise<string | undefined> {
  const previous = quoteTable({ schema: target.schema, table: previousName(target.table) })
  const [there] = await session.query('SELECT to_regclass($1)::text AS name', [previous])
  return there?.['name'] ? previous : undefined
}

async function countPrevious(session: PostgresSession, text: string): Promise<number | null> {
  const target = await readTable(session, text)
  const previous = target && (await previousOf(session, target))
  if (!previous) return null
  const [row] = await session.query(`SELECT count(*) AS n FROM ${previous}`)
  return Number(row?.['n'] ?? 0)
}

export const postgresMaintenance = {
  sweep: (settings, { known, olderThanSeconds }, signal) =>
    withSession(settings, signal, async (session) => {
      // A table that somebody holds is left for the next time.
      await session.run("SET lock_timeout = '2s'")
      const transactions = await rollBackUnknown(session, known, olderThanSeconds)
      return { transactions, tables: await dropUnused(session) }
    }),
  previousRows: (settings, table, signal) =>
    withSession(settings, signal, (session) =>
      countPrevious(session, table).catch((error: unknown) => {
        throw databaseProblem(error, {})
      }),
    ),
  restorePrevious: (settings, table, signal) =>
    withSession(settings, signal, (session) =>
      exchange(session, table).catch((error: unknown) => {
        throw error instanceof ProblemError ? error : databaseProblem(error, {})
      }),
    ),
} satisfies ConnectionMaintenance<typeof postgres.connection.settings>
