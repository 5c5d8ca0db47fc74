import type { ConnectorContext } from '../../spec/index.ts'
import { faultList, faultsType, identifier, join, passes, type Sql, sql, typeText } from '../../sql/index.ts'
import { inChunkFiles } from '../databases/chunk-files.ts'
import { readTextLines } from '../databases/text-lines.ts'
import { copyOptions } from './copy-text.ts'
import type { ReadColumn } from './reading.ts'
import type { PostgresSession } from './session.ts'

export interface LandedRows {
  /** A table of the columns. */
  readonly table: Sql
  /** A table of `__mr_row` and `__mr_faults`. */
  readonly rejects: Sql
}

async function createTables(
  context: ConnectorContext,
  table: Sql,
  rejects: Sql,
  columns: readonly ReadColumn[],
) {
  const definitions = columns.map(({ name, type }) => sql`${identifier(name)} ${typeText(type)}`)
  await context.execute(sql`CREATE OR REPLACE TEMP TABLE ${table} (${join(definitions)})`)
  await context.execute(
    sql`CREATE OR REPLACE TEMP TABLE ${rejects} ("__mr_row" VARCHAR, "__mr_faults" ${typeText(faultsType)})`,
  )
}

/** Reads `from` (a FROM clause that gives the columns of `q`) into a table of DuckDB by COPY. */
export async function landRows(
  context: ConnectorContext,
  session: PostgresSession,
  columns: readonly ReadColumn[],
  from: string,
  name = `${context.nodeId} rows`,
): Promise<LandedRows> {
  const [table, rejects] = [identifier(name), identifier(`${name} rejected`)]
  await createTables(context, table, rejects, columns)
  // A line with nothing in it would be skipped: a single column gets company.
  const alone = columns.length === 1
  const selected = [...columns.map(({ select }) => select), ...(alone ? ["'.'"] : [])]
  const scanned = [
    ...columns.map((column) => ({ name: column.raw, type: column.scanType })),
    ...(alone ? [{ name: 'alone', type: 'VARCHAR' }] : []),
  ]
  const raw = (typeOf: (type: string) => string) =>
    scanned.map((column) => ({ name: column.name, type: typeOf(column.type) }))
  const typed = raw((type) => type)
  const texts = raw(() => 'VARCHAR')
  const faults = columns.flatMap(({ name: column, text, fails, reason }) =>
    fails ? [{ fails, column, value: text, rule: 'type', reason }] : [],
  )
  const values = join(columns.map(({ value }) => value))
  const tried = join(columns.map(({ tried: value }) => value))
  const row = sql`CAST(json_object(${join(columns.map((column) => sql`${column.name}, ${column.text}`))}) AS VARCHAR)`
  let rows = 0
  let rejected = 0
  const copy = session.copyOut(`COPY (SELECT ${selected.join(', ')} ${from}) TO STDOUT ${copyOptions}`)
  await inChunkFiles(context, copy.blocks, async (file) => {
    const fast = sql`INSERT INTO ${table} SELECT ${values} FROM ${readTextLines(file, typed, copy.longestRow)}`
    const taken = await context.execute(fast).catch(async () => {
      context.signal.throwIfAborted()
      // Some value does not fit: value by value.
      const scan = readTextLines(file, texts, copy.longestRow)
      const good = await context.execute(
        sql`INSERT INTO ${table} SELECT ${tried} FROM ${scan} WHERE ${passes(faults)}`,
      )
      if (faults.length > 0)
        rejected += await context.execute(
          sql`INSERT INTO ${rejects} SELECT ${row}, ${faultList(faults)} FROM ${scan} WHERE NOT (${passes(faults)})`,
        )
      return good
    })
    rows += taken
    context.progress(rows)
  })
  // Whatever the reader passed over would be missing without a word.
  if (rows + rejected !== copy.rowCount)
    throw new Error(`the server sent ${copy.rowCount} rows, ${rows + rejected} of which were read`)
  return { table, rejects }
}
