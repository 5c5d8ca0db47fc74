import { access, constants } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import type { DatabaseSync } from 'node:sqlite'
import { createProblem, fail, type Problem, ProblemError } from '../../problems/index.ts'
import type {
  CatalogColumn,
  CatalogEntry,
  ConnectionRuntime,
  ConnectionStep,
  Diagnosis,
  FileAccess,
} from '../../spec/index.ts'
import { columnsOf, estimates, listTables } from './catalog.ts'
import { databaseProblem } from './faults.ts'
import {
  isWritable,
  type Located,
  locate,
  openDatabase,
  openForReading,
  patiently,
  rowsOf,
} from './session.ts'
import { type SqliteSettings, sqlite } from './spec.ts'

type Step = Diagnosis['steps'][number]

const passed = (count: number): Step[] =>
  sqlite.connection.steps.slice(0, count).map((step) => ({ step, ok: true, problem: null }))

/** What keeps a file from being written, or from being written just now. */
async function writeFault({ file, path, patience }: Located, signal: AbortSignal): Promise<Problem | null> {
  const readOnly = (en: string, zh: string) =>
    createProblem('connection.readOnly', { path, detail: { en, zh } })
  if (!(await isWritable(file)))
    return readOnly('this server may not write the file or its folder', '服务器无权写入该文件或其所在文件夹')
  const database = openDatabase(file, false)
  try {
    // Nothing is written: it takes and gives back the lock.
    await patiently(() => database.exec('BEGIN IMMEDIATE; ROLLBACK'), patience, signal)
    return null
  } catch (error) {
    if (error instanceof ProblemError) return error.problem
    return databaseProblem(error, { field: 'path' }, path).problem
  } finally {
    database.close()
  }
}

/** Version of the library and the mode of the journal, which decides whether readers wait for writers. */
function systemOf(database: DatabaseSync): string {
  const [version] = rowsOf(database, 'SELECT sqlite_version() AS v')
  const [mode] = rowsOf(database, 'PRAGMA journal_mode')
  return `SQLite ${version?.['v']} (${mode?.['journal_mode']})`
}

async function diagnose(
  settings: SqliteSettings,
  signal: AbortSignal,
  files: FileAccess,
): Promise<Omit<Diagnosis, 'durationMs'>> {
  const failed = (error: unknown, step: ConnectionStep, before: number) => {
    const { problem } = databaseProblem(error, {}, settings.path)
    return {
      system: '',
      steps: [...passed(before), { step, ok: false, problem: { ...problem, location: { field: 'path' } } }],
    }
  }
  let located: Located
  try {
    located = await locate(settings, files)
  } catch (error) {
    return failed(error, 'file', 0)
  }
  let database: DatabaseSync | undefined
  try {
    await access(located.file, constants.R_OK).catch(() => {
      const detail = { en: 'this server may not read the file', zh: '服务器无权读取该文件' }
      return fail('connection.database', { database: settings.path, detail })
    })
    const opened = await openForReading(located.file)
    database = opened
    await patiently(() => listTables(opened), located.patience, signal)
    const system = systemOf(opened)
    const problem = await writeFault(located, signal)
    const ok = problem === null || problem.severity === 'warning'
    return { system, steps: [...passed(2), { step: 'rights', ok, problem }] }
  } catch (error) {
    return failed(error, 'database', 1)
  } finally {
    database?.close()
  }
}

async function reading<T>(
  settings: SqliteSettings,
  signal: AbortSignal,
  files: FileAccess,
  work: (database: DatabaseSync) => T,
): Promise<T> {
  const located = await locate(settings, files)
  let database: DatabaseSync | undefined
  try {
    const opened = await openForReading(located.file)
    database = opened
    return await patiently(() => work(opened), located.patience, signal)
  } catch (error) {
    signal.throwIfAborted()
    throw databaseProblem(error, {}, settings.path)
  } finally {
    database?.close()
  }
}

function entries(database: DatabaseSync): CatalogEntry[] {
  const known = estimates(database)
  return listTables(database).map(({ name, isView }) => ({
    name,
    type: isView ? 'view' : 'table',
    rows: known.get(name) ?? null,
    comment: '',
  }))
}

export const sqliteConnection = {
  async test(settings, signal, files) {
    const started = performance.now()
    const found = await diagnose(settings, signal, files)
    return { ...found, durationMs: Math.round(performance.now() - started) }
  },
  // One file is one schema: the tables lie at the top.
  browse: (settings, path, signal, files) =>
    reading(settings, signal, files, (database) => (path.length === 0 ? entries(database) : [])),
  columns: (settings, path, signal, files) =>
    reading(settings, signal, files, (database): CatalogColumn[] => {
      const wanted = path.at(-1) ?? ''
      const name = listTables(database).find((table) => table.name === wanted)?.name
      if (name === undefined) return fail('table.unknown', { table: wanted })
      return columnsOf(database, name, 'main').map(({ declared, generated, ...column }) => ({
        ...column,
        nativeType: declared,
        comment: '',
      }))
    }),
} satisfies ConnectionRuntime<typeof sqlite.connection.settings>
