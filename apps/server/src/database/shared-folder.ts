import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { OptionError } from '../options.ts'
import type { Database } from './database.ts'

const key = 'folder.id'

/**
 * Makes sure that a folder of files and a PostgreSQL database belong together: a server that looks for the
 * files of a run in another folder would take them for gone, and sweep away what it does not know.
 * @throws OptionError when either belongs to another one
 */
export async function claimFolder(database: Database, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = path.join(folder, 'folder-id')
  const marked = existsSync(file) ? readFileSync(file, 'utf8') : undefined
  const isOfSqlite = existsSync(path.join(folder, 'millrace.db'))
  const known = await database.setting.findUnique({ where: { key } })
  if (known && known.value === marked) return
  if (known)
    throw new OptionError(
      `The database of DATABASE_URL belongs to another folder of files than ${folder}. Set MILLRACE_SHARED to the folder that all servers of this database share.`,
    )
  if (marked !== undefined || isOfSqlite)
    throw new OptionError(
      `${folder} belongs to another database than that of DATABASE_URL. Set MILLRACE_HOME to a new folder.`,
    )
  const value = randomUUID()
  // Of two servers that both begin, one fails here and finds the folder of the other when it starts again.
  await database.setting.create({ data: { key, value } })
  writeFileSync(file, value, { mode: 0o600 })
}
