import { fail, type Problem, ProblemError } from '../../problems/index.ts'
import type { ConnectorContext, SourceRuntime, Token } from '../../spec/index.ts'
import { identifier, quoteIdentifier } from '../../sql/index.ts'
import { type ConditionColumn, type ConditionDialect, chosen, conditionSql } from '../databases/conditions.ts'
import { openedRows } from '../databases/opened-rows.ts'
import {
  exposeReceived,
  openReceiving,
  type ReceivingSource,
  receivedColumns,
} from '../databases/reception.ts'
import { describeSelect, quoteText, readTable } from './catalog.ts'
import { databaseProblem, isServerFault } from './faults.ts'
import { landRows } from './landing.ts'
import { type ReadColumn, rawName, readColumns } from './reading.ts'
import { openSession, type PostgresSession } from './session.ts'
import { type PostgresSourceSettings, postgres } from './spec.ts'
import type { NativeType } from './types.ts'

interface Found {
  /** `"schema"."table"`, or a query in parentheses. */
  readonly from: string
  readonly columns: readonly { readonly name: string; readonly native: NativeType }[]
  /** The columns of the primary key. */
  readonly keys: readonly string[]
  readonly estimatedRows: number | undefined
}

const isQuery = ({ read }: PostgresSourceSettings): boolean => read === 'query'

async function find(
  session: PostgresSession,
  settings: PostgresSourceSettings,
  nodeId: string,
): Promise<Found> {
  const field = isQuery(settings) ? 'query' : 'table'
  const text = settings[field].trim()
  const label = isQuery(settings) ? { en: 'Query', zh: '查询' } : { en: 'Table', zh: '表' }
  if (text === '') fail('setting.required', { label }, { nodeId, field })
  if (isQuery(settings)) {
    // The line break ends a comment at its end; only one SELECT can stand in parentheses.
    const relation = `(${text.replace(/;\s*$/, '')}\n)`
    const columns = await describeSelect(session, `SELECT * FROM ${relation} AS q`).catch(
      (error: unknown) => {
        throw atPosition(error, settings.query, relation, nodeId)
      },
    )
    return { from: relation, columns, keys: [], estimatedRows: undefined }
  }
  const table = (await readTable(session, text)) ?? fail('table.unknown', { table: text }, { nodeId, field })
  const { columns, estimatedRows } = table
  const keys = columns.filter(({ key }) => key !== null).map(({ name }) => name)
  return { from: table.sql, columns, keys, estimatedRows }
}

/** Where in the query the server found fault. */
function atPosition(error: unknown, query: string, relation: string, nodeId: string): ProblemError {
  const { problem } = databaseProblem(error, { nodeId, field: 'query' })
  const place = isServerFault(error) && 'position' in error ? Number(error.position) : Number.NaN
  const before = 'SELECT * FROM ('.length + 1
  const lead = query.length - query.trimStart().length
  const position = place - before + lead
  const inside = Number.isInteger(position) && position >= 0 && position <= relation.length
  return new ProblemError(inside ? { ...problem, location: { ...problem.location, position } } : problem, {
    cause: error,
  })
}

interface Incremental {
  /** A condition. */
  readonly after: string
  readonly order: string
  /** The columns of the cursor and how each is spelled in SQL. */
  readonly parts: readonly { readonly name: string; readonly sql: string }[]
}

/** Which rows an incremental reading takes: those after the cursor, by the cursor's column and then by key. */
function incremental(
  context: ConnectorContext,
  settings: PostgresSourceSettings,
  columns: Found['columns'],
): Incremental | undefined {
  if (settings.mode === 'full') return undefined
  const { nodeId, cursor, interval } = context
  const partOf = (name: string, field: string) => {
    const place = columns.findIndex((column) => column.name === name)
    const native = columns[place]?.native
    if (!native)
      return fail(
        'column.unknown',
        { column: name },
        { nodeId, field },
        columns.slice(0, 5).map((column) => column.name),
      )
    return { name, native, sql: `q.${quoteIdentifier(rawName(place))}` }
  }
  if (settings.cursorColumn === '')
    fail(
      'setting.required',
      { label: { en: 'Cursor column', zh: '游标列' } },
      { nodeId, field: 'cursorColumn' },
    )
  const first = partOf(settings.cursorColumn, 'cursorColumn')
  const parts = [first, ...settings.tieColumns.map((name, place) => partOf(name, `tieColumns.${place}`))]
  const value = ({ name, native }: (typeof parts)[number]): string | undefined =>
    typeof cursor?.[name] === 'string' ? `${quoteText(cursor[name])}::${native.spelled}` : undefined
  const start = value(first)
  const order = parts.map((part) => `${part.sql} DESC`).join(', ')
  const conditions = [`${first.sql} IS NOT NULL`]
  if (interval) {
    const constant = (text: string) => `${quoteText(text)}::${first.native.spelled}`
    conditions.push(`${first.sql} BETWEEN ${constant(interval.from)} AND ${constant(interval.to)}`)
  } else if (start !== undefined) {
    const values = parts.map(value)
    const known = values.every((text) => text !== undefined) ? parts.length : 1
    const tuple = (items: readonly (string | undefined)[]) => `(${items.slice(0, known).join(', ')})`
    const after = `${tuple(parts.map((part) => part.sql))} > ${tuple(values)}`
    const isTime = /^(date|time)/.test(first.native.base)
    const window = quoteText(settings.lookBack.trim())
    const back = isTime ? `${window}::interval` : `${window}::numeric`
    conditions.push(
      settings.lookBack.trim() === '' ? after : `(${after} OR ${first.sql} >= ${start} - ${back})`,
    )
  }
  return { after: conditions.join(' AND '), order, parts }
}

