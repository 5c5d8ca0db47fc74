import { setTimeout } from 'node:timers/promises'
import { fail } from '../../problems/index.ts'
import type { ConnectionAccess, TargetRuntime, Token } from '../../spec/index.ts'
import { isServerFault, isUnknownXid } from './faults.ts'
import { dropTablesOf, endSession, isHeldBy, listPrepared, preparedBy } from './leftovers.ts'
import { commitsTable, markOf, quoteGid } from './plan.ts'
import { type MysqlSession, withSession } from './session.ts'
import { type MysqlTargetSettings, mysql } from './spec.ts'
import { quoteTable, quoteText } from './text.ts'

const text = (token: Token, name: string): string => String(token[name] ?? '')

async function withTokensSession<T>(
  token: Token,
  access: ConnectionAccess,
  work: (session: MysqlSession) => Promise<T>,
): Promise<T> {
  const settings = await access.connection(mysql, text(token, 'connection'))
  return withSession(settings, new AbortController().signal, 'read', work)
}

const place = (token: Token, name: string): string =>
  quoteTable({ schema: text(token, 'schema'), table: text(token, name) })

async function exists(session: MysqlSession, token: Token, name: string): Promise<boolean> {
  const [found] = await session.query(
    `SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = ${quoteText(text(token, 'schema'))} AND table_name = ${quoteText(text(token, name))}`,
  )
  return found?.['n'] === '1'
}

/** Whether the transaction has committed: it wrote so itself. */
async function hasCommitted(session: MysqlSession, token: Token): Promise<boolean> {
  const commits = quoteTable({ schema: text(token, 'schema'), table: commitsTable })
  const [found] = await session.query(
    `SELECT COUNT(*) AS n FROM ${commits} WHERE id = ${quoteText(text(token, 'gid'))}`,
  )
  return found?.['n'] === '1'
}

/** The server has rolled back by itself: a deadlock, a time limit, or for no reason that it tells. */
const isRolledBack = (error: unknown): boolean =>
  isServerFault(error) && [1402, 1613, 1614].includes(error.errno)

/**
 * Ends a prepared transaction. After COMMIT and after ROLLBACK alike the server knows it no more; and it
 * does not give away one whose session it does not know to be gone. Returns false when it is not there.
 */
async function conclude(
  session: MysqlSession,
  gid: string,
  holder: number,
  verb: 'COMMIT' | 'ROLLBACK',
): Promise<boolean> {
  let isHeld = true
  for (let waited = 0; ; waited += 50) {
    try {
      await session.run(`XA ${verb} ${quoteGid(gid)}`)
      return true
    } catch (error) {
      if (isRolledBack(error)) return false
      if (!isUnknownXid(error)) throw error
    }
    // Without a list it counts only once no session held it before it was asked for.
    if (!isHeld) return false
    const prepared = await listPrepared(session)
    if (prepared && !prepared.includes(gid)) return false
    isHeld = prepared !== undefined || (await isHeldBy(session, gid, holder))
    if (!isHeld) continue
    if (waited >= 20_000) throw new Error('the transaction is still held by another session')
    if (holder > 0) await session.run(`KILL ${holder}`).catch(() => {})
    await setTimeout(50)
  }
}

/** One RENAME puts the new table in place of the old one, and the old one in place of the one before. */
async function swap(session: MysqlSession, token: Token): Promise<void> {
  if (await exists(session, token, 'fresh')) {
    const renames = [[place(token, 'fresh'), place(token, 'table')]]
    if (token['replaces'] === true && (await exists(session, token, 'table'))) {
      const keeps = text(token, 'previous') !== ''
      renames.unshift([place(token, 'table'), place(token, keeps ? 'previous' : 'trash')])
      if (keeps && (await exists(session, token, 'previous')))
        renames.unshift([place(token, 'previous'), place(token, 'trash')])
    }
    await session.run(`RENAME TABLE ${renames.map(([from, to]) => `${from} TO ${to}`).join(', ')}`)
  }
  await session.run(`DROP TABLE IF EXISTS ${place(token, 'trash')}`)
}

export async function commit(token: Token, access: ConnectionAccess): Promise<void> {
  await withTokensSession(token, access, async (session) => {
    if (token['way'] === 'swap') return swap(session, token)
    const done = await conclude(session, text(token, 'gid'), Number(token['session']), 'COMMIT')
    // Not there: it committed before, or somebody undid it, which must not pass for a success.
    if (!done && !(await hasCommitted(session, token))) fail('target.undone', {})
    await session.run(`DROP TABLE IF EXISTS ${place(token, 'stage')}`)
  })
}

export async function abort(token: Token, access: ConnectionAccess): Promise<void> {
  await withTokensSession(token, access, async (session) => {
    if (token['way'] === 'transaction')
      await conclude(session, text(token, 'gid'), Number(token['session']), 'ROLLBACK')
    const leftover = token['way'] === 'swap' ? 'fresh' : 'stage'
    await session.run(`DROP TABLE IF EXISTS ${place(token, leftover)}`)
  })
}

/** What a run left that died before its token was stored. */
export async function abandon(
  run: Parameters<NonNullable<TargetRuntime['abandon']>>[0],
  settings: MysqlTargetSettings,
  access: ConnectionAccess,
): Promise<void> {
  const mark = markOf(run)
  await withTokensSession({ connection: settings.connection }, access, async (session) => {
    await endSession(session, mark)
    for (const gid of await preparedBy(session, mark)) await conclude(session, gid, 0, 'ROLLBACK')
    await dropTablesOf(session, mark)
  })
}
