import { createHash } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { type Column, sameName } from '../../model/index.ts'
import { fail } from '../../problems/index.ts'
import { type ConnectorContext, parseTableName } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import { isKeyed } from '../databases/staged-input.ts'
import { quoteMain, readTable, type Table, type TableColumn, type UniqueKey } from './catalog.ts'
import type { SqliteTargetSettings } from './spec.ts'
import type { StatementOptions } from './statements.ts'
import { declaredType, flowType } from './types.ts'

export interface WritePlan {
  /** The table that is there. */
  readonly found: Table | undefined
  /** Makes the table where it is missing. */
  readonly create: string | undefined
  readonly isStrict: boolean
  /** The columns of the table that the flow's columns go to, in their order. */
  readonly natives: readonly TableColumn[]
  /** Name of the staging table. */
  readonly stage: string
  /** Name of the table for the old rows. */
  readonly previous: string | undefined
  readonly statements: StatementOptions
}

export const previousName = (table: string): string => `${table}__previous`

/** The unique key that is exactly these columns. */
export const uniqueKeyOf = (found: readonly UniqueKey[], keys: readonly string[]): UniqueKey | undefined =>
  found.find(
    ({ columns }) =>
      columns.length === keys.length && columns.every((name) => keys.some((key) => sameName(name, key))),
  )

/** Columns of a table that we would make. */
const made = (columns: readonly Column[]): TableColumn[] =>
  columns.map((column) => {
    const declared = declaredType(column)
    const type = flowType(declared)
    return { name: column.name, declared, type, nullable: true, key: null, filled: false, generated: false }
  })

export function createStatement(table: string, columns: readonly Column[], keys: readonly string[]): string {
  const definitions = columns.map((column) => `${quoteIdentifier(column.name)} ${declaredType(column)}`)
  const primary = keys.length > 0 ? [`PRIMARY KEY (${keys.map(quoteIdentifier).join(', ')})`] : []
  return `CREATE TABLE ${quoteMain(table)} (${[...definitions, ...primary].join(', ')})`
}

/** Whether a table is made where it is missing. */
export const createsTable = ({ create, mode }: SqliteTargetSettings): boolean =>
  create && mode !== 'update' && mode !== 'delete'

/** What a run does; throws located problems for what cannot be. Reads only. */
export function planWrite(
  database: DatabaseSync,
  { nodeId, runId }: Pick<ConnectorContext, 'nodeId' | 'runId'>,
  settings: SqliteTargetSettings,
  columns: readonly Column[],
): WritePlan {
  const at = (field: string) => ({ nodeId, field })
  const { mode } = settings
  const keys = isKeyed(settings) ? settings.keys : []
  const found = readTable(database, settings.table)
  const place = parseTableName(settings.table.trim())
  const isHere = place !== undefined && ['', 'main'].includes(place.schema.toLowerCase())
  if (!isHere || (!found && !createsTable(settings)))
    return fail('table.unknown', { table: settings.table }, at('table'))
  if (found?.isView) {
    const detail = { en: 'a view cannot be written', zh: '无法写入视图' }
    fail('database.refused', { detail }, at('table'))
  }
  const table = found?.name ?? place.table
  const known = found?.columns ?? made(columns)
  const natives = columns.map(
    ({ name }) =>
      known.find((column) => sameName(column.name, name)) ??
      fail('table.noColumn', { column: name }, at('table')),
  )
  const filled = natives.find(({ generated }) => generated)
  if (filled) fail('table.filledColumn', { column: filled.name }, at('table'))
  const unique = found ? uniqueKeyOf(found.uniqueKeys, keys) : undefined
  if (found && ['upsert', 'mirror'].includes(mode) && !unique) {
    const suggestions = found.uniqueKeys.map((key) => String(key.columns))
    fail('table.noKey', { keys: `(${keys.join(', ')})` }, at('keys'), suggestions)
  }
  const collationOf = (name: string): string =>
    unique?.collations[unique.columns.findIndex((other) => sameName(other, name))] ?? 'BINARY'
  const mark = createHash('sha256').update(`${runId}\n${nodeId}`).digest('hex').slice(0, 24)
  const stage = `__millrace_stage_${mark}`
  return {
    found,
    create: found ? undefined : createStatement(table, columns, keys),
    isStrict: found?.isStrict ?? false,
    natives,
    stage,
    previous: mode === 'replace' && settings.keepPrevious && found ? previousName(table) : undefined,
    statements: {
      mode,
      destination: quoteMain(table),
      stage: `temp.${quoteIdentifier(stage)}`,
      columns: natives.map(({ name }, index) => ({
        target: name,
        cell: `c${index}`,
        isKey: keys.some((key) => sameName(key, columns[index]?.name ?? '')),
        collation: collationOf(name),
      })),
    },
  }
}
