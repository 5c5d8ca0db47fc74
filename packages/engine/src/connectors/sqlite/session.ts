import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { createProblem, ProblemError } from '../../problems/index.ts'
import type { ConnectorContext, FileAccess } from '../../spec/index.ts'
import { isLocked } from './faults.ts'
import { type SqliteSettings, sqlite } from './spec.ts'

/** How long SQLite itself waits, in ms: it holds the whole thread while it does. */
const wait = 20
/** Between two attempts, in ms. */
const pause = 30

export type Row = Readonly<Record<string, unknown>>

/** Whether this process may write a file, and the journal beside it. */
export const isWritable = (file: string): Promise<boolean> =>
  Promise.all([access(file, constants.W_OK), access(path.dirname(file), constants.W_OK)]).then(
    () => true,
    () => false,
  )

/** Opens a file that is there; it is read when something is asked. */
export function openDatabase(file: string, readOnly: boolean): DatabaseSync {
  const address = pathToFileURL(file)
  // Without it a file that is gone by now would be made anew, empty.
  address.searchParams.set('mode', readOnly ? 'ro' : 'rw')
  const database = new DatabaseSync(address, { timeout: wait, readOnly })
  database.enableDefensive(true)
  return database
}

/** For reading: even then SQLite may have to undo what a program left that died, or to make the files of the WAL. */
export const openForReading = async (file: string): Promise<DatabaseSync> =>
  openDatabase(file, !(await isWritable(file)))

/** Rows with whole numbers as bigint, so that they keep all their digits. */
export function rowsOf(database: DatabaseSync, text: string, ...values: SQLInputValue[]): Row[] {
  const statement = database.prepare(text)
  statement.setReadBigInts(true)
  return statement.all(...values)
}

/** Repeats what is refused because another program holds the database. Rejects with `database.locked` after `seconds`. */
export async function patiently<T>(work: () => T, seconds: number, signal: AbortSignal): Promise<T> {
  for (const end = Date.now() + seconds * 1000; ; ) {
    try {
      return work()
    } catch (error) {
      if (!isLocked(error)) throw error
      if (Date.now() >= end) {
        const problem = createProblem('database.locked', { seconds: String(seconds) })
        throw new ProblemError(problem, { cause: error })
      }
    }
    await setTimeout(pause, undefined, { signal })
  }
}

/** One snapshot for everything that is asked from now on; waits for a program that keeps readers out. */
export async function beginReading(
  database: DatabaseSync,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  database.exec('BEGIN')
  await patiently(() => rowsOf(database, 'SELECT count(*) FROM main.sqlite_schema'), seconds, signal)
}

/** A connection whose file has been found. */
export interface Located extends SqliteSettings {
  /** Real path. */
  readonly file: string
}

export async function locate(settings: SqliteSettings, files: FileAccess): Promise<Located> {
  return { ...settings, file: await files.resolveInput(settings.path) }
}

/** The connection that a node names; what is wrong with its file is told at that setting. */
export async function locateFor(
  context: Pick<ConnectorContext, 'connection' | 'resolveInput' | 'nodeId'>,
  id: string,
): Promise<Located> {
  const settings = await context.connection(sqlite, id)
  try {
    return await locate(settings, context)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    const location = { nodeId: context.nodeId, field: 'connection' }
    throw new ProblemError({ ...error.problem, location }, { cause: error })
  }
}
