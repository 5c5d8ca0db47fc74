import type { DatabaseSync } from 'node:sqlite'
import { uniqueNames } from '../../model/index.ts'
import { fail, type Problem, ProblemError } from '../../problems/index.ts'
import type { ConnectorContext, OpenedSource, SourceRuntime } from '../../spec/index.ts'
import { quoteIdentifier, sql } from '../../sql/index.ts'
import { type ConditionColumn, type ConditionDialect, chosen, conditionSql } from '../databases/conditions.ts'
import { openedRows } from '../databases/opened-rows.ts'
import { columnsOf, estimates, readTable, type TableColumn } from './catalog.ts'
import { incremental, isNumber, isNumberAsText, lastCursor } from './cursor.ts'
import { databaseProblem, isLocked, saidBy } from './faults.ts'
import { detectFile, openFile } from './file-source.ts'
import { landRows } from './landing.ts'
import { beginReading, type Located, locateFor, openForReading, patiently } from './session.ts'
import type { SqliteSourceSettings, sqlite } from './spec.ts'
import { quoteNumber, quoteText } from './text.ts'

interface Found {
  /** A table, or a temporary view of the query. */
  readonly relation: string
  readonly columns: readonly TableColumn[]
  readonly primaryKey: readonly string[]
  readonly estimatedRows: number | undefined
}

const isQuery = ({ read }: SqliteSourceSettings): boolean => read === 'query'
const fieldOf = (settings: SqliteSourceSettings) => (isQuery(settings) ? 'statement' : 'table')
const queryView = '__millrace_query'

