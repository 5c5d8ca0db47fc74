import { createHash } from 'node:crypto'
import type { Column } from '../../model/index.ts'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext, TableName } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import { isKeyed } from '../databases/staged-input.ts'
import { describeSelect, locateTable, quoteTable, readTable } from './catalog.ts'
import type { PostgresSession } from './session.ts'
import type { PostgresTargetSettings } from './spec.ts'
import { type NativeType, tableType } from './types.ts'

/** Where staging tables and prepared transactions of runs begin; see maintenance.ts. */
export const stagePrefix = 'millrace_stage_'
export const gidPrefix = 'millrace-'

/** The number of the advisory lock that a run's session holds on its staging tables; `mark` is SQL. */
export const stageLock = (mark: string): string => `hashtextextended(${mark}::text, 0)`

export interface WritePlan {
  readonly target: TableName
  /** As SQL. */
  readonly targetSql: string
  /** Makes the table; undefined: it is there. */
  readonly create: string | undefined
  readonly columns: readonly { readonly name: string; readonly native: NativeType }[]
  /** What the run's leftovers are called. */
  readonly mark: string
  /** Staging tables as SQL: of the rows, and of the refused. */
  readonly stage: string
  readonly refused: string
  /** Where `replace` keeps the old rows. */
  readonly previous: string | undefined
  /** Temporary where the user may make no tables in the schema; then there is no prepared transaction either. */
  readonly persistence: 'UNLOGGED' | 'TEMPORARY'
  readonly twoPhase: boolean
}

/** Names have 63 bytes at most; what is cut off is taken from the table's own name. */
export function previousName(table: string): string {
  const suffix = '__previous'
  let base = table
  while (Buffer.byteLength(base) + suffix.length > 63) base = [...base].slice(0, -1).join('')
  return base + suffix
}

/** Whether the keys are exactly those of one unique index, which finding rows by key needs. */
export const hasKey = (uniqueKeys: readonly (readonly string[])[], keys: readonly string[]): boolean =>
  uniqueKeys.some((key) => key.length === keys.length && key.every((name) => keys.includes(name)))

/** The statement that makes a table for a flow's columns. */
function createStatement(target: string, columns: readonly Column[], keys: readonly string[]): string {
  const definitions = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${tableType(type)}`)
  const primary = keys.length > 0 ? [`PRIMARY KEY (${keys.map(quoteIdentifier).join(', ')})`] : []
  return `CREATE TABLE ${target} (${[...definitions, ...primary].join(', ')})`
}

async function rightsIn(session: PostgresSession, schema: string) {
  const [row] = await session.query(
    `SELECT coalesce(has_schema_privilege(to_regnamespace($1), 'CREATE'), false)::text AS may_create,
       current_setting('max_prepared_transactions') AS prepared`,
    [quoteIdentifier(schema)],
  )
  return { mayCreate: row?.['may_create'] === 'true', prepared: Number(row?.['prepared'] ?? 0) > 0 }
}

/** What a run is going to do; throws located problems for what cannot be. */
export async function planWrite(
  session: PostgresSession,
  context: Pick<ConnectorContext, 'nodeId' | 'runId'>,
  settings: PostgresTargetSettings,
  columns: readonly Column[],
): Promise<WritePlan> {
  const { nodeId, runId } = context
  const at = (field: string) => ({ nodeId, field })
  const keys = isKeyed(settings) ? settings.keys : []
  const found = await readTable(session, settings.table)
  const place = found ?? (await locateTable(session, settings.table))
  const creates = settings.create && !['update', 'delete'].includes(settings.mode)
  if (!place || (!found && !creates)) fail('table.unknown', { table: settings.table }, at('table'))
  const targetSql = quoteTable(place)
  let natives: WritePlan['columns']
  if (found) {
    natives = columns.map(
      ({ name }) =>
        found.columns.find((column) => column.name === name) ??
        fail('table.noColumn', { column: name }, at('table')),
    )
    const needsKey = ['upsert', 'mirror'].includes(settings.mode)
    if (needsKey && !hasKey(found.uniqueKeys, keys))
      fail('table.noKey', { keys: `(${keys.join(', ')})` }, at('keys'), found.uniqueKeys.map(String))
  } else {
    const nulls = columns.map(({ name, type }) => `NULL::${tableType(type)} AS ${quoteIdentifier(name)}`)
    natives = await describeSelect(session, `SELECT ${nulls.join(', ')}`)
  }
  const { mayCreate, prepared } = await rightsIn(session, place.schema)
  const mark = markOf({ runId, nodeId })
  const stageName = (suffix: string) =>
    quoteTable({ schema: mayCreate ? place.schema : 'pg_temp', table: `${stagePrefix}${mark}${suffix}` })
  return {
    target: place,
    targetSql,
    create: found ? undefined : createStatement(targetSql, columns, keys),
    columns: natives,
    mark,
    stage: stageName(''),
    refused: stageName('_refused'),
    previous:
      settings.mode === 'replace' && settings.keepPrevious && mayCreate && found
        ? quoteTable({ schema: place.schema, table: previousName(place.table) })
        : undefined,
    persistence: mayCreate ? 'UNLOGGED' : 'TEMPORARY',
    twoPhase: mayCreate && prepared,
  }
}

/** The staging tables; without constraints, so that every row of the right types finds its place. */
export function stageStatements({ persistence, stage, refused, columns }: WritePlan): string {
  const definitions = columns.map(({ name, native }) => `${quoteIdentifier(name)} ${native.spelled}`)
  return `CREATE ${persistence} TABLE ${stage} (${['"__mr_n" bigint', ...definitions].join(', ')}) WITH (autovacuum_enabled = false);
    CREATE ${persistence} TABLE ${refused} (n bigint, field text, rule text, reason text)`
}

/** Tells what one node of one run leaves behind from everything else. */
export const markOf = ({ runId, nodeId }: { readonly runId: string; readonly nodeId: string }): string =>
  createHash('sha256').update(`${runId}\n${nodeId}`).digest('hex').slice(0, 24)

export const gidOf = ({ mark }: Pick<WritePlan, 'mark'>): string => `${gidPrefix}${mark}`
