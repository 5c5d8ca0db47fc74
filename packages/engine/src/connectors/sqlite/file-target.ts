import { copyFile, stat } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { type Column, kindOf } from '../../model/index.ts'
import { createProblem, isDiskFull, type Problem, ProblemError } from '../../problems/index.ts'
import type { ConnectorContext, WriteSession } from '../../spec/index.ts'
import { identifier, join, quoteIdentifier, type Sql, sql } from '../../sql/index.ts'
import { openFileTarget } from '../files/file-target.ts'
import { connectionOnly, type SqliteTargetSettings } from './spec.ts'

const batchRows = 5000

const sqliteTypes: Partial<Record<ReturnType<typeof kindOf>, string>> = {
  integer: 'INTEGER',
  float: 'REAL',
  boolean: 'INTEGER',
  binary: 'BLOB',
}
const typeOf = ({ type }: Column): string => sqliteTypes[kindOf(type)] ?? 'TEXT'

/** A cell on its way: numbers as numbers, all else as the text that DuckDB prints. */
function cellOf(text: string | null, column: Column): string | number | bigint | null {
  if (text === null) return null
  const kind = kindOf(column.type)
  if (kind === 'integer') return BigInt(text)
  if (kind === 'float') return Number(text)
  return kind === 'boolean' ? Number(text === 'true') : text
}

function prepareTable(
  database: DatabaseSync,
  { table, mode, keys }: SqliteTargetSettings,
  columns: readonly Column[],
): void {
  const name = quoteIdentifier(table)
  if (mode === 'replace') database.exec(`DROP TABLE IF EXISTS ${name}`)
  const definitions = columns.map((column) => `${quoteIdentifier(column.name)} ${typeOf(column)}`)
  database.exec(`CREATE TABLE IF NOT EXISTS ${name} (${definitions.join(', ')})`)
  if (mode !== 'upsert') return
  const key = keys.map(quoteIdentifier).join(', ')
  database.exec(
    `CREATE UNIQUE INDEX IF NOT EXISTS ${quoteIdentifier(`${table} by ${keys.join(', ')}`)} ON ${name} (${key})`,
  )
}

function insertOf({ table, mode, keys }: SqliteTargetSettings, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => quoteIdentifier(name))
  const insert = `INSERT INTO ${quoteIdentifier(table)} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`
  if (mode !== 'upsert') return insert
  const updates = columns
    .filter(({ name }) => !keys.includes(name))
    .map(({ name }) => `${quoteIdentifier(name)} = excluded.${quoteIdentifier(name)}`)
  const action = updates.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${updates.join(', ')}`
  return `${insert} ON CONFLICT (${keys.map(quoteIdentifier).join(', ')}) ${action}`
}

async function write(
  context: ConnectorContext,
  settings: SqliteTargetSettings,
  file: string,
  relation: Sql,
  columns: readonly Column[],
): Promise<number> {
  // One pass over the rows; the table keeps them in place while they are read in parts.
  const staged = `${context.nodeId} staged`
  const cells = columns.map(({ name }) => sql`CAST(${identifier(name)} AS VARCHAR) AS ${identifier(name)}`)
  const rows = await context.execute(
    sql`CREATE OR REPLACE TEMP TABLE ${identifier(staged)} AS SELECT ${join(cells)}, row_number() OVER () AS "__mr_order" FROM ${relation}`,
  )
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA journal_mode = DELETE; BEGIN')
    prepareTable(database, settings, columns)
    const insert = database.prepare(insertOf(settings, columns))
    for (let start = 0; start < rows; start += batchRows) {
      context.signal.throwIfAborted()
      const batch = await context.query(
        sql`SELECT * FROM ${identifier(staged)} WHERE "__mr_order" > ${start} AND "__mr_order" <= ${start + batchRows}`,
      )
      for (const row of batch)
        insert.run(...columns.map((column) => cellOf(row[column.name] ?? null, column)))
      context.progress(start + batch.length)
    }
    database.exec('COMMIT')
    return rows
  } finally {
    database.close()
  }
}

/** Writes into a copy of the file that the settings name; the copy takes its place. */
export function openFileOutput(
  context: ConnectorContext,
  settings: SqliteTargetSettings,
): Promise<WriteSession> {
  for (const problem of fileModeProblems(settings, context.nodeId)) throw new ProblemError(problem)
  return openFileTarget(context, settings.path, async (file, { relation, columns }, final) => {
    const exists = await stat(final).then(
      () => true,
      () => false,
    )
    if (exists) await copyFile(final, file)
    try {
      return await write(context, settings, file, relation, columns)
    } catch (error) {
      context.signal.throwIfAborted()
      if (isDiskFull(error)) throw error
      const detail = error instanceof Error ? error.message : String(error)
      throw new ProblemError(
        createProblem('target.failed', { path: settings.path, detail }, { nodeId: context.nodeId }),
        { cause: error },
      )
    }
  })
}

/** What a file cannot be written by. */
export function fileModeProblems({ mode, keys }: SqliteTargetSettings, nodeId: string): Problem[] {
  const label = { en: 'Write', zh: '写入方式' }
  const detail = { en: 'this way of writing needs a connection', zh: '该写入方式需要使用连接' }
  if (connectionOnly.includes(mode))
    return [createProblem('setting.invalid', { label, detail }, { nodeId, field: 'mode' })]
  return mode === 'upsert' && keys.length === 0
    ? [createProblem('setting.required', { label: { en: 'Key', zh: '键' } }, { nodeId, field: 'keys' })]
    : []
}
