import { createHash } from 'node:crypto'
import { type Column, sameName } from '../../model/index.ts'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext } from '../../spec/index.ts'
import { isKeyed } from '../databases/staged-input.ts'
import { placeOf, readTable, type Table, type TableColumn } from './catalog.ts'
import type { MysqlSession } from './session.ts'
import type { MysqlTargetSettings } from './spec.ts'
import { quoteName, quoteTable, type TablePlace } from './text.ts'
import { tableType } from './types.ts'

/** Where everything that runs leave in a database begins. */
export const stagePrefix = '__millrace_stage_'
/** Tables that are to take the place of the target: while they are filled, and once they are whole. */
export const newPrefix = '__millrace_new_'
export const readyPrefix = '__millrace_ready_'
/** Holds a row for every transaction that has committed, which tells so after a crash. */
export const commitsTable = '__millrace_commits'

export interface WritePlan {
  readonly target: TablePlace
  /** The table that is there. */
  readonly found: Table | undefined
  /**
   * `transaction`: the rows of the table change within an XA transaction. `swap`: a table of the same
   * shape is filled, which takes the table's place by one RENAME, or its name where there is none.
   */
  readonly way: 'transaction' | 'swap'
  /** The columns of the target that the flow's columns go to, in their order. */
  readonly natives: readonly TableColumn[]
  /** What the leftovers of the run are called. */
  readonly mark: string
  /** The name of its transaction, or what a swap is known by. */
  readonly gid: string
  readonly stage: string
  /** As SQL: where the rows go. */
  readonly destination: string
  /** Name of the table for the old rows. */
  readonly previous: string | undefined
  readonly isOnlyKey: boolean
}

/** A name of at most 64 characters; what is cut off is taken from the table's own name. */
export function previousName(table: string): string {
  const suffix = '__previous'
  return [...table].slice(0, 64 - suffix.length).join('') + suffix
}

const isSameKey = (key: readonly string[], keys: readonly string[]): boolean =>
  key.length === keys.length && key.every((name) => keys.some((other) => sameName(name, other)))

/** Whether the keys are exactly those of one unique index. */
export const hasKey = (uniqueKeys: readonly (readonly string[])[], keys: readonly string[]): boolean =>
  uniqueKeys.some((key) => isSameKey(key, keys))

export const markOf = ({ runId, nodeId }: Pick<ConnectorContext, 'runId' | 'nodeId'>): string =>
  createHash('sha256').update(`${runId}\n${nodeId}`).digest('hex').slice(0, 24)

/** Two texts are the same there only where they are the same in a flow: neither case nor spaces at the end are overlooked. */
function exactCollation({ isMariaDB, version }: MysqlSession): string {
  if (isMariaDB) return 'utf8mb4_nopad_bin'
  return Number.parseInt(version, 10) >= 8 ? 'utf8mb4_0900_bin' : 'utf8mb4_bin'
}

function createStatement(
  session: MysqlSession,
  destination: string,
  columns: readonly Column[],
  keys: readonly string[],
): string {
  const isKey = (name: string) => keys.some((key) => sameName(key, name))
  const definitions = columns.map(({ name, type }) => `${quoteName(name)} ${tableType(type, isKey(name))}`)
  const primary = keys.length > 0 ? [`PRIMARY KEY (${keys.map(quoteName).join(', ')})`] : []
  return `CREATE TABLE ${destination} (${[...definitions, ...primary].join(', ')}) ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE ${exactCollation(session)}`
}

/** Before, a prepared transaction is rolled back when its session ends. */
function keepsPrepared({ isMariaDB, version }: MysqlSession): boolean {
  const [major = 0, minor = 0, patch = 0] = (version.match(/\d+/g) ?? []).map(Number)
  const at = major * 1e6 + minor * 1e3 + patch
  return at >= (isMariaDB ? 10_005_000 : 5_007_007)
}

/** Makes what the run needs besides its rows; throws located problems for what cannot be. */
export async function planWrite(
  session: MysqlSession,
  context: Pick<ConnectorContext, 'nodeId' | 'runId'>,
  settings: MysqlTargetSettings,
  database: string,
  columns: readonly Column[],
): Promise<WritePlan> {
  const { nodeId } = context
  const at = (field: string) => ({ nodeId, field })
  const { mode } = settings
  if (!keepsPrepared(session))
    fail(
      'database.refused',
      { detail: `${session.version}: MariaDB 10.5 or MySQL 5.7.7 is needed` },
      at('connection'),
    )
  const keys = isKeyed(settings) ? settings.keys : []
  const target = placeOf(settings.table, database)
  const found = target && (await readTable(session, target))
  const creates = settings.create && !['update', 'delete'].includes(mode)
  if (!target || (!found && !creates)) return fail('table.unknown', { table: settings.table }, at('table'))
  const mark = markOf(context)
  const fresh = { schema: target.schema, table: `${newPrefix}${mark}` }
  const way = !found || (mode === 'replace' && !found.isBound && !found.isView) ? 'swap' : 'transaction'
  const destination = way === 'swap' ? quoteTable(fresh) : quoteTable(target)
  if (way === 'swap') await session.run(`DROP TABLE IF EXISTS ${destination}`)
  if (!found) await session.run(createStatement(session, destination, columns, keys))
  else if (way === 'swap') await session.run(`CREATE TABLE ${destination} LIKE ${found.sql}`)
  else if (!found.isView && !found.isTransactional)
    fail('table.notTransactional', { table: settings.table, engine: found.engine }, at('table'))
  const table = found ?? (await readTable(session, fresh)) ?? fail('table.unknown', { table: fresh.table })
  const natives = columns.map(
    ({ name }) =>
      table.columns.find((column) => sameName(column.name, name)) ??
      fail('table.noColumn', { column: name }, at('table')),
  )
  const filled = natives.find(({ generated }) => generated)
  if (filled) fail('table.filledColumn', { column: filled.name }, at('table'))
  if (['upsert', 'mirror'].includes(mode) && !hasKey(table.uniqueKeys, keys))
    fail('table.noKey', { keys: `(${keys.join(', ')})` }, at('keys'), table.uniqueKeys.map(String))
  const keepsPrevious = mode === 'replace' && settings.keepPrevious && found && !found.isView
  const [clock] = await session.query('SELECT UNIX_TIMESTAMP() AS now')
  return {
    gid: `millrace-${mark}-${clock?.['now'] ?? ''}`,
    target,
    found,
    way,
    natives,
    mark,
    stage: quoteTable({ schema: target.schema, table: `${stagePrefix}${mark}` }),
    destination,
    previous: keepsPrevious ? previousName(target.table) : undefined,
    isOnlyKey: table.uniqueIndexes === 1,
  }
}

/** Names of transactions: `millrace-`, the mark, and since when, in seconds of the server's clock. */
export const gidPattern = /^millrace-[0-9a-f]{24}-\d+$/

/** Ours need no escapes. */
export function quoteGid(gid: string): string {
  if (!gidPattern.test(gid)) throw new RangeError(`not a transaction of ours: ${gid}`)
  return `'${gid}'`
}
