import { DatabaseSync } from 'node:sqlite'
import { uniqueNames } from '../../model/column.ts'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext, Detection, OpenedSource } from '../../spec/index.ts'
import { identifier, quoteIdentifier, sql, type Value } from '../../sql/index.ts'
import { detectLanded, type Landed, landedColumns, openLanded } from '../files/landed-source.ts'
import { displayName, unreadable } from '../files/located.ts'
import type { SqliteSourceSettings } from './spec.ts'

const batchRows = 2000

/** A cell as text: whole numbers keep all their digits, blobs become hexadecimal. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value)
}

function statementOf(
  database: DatabaseSync,
  settings: SqliteSourceSettings,
  context: ConnectorContext,
  name: string,
): string {
  if (settings.query.trim() !== '') return settings.query
  const [first] = database
    .prepare(
      "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )
    .all()
  const table = settings.table || String(first?.['name'] ?? '')
  if (table === '') fail('file.empty', { path: name }, { nodeId: context.nodeId, field: 'path' })
  return `SELECT * FROM ${quoteIdentifier(table)}`
}

async function* batchesOf(
  database: DatabaseSync,
  text: string,
  file: string,
  context: ConnectorContext,
): AsyncGenerator<Value[][]> {
  const statement = database.prepare(text)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  let batch: Value[][] = []
  let line = 0
  for (const row of statement.iterate()) {
    line++
    const cells: unknown = row
    batch.push([...(Array.isArray(cells) ? cells.map(textOf) : []), file, BigInt(line)])
    if (context.sample !== undefined && line >= context.sample) break
    if (batch.length < batchRows) continue
    context.signal.throwIfAborted()
    context.progress(line)
    yield batch
    batch = []
  }
  yield batch
}

async function land(context: ConnectorContext, settings: SqliteSourceSettings): Promise<Landed> {
  const table = `${context.nodeId} rows`
  await context.execute(sql`DROP TABLE IF EXISTS ${identifier(table)}`)
  const [file = '', ...others] = await context.resolvePattern(settings.path)
  if (others.length > 0)
    fail(
      'file.unreadable',
      {
        path: settings.path,
        detail: {
          en: 'a database is read one at a time; name one file',
          zh: '一次只能读取一个数据库，请指定一个文件',
        },
      },
      { nodeId: context.nodeId, field: 'path' },
    )
  const name = displayName(settings.path, file)
  try {
    const database = new DatabaseSync(file, { readOnly: true })
    try {
      const text = statementOf(database, settings, context, name)
      const found = database.prepare(text).columns()
      const names = uniqueNames(found.map((column) => column.name))
      await context.appendRows(table, landedColumns(names), batchesOf(database, text, name, context))
      return { table, names }
    } finally {
      database.close()
    }
  } catch (error) {
    context.signal.throwIfAborted()
    throw unreadable(context, name, error)
  }
}

/** Reads the file that the settings name. */
export const openFile = async (
  context: ConnectorContext,
  settings: SqliteSourceSettings,
): Promise<OpenedSource> => openLanded(context, await land(context, settings), settings)

export const detectFile = async (
  context: ConnectorContext,
  settings: SqliteSourceSettings,
): Promise<Detection> => detectLanded(context, await land(context, settings))
