import { landedColumns, openLanded } from '../connectors/files/landed-source.ts'
import { type ConnectorContext, nameInSource, type OpenedSource, type SourceColumn } from '../spec/index.ts'

/** Rejected rows that are fed in again, mended or as they were. */
export interface Replay {
  /** The node that rejected them. */
  readonly nodeId: string
  /** Of its first input; for a source, as its settings have them. */
  readonly columns: readonly SourceColumn[]
  readonly rows: readonly ReplayRow[]
}

export interface ReplayRow {
  /** Texts by column, for a source by the column's name in the source; what is missing is NULL. */
  readonly cells: Readonly<Record<string, string | null>>
  /** Where the row stands in the file that it was read from. */
  readonly file: string | null
  readonly line: number | null
}

/** Opens replayed rows as a source: typed by `columns`; a cell that does not fit rejects its row again. */
export async function openReplay(
  context: ConnectorContext,
  { columns, rows }: Pick<Replay, 'columns' | 'rows'>,
): Promise<OpenedSource> {
  const table = `${context.nodeId} rows`
  const names = columns.map(nameInSource)
  async function* batches() {
    yield rows.map(({ cells, file, line }) => [
      ...names.map((name) => cells[name] ?? null),
      file,
      line === null ? null : BigInt(line),
    ])
  }
  await context.appendRows(table, landedColumns(names), batches())
  const options = { columns, newColumns: 'hold', path: '', fileColumn: '' } as const
  return { ...openLanded(context, { table, names }, options), estimatedRows: rows.length }
}
