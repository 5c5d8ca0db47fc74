import type { DatabaseSync } from 'node:sqlite'
import { type Column, uniqueNames } from '../../model/index.ts'
import type { ConnectorContext } from '../../spec/index.ts'
import { faultsType, identifier, join, type Sql, sql, typeText, type Value } from '../../sql/index.ts'
import type { TableColumn } from './catalog.ts'
import { type Cell, Misfit, readerOf, textOf } from './reading.ts'

const batchRows = 2000

export interface LandedRows {
  readonly columns: readonly Column[]
  /** A SELECT of the columns, of the rows that fit. */
  readonly select: Sql
  /** The same of all rows; what does not fit is empty. */
  readonly lenient: Sql
  /** A SELECT of `__mr_row` and `__mr_faults`. */
  readonly rejects: Sql
}

/** What SQLite makes of bytes that are no UTF-8. */
const replacement = '\uFFFD'
class NotSure extends Error {}

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A text from its bytes, or the bytes where they are none. */
function decoded(bytes: Cell): Cell {
  if (!(bytes instanceof Uint8Array)) return bytes
  try {
    return strictText.decode(bytes)
  } catch {
    return bytes
  }
}

const rowAsText = (names: readonly string[], cells: readonly Cell[]): string =>
  JSON.stringify(
    Object.fromEntries(
      names.map((name, place) => {
        const cell = cells[place] ?? null
        return [name, cell === null ? null : textOf(cell)]
      }),
    ),
  )

interface Reading {
  readonly database: DatabaseSync
  readonly columns: readonly TableColumn[]
  readonly names: readonly string[]
  /** What follows `SELECT …`. */
  readonly from: string
  /** The columns as they are spelled there. */
  readonly cells: readonly string[]
  /** Whether the bytes of texts are asked for too. */
  readonly exact: boolean
}

async function* batchesOf(context: ConnectorContext, reading: Reading): AsyncGenerator<Value[][]> {
  const { database, columns, names, from, cells, exact } = reading
  const bytes = exact
    ? cells.map((cell) => `CASE WHEN typeof(${cell}) = 'text' THEN CAST(${cell} AS BLOB) END`)
    : []
  const statement = database.prepare(`SELECT ${[...cells, ...bytes].join(', ')} ${from}`)
  statement.setReadBigInts(true)
  statement.setReturnArrays(true)
  const readers = columns.map(readerOf)
  let batch: Value[][] = []
  let count = 0
  // With arrays asked for, that is what comes; the types of Node do not say so.
  for (const row of statement.iterate() as Iterable<unknown> as Iterable<Cell[]>) {
    if (exact)
      for (let place = 0; place < columns.length; place++)
        row[place] = decoded(row[columns.length + place] ?? null) ?? row[place] ?? null
    batch.push(landed(row.slice(0, columns.length), readers, names, exact))
    if (++count % batchRows !== 0) continue
    context.signal.throwIfAborted()
    context.progress(count)
    yield batch
    batch = []
  }
  yield batch
}

/** A row as it lands: its values, or in their place what is wrong with them. */
function landed(
  row: readonly Cell[],
  readers: readonly ((cell: Exclude<Cell, null>) => Value | Misfit)[],
  names: readonly string[],
  exact: boolean,
): Value[] {
  const values: Value[] = []
  const faults: object[] = []
  for (const [place, read] of readers.entries()) {
    const cell = row[place] ?? null
    if (!exact && typeof cell === 'string' && cell.includes(replacement)) throw new NotSure()
    const value = cell === null ? null : read(cell)
    if (value instanceof Misfit && cell !== null)
      faults.push({ column: names[place], value: textOf(cell), rule: 'type', reason: value.reason })
    values.push(value instanceof Misfit ? null : value)
  }
  return faults.length === 0
    ? [...values, null, null]
    : [...values, rowAsText(names, row), JSON.stringify(faults)]
}

/** Reads what a statement gives into a table of DuckDB. `cells`: the columns, as they are spelled in the statement. */
export async function landRows(
  context: ConnectorContext,
  database: DatabaseSync,
  found: readonly TableColumn[],
  from: string,
  cells: readonly string[],
  table = `${context.nodeId} rows`,
): Promise<LandedRows> {
  const names = uniqueNames(found.map(({ name }) => name))
  const columns = found.map(({ type }, place) => ({ name: names[place] ?? '', type }))
  const raw = [
    ...columns.map(({ name, type }) => ({ name, type: type === 'BLOB' ? 'VARCHAR' : type })),
    { name: '__mr_row', type: 'VARCHAR' },
    { name: '__mr_faults', type: 'VARCHAR' },
  ]
  const land = async (exact: boolean) => {
    await context.execute(sql`DROP TABLE IF EXISTS ${identifier(table)}`)
    const reading = { database, columns: found, names, from, cells, exact }
    await context.appendRows(table, raw, batchesOf(context, reading))
  }
  try {
    await land(false)
  } catch (error) {
    if (!(error instanceof NotSure)) throw error
    await land(true)
  }
  const list = columns.map(({ name, type }) =>
    type === 'BLOB' ? sql`unhex(${identifier(name)}) AS ${identifier(name)}` : identifier(name),
  )
  return {
    columns,
    lenient: sql`SELECT ${join(list)} FROM ${identifier(table)}`,
    select: sql`SELECT ${join(list)} FROM ${identifier(table)} WHERE "__mr_faults" IS NULL`,
    rejects: sql`SELECT "__mr_row", CAST(CAST("__mr_faults" AS JSON) AS ${typeText(faultsType)}) AS "__mr_faults" FROM ${identifier(table)} WHERE "__mr_faults" IS NOT NULL`,
  }
}
