import type { Column } from '../../model/index.ts'
import type { ConnectorContext, Detection, OpenedSource, SourceColumn } from '../../spec/index.ts'
import { faultsType, identifier, join, type Sql, sql, typeText } from '../../sql/index.ts'
import { conform } from './conform.ts'
import { detectTypes } from './detect-types.ts'
import type { NewColumns } from './fields.ts'
import { agreedColumns } from './source-columns.ts'

/** Rows that a connector has read by itself into a table, every cell as text. */
export interface Landed {
  readonly table: string
  /** The table's VARCHAR columns; it has `__mr_file` and `__mr_line` besides. */
  readonly names: readonly string[]
  /** Rows that were no rows: a SELECT of `__mr_file`, `__mr_line`, `__mr_row`, `__mr_faults`. */
  readonly structural?: Sql
}

interface Options {
  /** The columns as the user has them; none: as they were found. */
  readonly columns: readonly SourceColumn[]
  /** The types that the source itself gives its columns, where it has types. */
  readonly found?: readonly SourceColumn[]
  readonly newColumns: NewColumns
  readonly path: string
  readonly byPlace?: boolean
  readonly fileColumn: string
}

export const landedColumns = (names: readonly string[]): Column[] => [
  ...names.map((name) => ({ name, type: 'VARCHAR' })),
  { name: '__mr_file', type: 'VARCHAR' },
  { name: '__mr_line', type: 'BIGINT' },
]

/** A source over landed rows: typed columns, and the rows whose values do not fit as rejects. */
export function openLanded(
  context: ConnectorContext,
  { table, names, structural }: Landed,
  { fileColumn, ...options }: Options,
): OpenedSource {
  const { wanted, raw, notices } = agreedColumns({ ...options, context, names })
  const { selectList, fits, faults } = conform(raw, wanted)
  const relation = identifier(table)
  const named = fileColumn === '' ? sql`` : sql`, "__mr_file" AS ${identifier(fileColumn)}`
  const where = fits ? sql` WHERE ${fits}` : sql``
  const row = sql`CAST(json_object(${join(names.map((name) => sql`${name}, ${identifier(name)}`))}) AS VARCHAR)`
  const unfit =
    fits &&
    sql`SELECT "__mr_file", "__mr_line", ${row} AS "__mr_row", ${faults} AS "__mr_faults" FROM ${relation} WHERE NOT (${fits})`
  const none = sql`SELECT "__mr_file", "__mr_line", '' AS "__mr_row", CAST([] AS ${typeText(faultsType)}) AS "__mr_faults" FROM ${relation} WHERE false`
  return {
    columns: [
      ...wanted.map(({ name, type }) => ({ name, type })),
      ...(fileColumn === '' ? [] : [{ name: fileColumn, type: 'VARCHAR' }]),
    ],
    notices,
    select: sql`SELECT ${selectList}${named} FROM ${relation}${where}`,
    selectWithPosition: sql`SELECT ${selectList}${named}, "__mr_file", "__mr_line" FROM ${relation}${where}`,
    rejects: () => Promise.resolve(join([unfit ?? none, ...(structural ? [structural] : [])], ' UNION ALL ')),
  }
}

/** Types for landed texts, judged over all rows that were read. */
export async function detectLanded(context: ConnectorContext, { table, names }: Landed): Promise<Detection> {
  const { columns, evidence, sampled } = await detectTypes(context, identifier(table), names)
  return { settings: { columns }, evidence, sampled }
}
