import { kindOf } from '../../model/index.ts'
import type { ConnectorContext } from '../../spec/index.ts'
import {
  faultList,
  faultsType,
  identifier,
  join,
  passes,
  reasonFor,
  type Sql,
  sql,
  typeText,
} from '../../sql/index.ts'
import { inChunkFiles } from '../databases/chunk-files.ts'
import { readTextLines, unescaped } from '../databases/text-lines.ts'
import { RowLines } from './row-lines.ts'
import type { MysqlSession } from './session.ts'
import type { ResultColumn } from './types.ts'

export interface LandedRows {
  /** A table of the columns. */
  readonly table: Sql
  /** A table of `__mr_row` and `__mr_faults`. */
  readonly rejects: Sql
}

const rawName = (place: number): string => `c${place}`

/** What DuckDB's reader makes of a value by itself; the others are made from its text. */
const isScanned = (type: string): boolean =>
  ['integer', 'decimal', 'float', 'boolean', 'date', 'time', 'timestamp'].includes(kindOf(type))

/** Of a time with a zone the reader would make NULL of what does not fit; the zone is given afterwards. */
const scanTypeOf = (type: string): string =>
  kindOf(type) === 'timestamp' ? 'TIMESTAMP' : isScanned(type) ? type : 'VARCHAR'

interface Cell {
  /** Its value where the scan had its type; may fail. */
  readonly value: Sql
  /** Its value where the scan had text; NULL for what does not fit. */
  readonly tried: Sql
  /** The text that the server sent. */
  readonly text: Sql
}

function cellOf(type: string, raw: Sql, text: Sql): Cell {
  if (type === 'VARCHAR') return { value: text, tried: text, text }
  if (kindOf(type) === 'binary') return { value: sql`unhex(${raw})`, tried: sql`unhex(${raw})`, text: raw }
  const from = isScanned(type) ? raw : text
  const value = scanTypeOf(type) === type ? raw : sql`CAST(${from} AS ${typeText(type)})`
  return { value, tried: sql`TRY_CAST(${from} AS ${typeText(type)})`, text }
}

/** Reads what a statement gives into a table of DuckDB; `columns` are its columns, their names those of the flow. */
export async function landRows(
  context: ConnectorContext,
  session: MysqlSession,
  columns: readonly ResultColumn[],
  statement: string,
  name = `${context.nodeId} rows`,
): Promise<LandedRows> {
  const [table, rejects] = [identifier(name), identifier(`${name} rejected`)]
  const definitions = columns.map((column) => sql`${identifier(column.name)} ${typeText(column.type)}`)
  await context.execute(sql`CREATE OR REPLACE TEMP TABLE ${table} (${join(definitions)})`)
  await context.execute(
    sql`CREATE OR REPLACE TEMP TABLE ${rejects} ("__mr_row" VARCHAR, "__mr_faults" ${typeText(faultsType)})`,
  )
  const cells = columns.map((column, place) => {
    const raw = identifier(rawName(place))
    const plain = cellOf(column.type, raw, raw)
    return { ...column, raw, plain: plain.value, ...cellOf(column.type, raw, unescaped(raw)) }
  })
  const rawColumns = (typeOf: (type: string) => string) => [
    { name: 'lead', type: 'VARCHAR' },
    ...columns.map(({ type }, place) => ({ name: rawName(place), type: typeOf(type) })),
  ]
  const typed = rawColumns(scanTypeOf)
  const texts = rawColumns(() => 'VARCHAR')
  const faults = cells.flatMap(({ name: column, type, raw, tried, text }) => {
    if (type === 'VARCHAR' || kindOf(type) === 'binary') return []
    const fails = sql`(${raw} IS NOT NULL AND ${tried} IS NULL)`
    return [{ fails, column, value: text, rule: 'type', reason: reasonFor(type, text) }]
  })
  const values = join(cells.map(({ value }) => value))
  const plainValues = join(cells.map(({ plain }) => plain))
  const tried = join(cells.map((cell) => cell.tried))
  const row = sql`CAST(json_object(${join(cells.map(({ name: column, text }) => sql`${column}, ${text}`))}) AS VARCHAR)`
  let rows = 0
  let refused = 0
  const lines = new RowLines(
    session,
    statement,
    columns.map(({ form }) => form),
  )
  await inChunkFiles(context, lines.blocks, async (file) => {
    const given = lines.hasEscapes ? values : plainValues
    const fast = sql`INSERT INTO ${table} SELECT ${given} FROM ${readTextLines(file, typed, lines.longestLine)}`
    rows += await context.execute(fast).catch(async () => {
      context.signal.throwIfAborted()
      // Some value does not fit: value by value.
      const scan = readTextLines(file, texts, lines.longestLine)
      if (faults.length > 0)
        refused += await context.execute(
          sql`INSERT INTO ${rejects} SELECT ${row}, ${faultList(faults)} FROM ${scan} WHERE NOT (${passes(faults)})`,
        )
      return context.execute(sql`INSERT INTO ${table} SELECT ${tried} FROM ${scan} WHERE ${passes(faults)}`)
    })
    context.progress(rows)
  })
  if (rows + refused !== lines.rowCount)
    throw new Error(`${lines.rowCount} rows came, but ${rows} and ${refused} rejected ones were taken`)
  return { table, rejects }
}
