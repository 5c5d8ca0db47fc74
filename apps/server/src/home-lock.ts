import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { createClient } from '@libsql/client'
import { OptionError } from './options.ts'

/**
 * Makes sure that one server at a time works in a data folder: two would end each other's runs. The lock
 * is SQLite's own on a file beside the database, so the system takes it back when the process dies.
 * @returns what gives the folder up
 * @throws OptionError when another server has it
 */
export async function lockHome(home: string): Promise<() => Promise<void>> {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const client = createClient({ url: pathToFileURL(path.join(home, 'server.lock')).href, timeout: 0 })
  try {
    await client.execute('CREATE TABLE IF NOT EXISTS owner (process INTEGER)')
    // Never committed: it is the open transaction that keeps others out.
    const transaction = await client.transaction('write')
    return async () => {
      await transaction.rollback()
      client.close()
    }
  } catch (error) {
    client.close()
    const isBusy = error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY')
    if (!isBusy) throw error
    throw new OptionError(`Another Millrace server works in ${home}. Stop it, or set MILLRACE_HOME.`)
  }
}
