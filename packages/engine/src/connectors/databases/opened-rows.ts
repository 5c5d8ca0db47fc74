import type { Column } from '../../model/index.ts'
import type { Problem } from '../../problems/index.ts'
import type { ConnectorContext, OpenedSource, Token } from '../../spec/index.ts'
import { identifier, join, type Sql, sql } from '../../sql/index.ts'

interface DatabaseRows {
  readonly columns: readonly Column[]
  /** Relations of DuckDB: what was read, and `__mr_row` and `__mr_faults` of what could not be. */
  readonly relation: Sql
  readonly rejects: Sql
  readonly estimatedRows: number | undefined
  /** Whether they are read from a cursor on. */
  readonly isIncremental: boolean
  /** The last place of what is read; undefined: it was not asked for, or there are no rows. */
  readonly newest: Token | undefined
  readonly obstacles: readonly Problem[]
}

/** What a database has given, as a source: its rows have no lines, only a table or a query that they are of. */
export function openedRows(
  context: ConnectorContext,
  settings: { readonly read: string; readonly table: string },
  { columns, relation, rejects, estimatedRows, isIncremental, newest, obstacles }: DatabaseRows,
): OpenedSource {
  const list = join(columns.map(({ name }) => identifier(name)))
  const origin = settings.read === 'query' ? 'query' : settings.table
  const place = sql`${origin} AS "__mr_file", CAST(NULL AS BIGINT) AS "__mr_line"`
  const cursor = context.interval ? undefined : (newest ?? context.cursor)
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    select: sql`SELECT ${list} FROM ${relation}`,
    selectWithPosition: sql`SELECT ${list}, ${place} FROM ${relation}`,
    rejects: () => Promise.resolve(sql`SELECT ${place}, "__mr_row", "__mr_faults" FROM ${rejects}`),
    ...(estimatedRows !== undefined && { estimatedRows }),
    ...(isIncremental && cursor && { cursor }),
    obstacles,
  }
}
