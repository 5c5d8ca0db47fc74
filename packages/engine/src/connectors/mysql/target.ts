import { type Column, kindOf, sameName } from '../../model/index.ts'
import { createProblem, type Problem } from '../../problems/index.ts'
import type { ConnectorContext, Standing, TargetRuntime } from '../../spec/index.ts'
import { identifier, join, sql } from '../../sql/index.ts'
import { isKeyed } from '../databases/staged-input.ts'
import { placeOf, readTable, type Table } from './catalog.ts'
import { abandon, abort, commit } from './commit.ts'
import { databaseProblem } from './faults.ts'
import { landRows } from './landing.ts'
import { hasKey } from './plan.ts'
import { type MysqlSession, openSession } from './session.ts'
import { type MysqlTargetSettings, mysql } from './spec.ts'
import { quoteName } from './text.ts'
import { resultColumns } from './types.ts'
import { MysqlWriter } from './writer.ts'

/** `found`: the table of the settings, if it is there. */
async function withTable<T>(
  { nodeId, signal, connection }: ConnectorContext,
  settings: MysqlTargetSettings,
  work: (session: MysqlSession, found: Table | undefined) => Promise<T>,
): Promise<T> {
  const known = await connection(mysql, settings.connection)
  const session = await openSession(known, signal, 'read', { nodeId, field: 'connection' })
  try {
    const place = placeOf(settings.table, known.database)
    return await work(session, place && (await readTable(session, place)))
  } catch (error) {
    signal.throwIfAborted()
    throw databaseProblem(error, { nodeId, field: 'table' })
  } finally {
    await session.close()
  }
}

/** Names of columns that may have been meant. */
const alike = (name: string, names: readonly string[]): string[] => {
  const bare = (text: string) => text.toLowerCase().replace(/\W|_/g, '')
  return names.filter((other) => bare(other) === bare(name))
}

/** What does not fit between the rows that arrive and the table that is there. */
function drift(
  table: Table,
  settings: MysqlTargetSettings,
  columns: readonly Column[],
  nodeId: string,
): Problem[] {
  const at = (field: string) => ({ nodeId, field })
  const problems: Problem[] = []
  const names = table.columns.map(({ name }) => name)
  for (const { name, type } of columns) {
    const there = table.columns.find((column) => sameName(column.name, name))
    if (!there)
      problems.push(createProblem('table.noColumn', { column: name }, at('table'), alike(name, names)))
    else if (
      (type === 'TIMESTAMP WITH TIME ZONE' && there.base === 'datetime') ||
      (kindOf(type) === 'timestamp' && type !== 'TIMESTAMP WITH TIME ZONE' && there.base === 'timestamp')
    )
      problems.push(createProblem('table.zone', { column: name, type, other: there.native }, at('table')))
  }
  const { keys, mode } = settings
  for (const { name, nullable, filled, generated } of table.columns) {
    const arrives = columns.some((column) => sameName(column.name, name))
    if (!['update', 'delete'].includes(mode) && !arrives && !nullable && !filled)
      problems.push(createProblem('table.needsColumn', { column: name }, at('table')))
    if (arrives && generated)
      problems.push(createProblem('table.filledColumn', { column: name }, at('table')))
  }
  if (['upsert', 'mirror'].includes(mode) && keys.length > 0 && !hasKey(table.uniqueKeys, keys)) {
    const wanted = { keys: `(${keys.join(', ')})` }
    problems.push(createProblem('table.noKey', wanted, at('keys'), table.uniqueKeys.map(String)))
  }
  const isSwapped = mode === 'replace' && !table.isBound
  if (!table.isView && !table.isTransactional && !isSwapped) {
    const what = { table: settings.table, engine: table.engine }
    problems.push(createProblem('table.notTransactional', what, at('table')))
  }
  return problems
}

async function check(
  context: ConnectorContext,
  settings: MysqlTargetSettings,
  columns: readonly Column[],
): Promise<Problem[]> {
  const { nodeId } = context
  const label = { en: 'Key', zh: '键' }
  const problems =
    isKeyed(settings) && settings.keys.length === 0
      ? [createProblem('setting.required', { label }, { nodeId, field: 'keys' })]
      : []
  const table = await withTable(context, settings, (_, found) => Promise.resolve(found))
  if (table) return [...problems, ...drift(table, settings, columns, nodeId)]
  const creates = settings.create && settings.mode !== 'update' && settings.mode !== 'delete'
  if (creates) return problems
  return [...problems, createProblem('table.unknown', { table: settings.table }, { nodeId, field: 'table' })]
}

function standing(
  context: ConnectorContext,
  settings: MysqlTargetSettings,
  columns: readonly Column[],
): Promise<Standing> {
  const { mode, mirrorCap } = settings
  const keys = isKeyed(settings) ? settings.keys : []
  return withTable(context, settings, async (session, table) => {
    if (!table || mode === 'append') return { mode, keys, rows: undefined }
    await session.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
    const wanted = table.columns.filter(({ name }) => columns.some((column) => sameName(column.name, name)))
    const list = wanted.map(({ name }) => quoteName(name)).join(', ')
    const found = resultColumns(await session.describe(`SELECT ${list} FROM ${table.sql}`))
    const selected = found.map(
      ({ name, isFloat }, place) => `${quoteName(name)}${isFloat ? ' + 0e0' : ''} AS c${place}`,
    )
    const statement = `SELECT ${selected.join(', ')} FROM ${table.sql}`
    const landed = await landRows(context, session, found, statement, `${context.nodeId} standing`)
    const names = found.map(({ name }) => identifier(name))
    return { mode, keys, rows: sql`SELECT ${join(names)} FROM ${landed.table}`, mirrorCap }
  })
}

export const mysqlTarget: TargetRuntime<typeof mysql.target.settings> = {
  async open(context, settings) {
    return new MysqlWriter(context, settings, await context.connection(mysql, settings.connection))
  },
  check,
  standing,
  commit,
  abort,
  abandon,
}
