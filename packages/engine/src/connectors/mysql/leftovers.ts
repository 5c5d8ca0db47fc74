import { newPrefix, stagePrefix } from './plan.ts'
import type { MysqlSession } from './session.ts'
import { quoteTable, quoteText } from './text.ts'

/** The lock that a session holds on what it leaves behind, for as long as it lives. */
const lockOf = (mark: string): string => quoteText(`millrace ${mark}`)

export async function holdLock(session: MysqlSession, mark: string): Promise<void> {
  await session.query(`SELECT GET_LOCK(${lockOf(mark)}, 0)`)
}

/**
 * Drops the tables of runs that died before they were prepared: nobody holds their lock. A table that a
 * prepared transaction still reads is left for the next time.
 */
export async function sweep(session: MysqlSession, schema: string): Promise<void> {
  const prefixes = [stagePrefix, newPrefix]
  const found = await session.query(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ${quoteText(schema)} AND (${prefixes.map((prefix) => `LEFT(table_name, ${prefix.length}) = ${quoteText(prefix)}`).join(' OR ')})`,
  )
  if (found.length === 0) return
  await session.run('SET SESSION lock_wait_timeout = 1')
  for (const { name } of found) {
    const table = name ?? ''
    const mark = table.slice(-24)
    const [lock] = await session.query(`SELECT IS_FREE_LOCK(${lockOf(mark)}) AS free`)
    if (lock?.['free'] === '1')
      await session.run(`DROP TABLE IF EXISTS ${quoteTable({ schema, table })}`).catch(() => {})
  }
  await session.run('SET SESSION lock_wait_timeout = 60')
}