/** Only as the query of a view: whatever is not one SELECT is refused, and nothing of it is executed. */
function declareQuery(database: DatabaseSync, settings: SqliteSourceSettings, nodeId: string): void {
  const text = settings.statement.trim()
  const at = { nodeId, field: 'statement' }
  const label = { en: 'Query', zh: '查询' }
  if (text === '') fail('setting.required', { label }, at)
  const query = text.replace(/;\s*$/, '')
  const detail = { en: 'one SELECT is wanted', zh: '应为一条 SELECT 语句' }
  if (!/^(\(|\s|--.*\n|\/\*[\s\S]*?\*\/)*(SELECT|WITH|VALUES)\b/i.test(query))
    fail('setting.invalid', { label, detail }, at)
  try {
    database.prepare(`CREATE TEMP VIEW IF NOT EXISTS ${queryView} AS SELECT * FROM (${query}\n)`).run()
    database.prepare(`SELECT * FROM temp.${queryView}`)
  } catch (error) {
    // It is asked again.
    if (isLocked(error)) throw error
    throw atPosition(error, settings, nodeId)
  }
}

/** Where in the query SQLite found fault: it tells what stands there. */
function atPosition(
  error: unknown,
  { statement, connection }: SqliteSourceSettings,
  nodeId: string,
): ProblemError {
  const { problem } = databaseProblem(error, { nodeId, field: 'statement' }, connection)
  const [, near, name] =
    /near "([\s\S]+?)":|no such (?:column|table|function): (\S+)/.exec(saidBy(error)) ?? []
  const position = statement.indexOf(near ?? name?.split('.').at(-1) ?? '\0')
  return new ProblemError(
    position >= 0 ? { ...problem, location: { ...problem.location, position } } : problem,
    { cause: error },
  )
}

function find(database: DatabaseSync, settings: SqliteSourceSettings, nodeId: string): Found {
  if (isQuery(settings)) {
    const columns = columnsOf(database, queryView, 'temp')
    return { relation: `temp.${queryView}`, columns, primaryKey: [], estimatedRows: undefined }
  }
  const at = { nodeId, field: 'table' }
  if (settings.table.trim() === '') fail('setting.required', { label: { en: 'Table', zh: '表' } }, at)
  const table = readTable(database, settings.table)
  if (!table) return fail('table.unknown', { table: settings.table }, at)
  const primaryKey = table.columns
    .filter(({ key }) => key !== null)
    .toSorted((a, b) => (a.key ?? 0) - (b.key ?? 0))
    .map(({ name }) => name)
  const estimatedRows = estimates(database).get(table.name)
  return { relation: table.sql, columns: table.columns, primaryKey, estimatedRows }
}

const dialect: ConditionDialect = {
  text: quoteText,
  constant(value, { type }) {
    if (type === 'BOOLEAN') return /^(t|true|y|yes|1)$/i.test(value) ? '1' : '0'
    return isNumber(type) ? quoteNumber(value.replace(/^\+/, '')) : quoteText(value)
  },
  differ: (left, right) => `${left} IS NOT ${right}`,
  matches: 'REGEXP',
}

const conditionColumns = ({ columns }: Found): ConditionColumn[] => {
  const names = uniqueNames(columns.map(({ name }) => name))
  return columns.map((column, place) => {
    const cell = `q.${quoteIdentifier(column.name)}`
    const value = isNumberAsText(column) ? `CAST(${cell} AS NUMERIC)` : cell
    return { name: names[place] ?? column.name, type: column.type, sql: value }
  })
}

/** SQLite has the operator, and leaves to its hosts what it does. */
function teachPatterns(database: DatabaseSync): void {
  const known = new Map<string, RegExp>()
  database.function('regexp', { deterministic: true }, (pattern, value) => {
    if (pattern === null || value === null) return null
    const text = String(pattern)
    const found = known.get(text) ?? new RegExp(text, 'u')
    known.set(text, found)
    return found.test(String(value)) ? 1 : 0
  })
}

async function read(
  context: ConnectorContext,
  settings: SqliteSourceSettings,
  database: DatabaseSync,
  { patience }: Located,
): Promise<OpenedSource> {
  const { signal, nodeId, sample } = context
  teachPatterns(database)
  if (isQuery(settings)) await patiently(() => declareQuery(database, settings, nodeId), patience, signal)
  // A query cannot change anything.
  database.exec('PRAGMA query_only = ON; PRAGMA case_sensitive_like = ON')
  await beginReading(database, patience, signal)
  const found = find(database, settings, nodeId)
  const obstacles: Problem[] = []
  const part = await chosen(context, obstacles, () =>
    incremental(context, settings, found.columns, found.primaryKey),
  )
  const asked = await chosen(context, obstacles, () =>
    conditionSql(context, settings.where, conditionColumns(found), dialect),
  )
  const conditions = [asked, part?.after].filter((condition) => condition)
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
  const from = `FROM ${found.relation} AS q${where}`
  const newest = part && sample === undefined ? lastCursor(database, from, part) : undefined
  const cells = found.columns.map(({ name }) => `q.${quoteIdentifier(name)}`)
  const limit = sample === undefined ? '' : ` LIMIT ${sample}`
  const { columns, select, rejects } = await landRows(
    context,
    database,
    found.columns,
    `${from}${limit}`,
    cells,
  )
  return openedRows(context, settings, {
    columns,
    relation: sql`(${select})`,
    rejects: sql`(${rejects})`,
    estimatedRows: where === '' ? found.estimatedRows : undefined,
    isIncremental: part !== undefined,
    newest,
    obstacles,
  })
}

async function open(context: ConnectorContext, settings: SqliteSourceSettings): Promise<OpenedSource> {
  const { nodeId, signal } = context
  const located = await locateFor(context, settings.connection)
  const database = await openForReading(located.file)
  try {
    return await read(context, settings, database, located)
  } catch (error) {
    signal.throwIfAborted()
    throw databaseProblem(error, { nodeId, field: fieldOf(settings) }, located.path)
  } finally {
    database.close()
  }
}

export const sqliteSource: SourceRuntime<typeof sqlite.source.settings> = {
  open: (context, settings) =>
    settings.read === 'file' ? openFile(context, settings) : open(context, settings),
  // Of a connection, columns and types are the database's own: there is nothing to find out.
  detect: (context, settings) =>
    settings.read === 'file'
      ? detectFile(context, settings)
      : Promise.resolve({ settings: {}, evidence: [], sampled: 0 }),
}
