import { kindOf, uniqueNames } from '../../model/index.ts'
import { fail, type Problem, ProblemError } from '../../problems/index.ts'
import type { ConnectorContext, SourceRuntime } from '../../spec/index.ts'
import { identifier } from '../../sql/index.ts'
import { type ConditionColumn, type ConditionDialect, chosen, conditionSql } from '../databases/conditions.ts'
import { openedRows } from '../databases/opened-rows.ts'
import {
  exposeReceived,
  openReceiving,
  type ReceivingSource,
  receivedColumns,
} from '../databases/reception.ts'
import { placeOf, readTableToRead } from './catalog.ts'
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
  const table = place && (await readTableToRead(session, place))
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

/** A column of what is read, its name that of the flow. */
interface ReadColumn extends ResultColumn, ConditionColumn {
  readonly alwaysFits: boolean
}

const alwaysFitting = [...numbers, 'boolean', 'text', 'binary']

function readColumns({ columns }: Found): ReadColumn[] {
  const names = uniqueNames(columns.map(({ name }) => name))
  return columns.map((column, place) => {
    const { name, type, isFloat } = column
    return {
      ...column,
      name: names[place] ?? name,
      alwaysFits: alwaysFitting.includes(kindOf(type)),
      // The server prints a FLOAT with six digits; as a DOUBLE it has all of them.
      sql: isFloat ? `(q.${quoteName(name)} + 0e0)` : `q.${quoteName(name)}`,
    }
  })
}

async function open(
  context: ConnectorContext,
  settings: MysqlSourceSettings,
  session: MysqlSession,
  database: string,
): Promise<ReceivingSource> {
  // One snapshot for everything that is asked; and a query cannot change anything.
  await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
  const found = await find(session, settings, database, context.nodeId)
  const columns = readColumns(found)
  const obstacles: Problem[] = []
  const part = await chosen(context, obstacles, () =>
    incremental(context, settings, found.columns, found.primaryKey),
  )
  const asked = await chosen(context, obstacles, () =>
    conditionSql(context, settings.where, columns, dialect),
  )
  const conditions = [asked, part?.after].filter((condition) => condition)
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
  const from = `FROM ${found.relation} AS q${where}`
  const newest = part && context.sample === undefined ? await lastCursor(session, from, part) : undefined
  const { query } = found
  // Only as it stands can a query give two columns of the same name.
  const hasTwins = columns.some(({ name }, place) => name !== found.columns[place]?.name)
  const statementOf = (received: readonly ReadColumn[]): string => {
    const canStay = columns.every(({ name, isFloat }) => !isFloat && !(name in {}))
    if (query !== undefined && where === '' && canStay && received.length === columns.length) return query
    return `SELECT ${received.map((column, place) => `${column.sql} AS c${place}`).join(', ')} ${from}`
  }
  if (context.sample !== undefined) await session.run(`SET SESSION sql_select_limit = ${context.sample}`)
  const landed = `${context.nodeId} landed`
  const [relation, rejects] = [identifier(`${context.nodeId} rows`), identifier(`${landed} rejected`)]
  return {
    ...openedRows(context, settings, {
      columns,
      relation,
      rejects,
      estimatedRows: where === '' ? found.estimatedRows : undefined,
      isIncremental: part !== undefined,
      newest,
      obstacles,
    }),
    reception: {
      relation,
      async take(wanted) {
        const received = receivedColumns(columns, found.primaryKey, hasTwins ? undefined : wanted)
        const { table } = await landRows(context, session, received, statementOf(received), landed)
        await exposeReceived(context, relation, table, columns, received)
      },
    },
  }
}

export const mysqlSource: SourceRuntime<typeof mysql.source.settings> = {
  async open(context, settings) {
    const { nodeId, signal } = context
    const connection = await context.connection(mysql, settings.connection)
    const session = await openSession(connection, signal, 'read', { nodeId, field: 'connection' })
    const at = { nodeId, field: isQuery(settings) ? 'query' : 'table' }
    return openReceiving(
      context,
      session,
      (error) => databaseProblem(error, at),
      () => open(context, settings, session, connection.database),
    )
  },
  // Columns and types are the database's own: there is nothing to find out.
  detect: () => Promise.resolve({ settings: {}, evidence: [], sampled: 0 }),
}
