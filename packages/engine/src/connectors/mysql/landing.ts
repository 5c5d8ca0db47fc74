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
import { csvRows } from './csv-rows.ts'
import type { MysqlSession } from './session.ts'
import type { ResultColumn } from './types.ts'

export interface LandedRows {
  /** A table of the columns. */
  readonly table: Sql
  /** A table of `__mr_row` and `__mr_faults`. */
  readonly rejects: Sql
}

/** Bytes of a line that the reader takes at first; where there is a longer one, all of the file. */
const usualLine = 2 ** 20

const rawName = (place: number): string => `c${place}`

/** What DuckDB's reader makes of a value by itself; the others are made from its text. */
const isScanned = (type: string): boolean =>
  ['integer', 'decimal', 'float', 'boolean', 'date', 'time', 'timestamp'].includes(kindOf(type))

/** Of a time with a zone the reader would make NULL of what does not fit; the zone is given afterwards. */
const scanTypeOf = (type: string): string =>
  kindOf(type) === 'timestamp' ? 'TIMESTAMP' : isScanned(type) ? type : 'VARCHAR'

/** The value of a column over its text: where it may fail, and where it is NULL instead. */
function cellOf(type: string, raw: Sql): { readonly value: Sql; readonly tried: Sql } {
  if (type === 'VARCHAR') return { value: raw, tried: raw }
  if (kindOf(type) === 'binary') return { value: sql`unhex(${raw})`, tried: sql`unhex(${raw})` }
  const tried = sql`TRY_CAST(${raw} AS ${typeText(type)})`
  return scanTypeOf(type) === type
    ? { value: raw, tried }
    : { value: sql`CAST(${raw} AS ${typeText(type)})`, tried }
}

/** Values may have line breaks in them, so that the file must be read from its beginning. */
function scan(file: string, types: readonly string[], longestLine: number): Sql {
  const list = join(types.map((type, place) => sql`${identifier(rawName(place))}: ${type}`))
  return sql`read_csv(${file}, auto_detect = false, header = false, parallel = false, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, new_line = ${'\\n'}, max_line_size = ${longestLine}, columns = {${list}})`
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
  const alone = columns.length === 1 ? ['VARCHAR'] : []
  const typed = [...columns.map(({ type }) => scanTypeOf(type)), ...alone]
  const texts = typed.map(() => 'VARCHAR')
  const cells = columns.map(({ type }, place) => cellOf(type, identifier(rawName(place))))
  const faults = columns.flatMap(({ name: column, type }, place) => {
    const [raw, tried] = [identifier(rawName(place)), cells[place]?.tried ?? sql`NULL`]
    if (type === 'VARCHAR' || kindOf(type) === 'binary') return []
    const fails = sql`(${raw} IS NOT NULL AND ${tried} IS NULL)`
    return [{ fails, column, value: raw, rule: 'type', reason: reasonFor(type, raw) }]
  })
  const row = sql`CAST(json_object(${join(columns.map((column, place) => sql`${column.name}, ${identifier(rawName(place))}`))}) AS VARCHAR)`
  let rows = 0
  let refused = 0
  const { chunks, count } = csvRows(
    session,
    statement,
    columns.map(({ form }) => form),
  )
  await inChunkFiles(context, chunks, async (file, bytes) => {
    const values = join(cells.map(({ value }) => value))
    const fast = sql`INSERT INTO ${table} SELECT ${values} FROM ${scan(file, typed, usualLine)}`
    rows += await context.execute(fast).catch(async () => {
      context.signal.throwIfAborted()
      // Some value does not fit, or a line is long: value by value.
      const lines = scan(file, texts, Math.max(usualLine, bytes))
      const tried = join(cells.map((cell) => cell.tried))
      if (faults.length > 0)
        refused += await context.execute(
          sql`INSERT INTO ${rejects} SELECT ${row}, ${faultList(faults)} FROM ${lines} WHERE NOT (${passes(faults)})`,
        )
      return context.execute(sql`INSERT INTO ${table} SELECT ${tried} FROM ${lines} WHERE ${passes(faults)}`)
    })
    context.progress(rows)
  })
  if (rows + refused !== count())
    throw new Error(`${count()} rows came, but ${rows} and ${refused} rejected ones were taken`)
  return { table, rejects }
}
