import { setTimeout } from 'node:timers/promises'
import { fail } from '../../problems/index.ts'
import type { ConnectionAccess, Token } from '../../spec/index.ts'
import { quoteText } from './catalog.ts'
import { isServerFault } from './faults.ts'
import { type PostgresSession, withSession } from './session.ts'
import { postgres } from './spec.ts'

const text = (token: Token, name: string): string => String(token[name] ?? '')

async function withTokensSession<T>(
  token: Token,
  access: ConnectionAccess,
  work: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const settings = await access.connection(postgres, text(token, 'connection'))
  return withSession(settings, new AbortController().signal, work)
}

/** What the server remembers of a transaction; null: it is too long ago. */
async function statusOf(session: PostgresSession, xid: string): Promise<string | null> {
  const [row] = await session.query('SELECT txid_status($1::bigint) AS status', [xid])
  return row?.['status'] ?? null
}

const isUnknownGid = (error: unknown): boolean => isServerFault(error) && error.code === '42704'

/** Needs nothing for an open session: that has committed by itself when this is asked for. */
export async function commit(token: Token, access: ConnectionAccess): Promise<void> {
  const gid = text(token, 'gid')
  if (gid === '') return
  await withTokensSession(token, access, async (session) => {
    try {
      await session.run(`COMMIT PREPARED ${quoteText(gid)}`)
    } catch (error) {
      if (!isUnknownGid(error)) throw error
      // It was settled before. If somebody undid it by hand, that must not pass for a success.
      if ((await statusOf(session, text(token, 'xid'))) === 'aborted') fail('target.undone', {})
    }
  })
}

export async function abort(token: Token, access: ConnectionAccess): Promise<void> {
  const gid = text(token, 'gid')
  await withTokensSession(token, access, async (session) => {
    if (gid === '') await endSession(session, token)
    else
      try {
        await session.run(`ROLLBACK PREPARED ${quoteText(gid)}`)
      } catch (error) {
        if (!isUnknownGid(error)) throw error
      }
    if (text(token, 'stage') !== '')
      await session.run(`DROP TABLE IF EXISTS ${text(token, 'stage')}, ${text(token, 'refused')}`)
  })
}

/** Ends the session that a run left open, if it is still there: the process that held it is gone. */
async function endSession(session: PostgresSession, token: Token): Promise<void> {
  await session.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1::int AND backend_xid::text::bigint = $2::bigint % 4294967296 AND application_name = 'millrace'",
    [text(token, 'pid'), text(token, 'xid')],
  )
}

/** What became of an open session whose process is gone. Rejects when it has not ended within 10 s. */
export async function outcome(token: Token, access: ConnectionAccess): Promise<'committed' | 'aborted'> {
  return withTokensSession(token, access, async (session) => {
    for (let waited = 0; waited < 10_000; waited += 100) {
      const status = await statusOf(session, text(token, 'xid'))
      if (status === 'committed' || status === 'aborted') return status
      if (status === null) throw new Error('the server no longer remembers the transaction')
      await endSession(session, token)
      await setTimeout(100)
    }
    throw new Error('the transaction is still in progress')
  })
}
