import { setTimeout } from 'node:timers/promises'
import { isServerFault, isUnknownXid } from './faults.ts'
import { gidPattern, newPrefix, quoteGid, readyPrefix, stagePrefix } from './plan.ts'
import type { MysqlSession } from './session.ts'
import { quoteTable, quoteText } from './text.ts'

/** The lock that a session holds on what it leaves behind, for as long as it lives. */
const lockOf = (mark: string): string => quoteText(`millrace ${mark}`)

export async function holdLock(session: MysqlSession, mark: string): Promise<void> {
  await session.query(`SELECT GET_LOCK(${lockOf(mark)}, 0)`)
}

/** Whether the session that prepared a transaction is still there: it holds the lock of what it leaves behind. */
export async function isHeldBy(session: MysqlSession, gid: string, holder: number): Promise<boolean> {
  const [lock] = await session.query(`SELECT IS_USED_LOCK(${lockOf(markIn(gid))}) AS holder`)
  return lock?.['holder'] === String(holder)
}

const markIn = (gid: string): string => gid.split('-')[1] ?? ''

/** The tables of runs in a database, or in all of them. */
async function leftTables(session: MysqlSession, prefixes: readonly string[], schema?: string) {
  const named = prefixes.map((prefix) => `LEFT(table_name, ${prefix.length}) = ${quoteText(prefix)}`)
  const within = schema === undefined ? '' : ` AND table_schema = ${quoteText(schema)}`
  const rows = await session.query(
    `SELECT table_schema AS in_schema, table_name AS name, table_comment AS note, TIMESTAMPDIFF(SECOND, create_time, NOW()) AS age
     FROM information_schema.tables WHERE (${named.join(' OR ')})${within}`,
  )
  return rows.map((row) => {
    const table = row['name'] ?? ''
    const prefix = prefixes.find((candidate) => table.startsWith(candidate)) ?? ''
    const mark = table.slice(prefix.length, prefix.length + 24)
    const age = Number(row['age'] ?? 0)
    return { schema: row['in_schema'] ?? '', table, prefix, mark, note: row['note'] ?? '', age }
  })
}

/** XAER_RMERR: MySQL lists transactions only for accounts with XA_RECOVER_ADMIN. */
const mayNotList = 1401

/** Names of the transactions that are prepared; undefined: the account may not ask. */
export async function listPrepared(session: MysqlSession): Promise<string[] | undefined> {
  try {
    return (await session.query('XA RECOVER')).map(({ data }) => data ?? '')
  } catch (error) {
    if (isServerFault(error) && error.errno === mayNotList) return undefined
    throw error
  }
}

/** Those of runs; where the account may not ask, those that staging tables note, which may not be there any more. */
async function findPrepared(session: MysqlSession): Promise<string[]> {
  const found =
    (await listPrepared(session)) ?? (await leftTables(session, [stagePrefix])).map(({ note }) => note)
  return found.filter((gid) => gidPattern.test(gid))
}

/**
 * Drops the tables of runs that died before they were prepared: nobody holds their lock. A table that a
 * prepared transaction still reads is left for the next time. Returns how many there were.
 */
export async function dropUnused(session: MysqlSession, schema?: string): Promise<number> {
  let dropped = 0
  const found = await leftTables(session, [stagePrefix, newPrefix], schema)
  if (found.length === 0) return 0
  await session.run('SET SESSION lock_wait_timeout = 1')
  for (const place of found) {
    const [lock] = await session.query(`SELECT IS_FREE_LOCK(${lockOf(place.mark)}) AS free`)
    if (lock?.['free'] !== '1') continue
    const gone = session.run(`DROP TABLE IF EXISTS ${quoteTable(place)}`)
    dropped += await gone.then(
      () => 1,
      () => 0,
    )
  }
  await session.run('SET SESSION lock_wait_timeout = 60')
  return dropped
}

/** Drops tables that were to take a target's place in a run that nobody knows any more. */
export async function dropForgotten(
  session: MysqlSession,
  known: ReadonlySet<string>,
  olderThanSeconds: number,
): Promise<number> {
  const marks = new Set([...known].map(markIn))
  const found = (await leftTables(session, [readyPrefix])).filter(
    ({ mark, age }) => !marks.has(mark) && age > olderThanSeconds,
  )
  for (const place of found) await session.run(`DROP TABLE IF EXISTS ${quoteTable(place)}`)
  return found.length
}

/** Prepared transactions of runs that nobody knows any more; younger ones may be of a run that goes on. */
export async function rollBackUnknown(
  session: MysqlSession,
  known: ReadonlySet<string>,
  olderThanSeconds: number,
): Promise<number> {
  const [clock] = await session.query('SELECT UNIX_TIMESTAMP() AS now')
  let count = 0
  for (const gid of await findPrepared(session)) {
    const age = Number(clock?.['now']) - Number(gid.split('-')[2])
    if (!known.has(gid) && age > olderThanSeconds && (await rollBack(session, gid))) count++
  }
  return count
}

/** Returns false where there is no prepared transaction of this name that no session holds. */
async function rollBack(session: MysqlSession, gid: string): Promise<boolean> {
  try {
    await session.run(`XA ROLLBACK ${quoteGid(gid)}`)
    return true
  } catch (error) {
    if (isUnknownXid(error)) return false
    throw error
  }
}

/** Ends the session that a run still has, and waits until the server has let go of it. */
export async function endSession(session: MysqlSession, mark: string): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 50) {
    const [lock] = await session.query(`SELECT IS_USED_LOCK(${lockOf(mark)}) AS holder`)
    const holder = lock?.['holder'] ?? null
    if (holder === null) return
    await session.run(`KILL ${Number(holder)}`).catch(() => {})
    await setTimeout(50)
  }
  throw new Error('the session of the run does not end')
}

/** Names of the prepared transactions of a run. */
export const preparedBy = async (session: MysqlSession, mark: string): Promise<string[]> =>
  (await findPrepared(session)).filter((gid) => markIn(gid) === mark)

/** Drops whatever tables a run has left. */
export async function dropTablesOf(session: MysqlSession, mark: string): Promise<void> {
  const found = await leftTables(session, [stagePrefix, newPrefix, readyPrefix])
  for (const place of found.filter((table) => table.mark === mark))
    await session.run(`DROP TABLE IF EXISTS ${quoteTable(place)}`)
}