const dialect: ConditionDialect = {
  text: quoteText,
  // A constant without a type takes that of the column, of any length and precision.
  constant: quoteText,
  differ: (left, right) => `${left} IS DISTINCT FROM ${right}`,
  matches: '~',
}

const texts = new Set(['text', 'varchar', 'bpchar'])

/** What a flow has as text is compared as text. */
const conditionColumns = (found: Found['columns'], columns: readonly ReadColumn[]): ConditionColumn[] =>
  columns.map(({ name, type }, place) => {
    const plain = `q.${quoteIdentifier(rawName(place))}`
    const { base = '', isArray = false } = found[place]?.native ?? {}
    const isPlain = type !== 'VARCHAR' || (texts.has(base) && !isArray)
    return { name, type, sql: isPlain ? plain : `${plain}::text` }
  })

/** The last place of what is read, as the server prints it. */
async function lastCursor(
  session: PostgresSession,
  from: string,
  { order, parts }: Incremental,
): Promise<Token | undefined> {
  const list = parts.map((part) => `${part.sql}::text AS ${quoteIdentifier(part.name)}`)
  const [row] = await session.query(`SELECT ${list.join(', ')} ${from} ORDER BY ${order} LIMIT 1`)
  return row
}

async function open(
  context: ConnectorContext,
  settings: PostgresSourceSettings,
  session: PostgresSession,
): Promise<ReceivingSource> {
  // One snapshot for everything that is asked; and a query cannot change anything.
  await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const {
    from: relationSql,
    columns: found,
    keys,
    estimatedRows,
  } = await find(session, settings, context.nodeId)
  const columns: ReadColumn[] = readColumns(found)
  const obstacles: Problem[] = []
  const part = await chosen(context, obstacles, () => incremental(context, settings, found))
  const asked = await chosen(context, obstacles, () =>
    conditionSql(context, settings.where, conditionColumns(found, columns), dialect),
  )
  const conditions = [asked, part?.after].filter((condition) => condition)
  const where = conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')}` : ''
  const names = found.map((_, place) => quoteIdentifier(rawName(place))).join(', ')
  const from = `FROM ${relationSql} AS q (${names})${where}`
  const newest = part && context.sample === undefined ? await lastCursor(session, from, part) : undefined
  const limit = context.sample === undefined ? '' : ` LIMIT ${context.sample}`
  const landed = `${context.nodeId} landed`
  const [relation, rejects] = [identifier(`${context.nodeId} rows`), identifier(`${landed} rejected`)]
  return {
    ...openedRows(context, settings, {
      columns,
      relation,
      rejects,
      estimatedRows: where === '' ? estimatedRows : undefined,
      isIncremental: part !== undefined,
      newest,
      obstacles,
    }),
    reception: {
      relation,
      async take(wanted) {
        const received = receivedColumns(columns, keys, wanted)
        const { table } = await landRows(context, session, received, `${from}${limit}`, landed)
        await exposeReceived(context, relation, table, columns, received)
      },
    },
  }
}

export const postgresSource: SourceRuntime<typeof postgres.source.settings> = {
  async open(context, settings) {
    const { nodeId, signal } = context
    const connection = await context.connection(postgres, settings.connection)
    const session = await openSession(connection, signal, { nodeId, field: 'connection' })
    const at = { nodeId, field: isQuery(settings) ? 'query' : 'table' }
    return openReceiving(
      context,
      session,
      (error) => databaseProblem(error, at),
      () => open(context, settings, session),
    )
  },
  // Columns and types are the database's own: there is nothing to find out.
  detect: () => Promise.resolve({ settings: {}, evidence: [], sampled: 0 }),
}
