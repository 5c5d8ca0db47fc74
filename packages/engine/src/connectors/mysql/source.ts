import { kindOf, uniqueNames } from '../../model/index.ts'
import { fail, type Problem, ProblemError } from '../../problems/index.ts'
import type { ConnectorContext, OpenedSource, SourceRuntime } from '../../spec/index.ts'
import { identifier, join, sql } from '../../sql/index.ts'
import { type ConditionColumn, type ConditionDialect, chosen, conditionSql } from '../databases/conditions.ts'
import { placeOf, readTable } from './catalog.ts'
import { incremental, lastCursor } from './cursor.ts'
import { databaseProblem, saidBy } from './faults.ts'
import { landRows } from './landing.ts'
import { type MysqlSession, openSession } from './session.ts'
import { type MysqlSourceSettings, mysql } from './spec.ts'
import { quoteName, quoteNumber, quoteText } from './text.ts'
import { type ResultColumn, resultColumns } from './types.ts'

interface Found {
  /** `` `schema`.`table` ``, or a query in parentheses. */
  readonly relation: string
  /** The query by itself, which may give two columns of the same name. */
  readonly query: string | undefined
  readonly columns: readonly ResultColumn[]
  readonly primaryKey: readonly string[]
  readonly estimatedRows: number | undefined
}

const isQuery = ({ read }: MysqlSourceSettings): boolean => read === 'query'

async function find(
  session: MysqlSession,
  settings: MysqlSourceSettings,
  database: string,
  nodeId: string,
): Promise<Found> {
  const field = isQuery(settings) ? 'query' : 'table'
  const text = settings[field].trim()
  const label = isQuery(settings) ? { en: 'Query', zh: '查询' } : { en: 'Table', zh: '表' }
  if (text === '') fail('setting.required', { label }, { nodeId, field })
  if (isQuery(settings)) {
    const query = text.replace(/;\s*$/, '')
    const columns = resultColumns(
      await session.describe(query).catch((error: unknown) => {
        throw atPosition(error, settings.query, nodeId)
      }),
    )
    const detail = { en: 'one SELECT is wanted', zh: '应为一条 SELECT 语句' }
    if (columns.length === 0 || !/^(\(|\s|--.*\n|#.*\n|\/\*[\s\S]*?\*\/)*(SELECT|WITH|VALUES)\b/i.test(query))
      fail('setting.invalid', { label, detail }, { nodeId, field })
    return { relation: `(${query}\n)`, query, columns, primaryKey: [], estimatedRows: undefined }
  }
  const place = placeOf(text, database)
  const table = place && (await readTable(session, place))
  if (!table) return fail('table.unknown', { table: text }, { nodeId, field })
  const list = table.columns.map(({ name }) => quoteName(name)).join(', ')
  const columns = resultColumns(await session.describe(`SELECT ${list} FROM ${table.sql}`))
  const primaryKey = table.columns
    .filter(({ key }) => key !== null)
    .toSorted((a, b) => (a.key ?? 0) - (b.key ?? 0))
    .map(({ name }) => name)
  return { relation: table.sql, query: undefined, columns, primaryKey, estimatedRows: table.estimatedRows }
}

/** Where in the query the server found fault: it tells what stands there. */
function atPosition(error: unknown, query: string, nodeId: string): ProblemError {
  const { problem } = databaseProblem(error, { nodeId, field: 'query' })
  const [, near, name] =
    /near '([\s\S]+?)' at line|Unknown (?:column|table) '([^']+)'/.exec(saidBy(error)) ?? []
  const position = query.indexOf(near ?? name?.split('.').at(-1) ?? '\0')
  return new ProblemError(
    position >= 0 ? { ...problem, location: { ...problem.location, position } } : problem,
    { cause: error },
  )
}

const numbers = ['integer', 'decimal', 'float']

const dialect: ConditionDialect = {
  text: quoteText,
  constant(value, { type }) {
    if (type === 'BOOLEAN') return /^(t|true|y|yes|1)$/i.test(value) ? '1' : '0'
    return numbers.includes(kindOf(type)) ? quoteNumber(value.replace(/^\+/, '')) : quoteText(value)
  },
  differ: (left, right) => `NOT (${left} <=> ${right})`,
  matches: 'REGEXP',
}

function conditionColumns({ columns }: Found): ConditionColumn[] {
  const names = uniqueNames(columns.map(({ name }) => name))
  return columns.map(({ name, type, isFloat }, place) => ({
    name: names[place] ?? name,
    type,
    sql: isFloat ? `(q.${quoteName(name)} + 0e0)` : `q.${quoteName(name)}`,
  }))
}

async function open(
  context: ConnectorContext,
  settings: MysqlSourceSettings,
  session: MysqlSession,
  database: string,
): Promise<OpenedSource> {
  // One snapshot for everything that is asked; and a query cannot change anything.
  await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
  const found = await find(session, settings, database, context.nodeId)
  const notices: Problem[] = []
  const part = await chosen(context, notices, () =>
    incremental(context, settings, found.columns, found.primaryKey),
  )
  const asked = await chosen(context, notices, () =>
    conditionSql(context, settings.where, conditionColumns(found), dialect),
  )
  const conditions = [asked, part?.after].filter((condition) => condition)
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
  const from = `FROM ${found.relation} AS q${where}`
  const newest = part && context.sample === undefined ? await lastCursor(session, from, part) : undefined
  // The server prints a FLOAT with six digits; as a DOUBLE it has all of them.
  const selected = found.columns.map(
    ({ name, isFloat }, place) => `q.${quoteName(name)}${isFloat ? ' + 0e0' : ''} AS c${place}`,
  )
  const canStay = found.columns.every(({ name, isFloat }) => !isFloat && !(name in {}))
  const statement =
    found.query !== undefined && where === '' && canStay
      ? found.query
      : `SELECT ${selected.join(', ')} ${from}`
  if (context.sample !== undefined) await session.run(`SET SESSION sql_select_limit = ${context.sample}`)
  const { columns, table, rejects } = await landRows(context, session, found.columns, statement)
  const list = join(columns.map(({ name }) => identifier(name)))
  const place = sql`${isQuery(settings) ? 'query' : settings.table} AS "__mr_file", CAST(NULL AS BIGINT) AS "__mr_line"`
  const cursor = context.interval ? undefined : (newest ?? context.cursor)
  return {
    columns,
    select: sql`SELECT ${list} FROM ${table}`,
    selectWithPosition: sql`SELECT ${list}, ${place} FROM ${table}`,
    rejects: () => Promise.resolve(sql`SELECT ${place}, "__mr_row", "__mr_faults" FROM ${rejects}`),
    ...(found.estimatedRows !== undefined && where === '' && { estimatedRows: found.estimatedRows }),
    ...(part && cursor && { cursor }),
    notices,
  }
}

export const mysqlSource: SourceRuntime<typeof mysql.source.settings> = {
  async open(context, settings) {
    const { nodeId, signal } = context
    const connection = await context.connection(mysql, settings.connection)
    const session = await openSession(connection, signal, 'read', { nodeId, field: 'connection' })
    try {
      return await open(context, settings, session, connection.database)
    } catch (error) {
      signal.throwIfAborted()
      throw databaseProblem(error, { nodeId, field: isQuery(settings) ? 'query' : 'table' })
    } finally {
      await session.close()
    }
  },
  // Columns and types are the database's own: there is nothing to find out.
  detect: () => Promise.resolve({ settings: {}, evidence: [], sampled: 0 }),
}
