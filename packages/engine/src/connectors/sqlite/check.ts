import type { DatabaseSync } from 'node:sqlite'
import { type Column, kindOf, sameName } from '../../model/index.ts'
import { createProblem, type Problem } from '../../problems/index.ts'
import type { ConnectorContext, Standing } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import { isKeyed } from '../databases/staged-input.ts'
import { readTable, type Table } from './catalog.ts'
import { databaseProblem } from './faults.ts'
import { fileModeProblems } from './file-target.ts'
import { landRows } from './landing.ts'
import { createsTable, uniqueKeyOf } from './plan.ts'
import { beginReading, locateFor, openForReading } from './session.ts'
import type { SqliteTargetSettings } from './spec.ts'

/** `found`: the table of the settings, if it is there. */
async function withTable<T>(
  context: ConnectorContext,
  settings: SqliteTargetSettings,
  work: (database: DatabaseSync, found: Table | undefined) => Promise<T>,
): Promise<T> {
  const { nodeId, signal } = context
  const located = await locateFor(context, settings.connection)
  const database = await openForReading(located.file)
  try {
    await beginReading(database, located.patience, signal)
    return await work(database, readTable(database, settings.table))
  } catch (error) {
    signal.throwIfAborted()
    throw databaseProblem(error, { nodeId, field: 'table' }, located.path)
  } finally {
    database.close()
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
  { mode, keys }: SqliteTargetSettings,
  columns: readonly Column[],
  nodeId: string,
): Problem[] {
  const at = (field: string) => ({ nodeId, field })
  if (table.isView) {
    const detail = { en: 'a view cannot be written', zh: '无法写入视图' }
    return [createProblem('database.refused', { detail }, at('table'))]
  }
  const problems: Problem[] = []
  const names = table.columns.map(({ name }) => name)
  const zoned = (type: string) => type === 'TIMESTAMP WITH TIME ZONE'
  for (const { name, type } of columns) {
    const there = table.columns.find((column) => sameName(column.name, name))
    if (!there)
      problems.push(createProblem('table.noColumn', { column: name }, at('table'), alike(name, names)))
    else if (
      kindOf(type) === 'timestamp' &&
      kindOf(there.type) === 'timestamp' &&
      zoned(type) !== zoned(there.type)
    )
      problems.push(createProblem('table.zone', { column: name, type, other: there.declared }, at('table')))
  }
  for (const { name, nullable, filled, generated } of table.columns) {
    const arrives = columns.some((column) => sameName(column.name, name))
    if (!['update', 'delete'].includes(mode) && !arrives && !nullable && !filled)
      problems.push(createProblem('table.needsColumn', { column: name }, at('table')))
    if (arrives && generated)
      problems.push(createProblem('table.filledColumn', { column: name }, at('table')))
  }
  if (['upsert', 'mirror'].includes(mode) && keys.length > 0 && !uniqueKeyOf(table.uniqueKeys, keys)) {
    const suggestions = table.uniqueKeys.map((key) => String(key.columns))
    problems.push(createProblem('table.noKey', { keys: `(${keys.join(', ')})` }, at('keys'), suggestions))
  }
  return problems
}

export async function check(
  context: ConnectorContext,
  settings: SqliteTargetSettings,
  columns: readonly Column[],
): Promise<readonly Problem[]> {
  const { nodeId } = context
  if (settings.into === 'file') return fileModeProblems(settings, nodeId)
  const label = { en: 'Key', zh: '键' }
  const problems =
    isKeyed(settings) && settings.keys.length === 0
      ? [createProblem('setting.required', { label }, { nodeId, field: 'keys' })]
      : []
  const table = await withTable(context, settings, (_, found) => Promise.resolve(found))
  if (table) return [...problems, ...drift(table, settings, columns, nodeId)]
  if (createsTable(settings)) return problems
  return [...problems, createProblem('table.unknown', { table: settings.table }, { nodeId, field: 'table' })]
}

export async function standing(
  context: ConnectorContext,
  settings: SqliteTargetSettings,
  columns: readonly Column[],
): Promise<Standing | undefined> {
  if (settings.into === 'file') return undefined
  const { mode, mirrorCap } = settings
  const keys = isKeyed(settings) ? settings.keys : []
  return withTable(context, settings, async (database, table) => {
    if (!table || mode === 'append') return { mode, keys, rows: undefined }
    const wanted = table.columns.filter(({ name }) => columns.some((column) => sameName(column.name, name)))
    const cells = wanted.map(({ name }) => quoteIdentifier(name))
    const name = `${context.nodeId} standing`
    const { lenient } = await landRows(context, database, wanted, `FROM ${table.sql}`, cells, name)
    return { mode, keys, rows: lenient, mirrorCap }
  })
}
