import type { Column } from '../../model/index.ts'
import { kindOf } from '../../model/index.ts'
import { createProblem, type Problem } from '../../problems/index.ts'
import type { ConnectorContext, Standing, TargetRuntime } from '../../spec/index.ts'
import { identifier, join, quoteIdentifier, sql } from '../../sql/index.ts'
import { isKeyed } from '../databases/staged-input.ts'
import { abandon } from './abandon.ts'
import { readTable, type Table } from './catalog.ts'
import { abort, commit, outcome } from './commit.ts'
import { databaseProblem } from './faults.ts'
import { landRows } from './landing.ts'
import { hasKey } from './plan.ts'
import { rawName, readColumns } from './reading.ts'
import { openSession, type PostgresSession } from './session.ts'
import { type PostgresTargetSettings, postgres } from './spec.ts'
import { flowType } from './types.ts'
import { PostgresWriter } from './writer.ts'

/** What it takes to look at the table. */
export type CheckContext = Pick<ConnectorContext, 'nodeId' | 'signal' | 'connection'>

async function inSession<T>(
  { nodeId, signal, connection }: CheckContext,
  settings: PostgresTargetSettings,
  work: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const known = await connection(postgres, settings.connection)
  const session = await openSession(known, signal, { nodeId, field: 'connection' })
  try {
    return await work(session)
  } catch (error) {
    signal.throwIfAborted()
    throw databaseProblem(error, { nodeId, field: 'table' })
  } finally {
    await session.close()
  }
}

/** Names of columns that may have been meant. */
const alike = (name: string, names: readonly string[]): string[] =>
  names.filter(
    (other) => other.toLowerCase().replace(/\W|_/g, '') === name.toLowerCase().replace(/\W|_/g, ''),
  )

/** What does not fit between the rows that arrive and the table that is there. */
function drift(
  table: Table,
  settings: PostgresTargetSettings,
  columns: readonly Column[],
  nodeId: string,
): Problem[] {
  const at = (field: string) => ({ nodeId, field })
  const problems: Problem[] = []
  const names = table.columns.map(({ name }) => name)
  for (const { name, type } of columns) {
    const there = table.columns.find((column) => column.name === name)
    if (!there)
      problems.push(createProblem('table.noColumn', { column: name }, at('table'), alike(name, names)))
    else {
      const zoned = (spelled: string) => spelled === 'TIMESTAMP WITH TIME ZONE'
      const other = flowType(there.native)
      if (kindOf(type) === 'timestamp' && kindOf(other) === 'timestamp' && zoned(type) !== zoned(other))
        problems.push(
          createProblem('table.zone', { column: name, type, other: there.native.spelled }, at('table')),
        )
    }
  }
  const inserts = !['update', 'delete'].includes(settings.mode)
  for (const { name, nullable, hasDefault, generated } of table.columns) {
    const arrives = columns.some((column) => column.name === name)
    if (inserts && !arrives && !nullable && !hasDefault && generated === 'no')
      problems.push(createProblem('table.needsColumn', { column: name }, at('table')))
    if (arrives && generated === 'always' && hasDefault)
      problems.push(createProblem('table.filledColumn', { column: name }, at('table')))
  }
  const { keys, mode } = settings
  if ((mode === 'upsert' || mode === 'mirror') && keys.length > 0 && !hasKey(table.uniqueKeys, keys))
    problems.push(
      createProblem(
        'table.noKey',
        { keys: `(${keys.join(', ')})` },
        at('keys'),
        table.uniqueKeys.map(String),
      ),
    )
  return problems
}

export async function check(
  context: CheckContext,
  settings: PostgresTargetSettings,
  columns: readonly Column[],
): Promise<Problem[]> {
  const { nodeId } = context
  const problems: Problem[] = []
  if (isKeyed(settings) && settings.keys.length === 0)
    problems.push(
      createProblem('setting.required', { label: { en: 'Key', zh: '键' } }, { nodeId, field: 'keys' }),
    )
  const table = await inSession(context, settings, (session) => readTable(session, settings.table))
  const creates = settings.create && settings.mode !== 'update' && settings.mode !== 'delete'
  if (table) problems.push(...drift(table, settings, columns, nodeId))
  else if (!creates)
    problems.push(createProblem('table.unknown', { table: settings.table }, { nodeId, field: 'table' }))
  return problems
}

async function standing(
  context: ConnectorContext,
  settings: PostgresTargetSettings,
  columns: readonly Column[],
): Promise<Standing> {
  const { mode, mirrorCap } = settings
  const keys = isKeyed(settings) ? settings.keys : []
  return inSession(context, settings, async (session) => {
    await session.run('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const table = await readTable(session, settings.table)
    if (!table) return { mode, keys, rows: undefined }
    const wanted = columns.flatMap(({ name }) => table.columns.find((column) => column.name === name) ?? [])
    const read = readColumns(wanted)
    const names = wanted.map(({ name }, place) => `${quoteIdentifier(name)} AS ${rawName(place)}`)
    const from = `FROM (SELECT ${names.join(', ')} FROM ${table.sql}) AS q`
    const landed = await landRows(context, session, read, from, `${context.nodeId} standing`)
    const list = wanted.map(({ name }) => identifier(name))
    return { mode, keys, rows: sql`SELECT ${join(list)} FROM ${landed.table}`, mirrorCap }
  })
}

export const postgresTarget: TargetRuntime<typeof postgres.target.settings> = {
  async open(context, settings) {
    return new PostgresWriter(context, settings, await context.connection(postgres, settings.connection))
  },
  check,
  standing,
  commit,
  abort,
  outcome,
  abandon,
}
