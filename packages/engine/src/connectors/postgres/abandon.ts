import type { TargetRuntime } from '../../spec/index.ts'
import { quoteTable, quoteText } from './catalog.ts'
import { gidOf, markOf, stageLock, stagePrefix } from './plan.ts'
import { withSession } from './session.ts'
import { postgres } from './spec.ts'

type Abandon = NonNullable<TargetRuntime<typeof postgres.target.settings>['abandon']>

/** Ends the session that still works for the run, then undoes what it prepared and drops what it staged. */
export const abandon: Abandon = async (run, { connection }, access) => {
  const settings = await access.connection(postgres, connection)
  await withSession(settings, new AbortController().signal, async (session) => {
    const mark = markOf(run)
    const gid = gidOf({ mark })
    await session.run("SET lock_timeout = '10s'")
    await session.query(
      `SELECT pg_terminate_backend(pid) FROM pg_catalog.pg_locks
       WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) | objid::bigint = ${stageLock('$1')}`,
      [mark],
    )
    // Granted when that session has ended: from then on nothing of the run can be prepared.
    await session.query(`SELECT pg_advisory_lock(${stageLock('$1')})`, [mark])
    const [prepared] = await session.query(
      'SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE gid = $1 AND database = current_database()',
      [gid],
    )
    if (prepared) await session.run(`ROLLBACK PREPARED ${quoteText(gid)}`)
    const staged = await session.query(
      `SELECT n.nspname AS schema, c.relname AS table FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND c.relname IN ($1::text, $1::text || '_refused')`,
      [`${stagePrefix}${mark}`],
    )
    for (const { schema, table } of staged)
      await session.run(`DROP TABLE IF EXISTS ${quoteTable({ schema: schema ?? '', table: table ?? '' })}`)
  })
}
