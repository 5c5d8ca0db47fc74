import type { DatabaseSync } from 'node:sqlite'
import { fail, ProblemError } from '../../problems/index.ts'
import type { ConnectionMaintenance, FileAccess } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import { quoteMain, readTable, type Table } from './catalog.ts'
import { databaseProblem } from './faults.ts'
import { previousName } from './plan.ts'
import { isWritable, locate, openDatabase, openForReading, patiently, rowsOf } from './session.ts'
import type { SqliteSettings, sqlite } from './spec.ts'
import { commitsTable, keptDays } from './transaction.ts'

async function withDatabase<T>(
  settings: SqliteSettings,
  signal: AbortSignal,
  files: FileAccess,
  purpose: 'read' | 'write',
  work: (database: DatabaseSync) => T,
): Promise<T> {
  const { file, patience, path } = await locate(settings, files)
  const database = purpose === 'read' ? await openForReading(file) : openDatabase(file, false)
  try {
    if (purpose === 'write') await patiently(() => database.exec('BEGIN IMMEDIATE'), patience, signal)
    const result = await patiently(() => work(database), patience, signal)
    if (purpose === 'write') await patiently(() => database.exec('COMMIT'), patience, signal)
    return result
  } catch (error) {
    signal.throwIfAborted()
    throw databaseProblem(error, {}, path)
  } finally {
    database.close()
  }
}

const count = (database: DatabaseSync, table: string): number =>
  Number(rowsOf(database, `SELECT count(*) AS n FROM ${table}`)[0]?.['n'] ?? 0)

/** The table that keeps the previous rows of another. */
function keptOf(database: DatabaseSync, target: Table): Table | undefined {
  return readTable(database, quoteIdentifier(previousName(target.name)))
}

/** Puts the rows of `…__previous` back, and the present ones in their place, so that it can be undone too. */
function exchange(database: DatabaseSync, setting: string): number {
  const target = readTable(database, setting)
  if (!target) return fail('table.unknown', { table: setting })
  const kept = keptOf(database, target)
  if (!kept) return fail('target.noPrevious', { table: setting })
  const stored = target.columns.filter(({ generated }) => !generated)
  const gone = stored.find(({ name }) => !kept.columns.some((column) => column.name === name))
  if (gone) fail('table.noColumn', { column: gone.name })
  const list = stored.map(({ name }) => quoteIdentifier(name)).join(', ')
  const restored = count(database, kept.sql)
  database.exec('PRAGMA defer_foreign_keys = ON')
  database.exec(`CREATE TEMP TABLE exchanged AS SELECT * FROM ${kept.sql}`)
  database.exec(`DROP TABLE ${kept.sql}; CREATE TABLE ${kept.sql} AS SELECT * FROM ${target.sql}`)
  database.exec(`DELETE FROM ${target.sql}`)
  database.exec(`INSERT INTO ${target.sql} (${list}) SELECT ${list} FROM temp.exchanged`)
  database.exec('DROP TABLE temp.exchanged')
  return restored
}

function hasForgotten(database: DatabaseSync): boolean {
  const [has] = rowsOf(database, 'SELECT 1 FROM main.sqlite_schema WHERE name = ?', commitsTable)
  if (!has) return false
  const [old] = rowsOf(
    database,
    `SELECT count(*) = 0 OR min(committed) < datetime('now', '-${keptDays} days') AS n FROM ${quoteMain(commitsTable)}`,
  )
  return Number(old?.['n']) === 1
}

/** Notes of transactions that nobody will ask about any more, and at last the table of them. */
function forget(database: DatabaseSync, known: ReadonlySet<string>): void {
  const commits = quoteMain(commitsTable)
  const old = rowsOf(
    database,
    `SELECT id FROM ${commits} WHERE committed < datetime('now', '-${keptDays} days')`,
  )
  const remove = database.prepare(`DELETE FROM ${commits} WHERE id = ?`)
  for (const { id } of old) if (!known.has(String(id))) remove.run(String(id))
  if (count(database, commits) === 0) database.exec(`DROP TABLE ${commits}`)
}

export const sqliteMaintenance = {
  async sweep(settings, { known }, signal, files) {
    const nothing = { transactions: 0, tables: 0 }
    const { file } = await locate(settings, files)
    try {
      // Reading it undoes what a program left that died, as any program's reading does.
      const isDue = await withDatabase(settings, signal, files, 'read', hasForgotten)
      if (isDue && (await isWritable(file)))
        await withDatabase(settings, signal, files, 'write', (database) => forget(database, known))
    } catch (error) {
      // Somebody works there; there is another time.
      if (!(error instanceof ProblemError && error.problem.code === 'database.locked')) throw error
    }
    return nothing
  },
  previousRows: (settings, table, signal, files) =>
    withDatabase(settings, signal, files, 'read', (database) => {
      const target = readTable(database, table)
      const kept = target && keptOf(database, target)
      return kept ? count(database, kept.sql) : null
    }),
  restorePrevious: (settings, table, signal, files) =>
    withDatabase(settings, signal, files, 'write', (database) => exchange(database, table)),
} satisfies ConnectionMaintenance<typeof sqlite.connection.settings>
