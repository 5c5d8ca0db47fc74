import type { TargetRuntime, Token } from '../../spec/index.ts'
import { fileCommit } from '../files/file-target.ts'
import { quoteMain } from './catalog.ts'
import { openDatabase, patiently, rowsOf } from './session.ts'
import { commitsTable } from './transaction.ts'

/** How long the transaction of a dead run may take to let go of the database, in seconds. */
const patience = 10

const isOpenSession = (token: Token): boolean => typeof token['gid'] === 'string'

/** What became of the transaction that a process held which is gone. Rejects while another program holds the database. */
async function outcome(token: Token): Promise<'committed' | 'aborted'> {
  const database = openDatabase(String(token['file']), false)
  try {
    const never = new AbortController().signal
    // Granted when whoever wrote has committed or is gone; what it left half-done SQLite undoes first.
    await patiently(() => database.exec('BEGIN IMMEDIATE'), patience, never)
    const [has] = rowsOf(database, 'SELECT 1 FROM main.sqlite_schema WHERE name = ?', commitsTable)
    if (!has) return 'aborted'
    const [row] = rowsOf(
      database,
      `SELECT 1 FROM ${quoteMain(commitsTable)} WHERE id = ?`,
      String(token['gid']),
    )
    return row ? 'committed' : 'aborted'
  } finally {
    database.close()
  }
}

/** A file has its own; a connection commits within its session, and what was not committed is undone by SQLite. */
export const sqliteCommit: Pick<TargetRuntime, 'commit' | 'abort' | 'outcome'> = {
  commit: (token, access) => (isOpenSession(token) ? Promise.resolve() : fileCommit.commit(token, access)),
  abort: (token, access) => (isOpenSession(token) ? Promise.resolve() : fileCommit.abort(token, access)),
  outcome,
}
