import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Column } from '../../model/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import type { Refusal, StagedInput, StagedTexts } from '../databases/staged-input.ts'
import type { WritePlan } from './plan.ts'
import { Misfit } from './reading.ts'
import { keyIndex, rowNumber } from './statements.ts'
import { stageType, type WriteColumn, writeColumn } from './writing.ts'

const batchRows = 5000

export interface Staging {
  readonly database: DatabaseSync
  readonly plan: WritePlan
  readonly input: StagedInput
  /** Of the flow. */
  readonly columns: readonly Column[]
  /** Rows that were refused keep theirs in the table alive. */
  readonly isMirror: boolean
}

/** A row as SQLite is given it, or what keeps it from being given. */
function convert(row: StagedTexts, columns: readonly WriteColumn[]): SQLInputValue[] | Refusal {
  const values: SQLInputValue[] = []
  for (const [place, column] of columns.entries()) {
    const text = row[place + 1] ?? null
    const value = text === null ? null : column.convert(text)
    if (value instanceof Misfit)
      return { row: row[0], column: column.name, rule: 'type', reason: value.reason }
    values.push(value)
  }
  return values
}

/** Brings the rows into a temporary table, without a lock on the database. Returns about how many bytes they had. */
export async function fillStage(staging: Staging): Promise<number> {
  const { database, plan, input, isMirror } = staging
  const columns = staging.columns.map((column, place) => {
    const there = plan.natives[place]
    if (!there) throw new Error(`${column.name} goes nowhere`)
    return writeColumn(column, there, plan.isStrict)
  })
  const stage = quoteIdentifier(plan.stage)
  const cells = plan.natives.map((column, place) => `c${place} ${stageType(column, plan.isStrict)}`)
  database.exec(`DROP TABLE IF EXISTS temp.${stage}`)
  database.exec(`CREATE TEMP TABLE ${stage} (${[`${rowNumber} INTEGER PRIMARY KEY`, ...cells].join(', ')})`)
  const marks = ['?', ...cells.map(() => '?')].join(', ')
  const insert = database.prepare(`INSERT INTO temp.${stage} VALUES (${marks})`)
  let bytes = 0
  for await (const batch of input.texts(
    columns.map(({ cell }) => cell),
    'accepted',
    batchRows,
  )) {
    const refusals: Refusal[] = []
    inOne(database, () => {
      for (const row of batch) {
        const values = convert(row, columns)
        if (!Array.isArray(values)) {
          refusals.push(values)
          continue
        }
        insert.run(BigInt(row[0]), ...values)
        for (const value of values)
          bytes += typeof value === 'string' || value instanceof Uint8Array ? value.length : 8
      }
    })
    await input.refuse(refusals)
  }
  if (isMirror) await keepRefused(staging, columns)
  if (plan.statements.columns.some(({ isKey }) => isKey)) database.exec(keyIndex(plan.statements, plan.stage))
  return bytes
}

/** Many rows at once, also where the transaction of the run has not begun. */
function inOne(database: DatabaseSync, work: () => void): void {
  database.exec('SAVEPOINT staging')
  try {
    work()
  } finally {
    database.exec('RELEASE staging')
  }
}

/** The keys of rows that were refused, as far as there can be any. */
async function keepRefused(
  { database, plan, input }: Staging,
  columns: readonly WriteColumn[],
): Promise<void> {
  if (input.refusals === 0) return
  const keys = plan.statements.columns.flatMap(({ isKey, cell }, place) => (isKey ? [{ cell, place }] : []))
  const insert = database.prepare(
    `INSERT INTO temp.${quoteIdentifier(plan.stage)} (${[rowNumber, ...keys.map(({ cell }) => cell)].join(', ')}) VALUES (${['?', ...keys.map(() => '?')].join(', ')})`,
  )
  const cells = columns.map(({ cell }) => cell)
  for await (const batch of input.texts(cells, 'refused', batchRows))
    inOne(database, () => {
      for (const row of batch) {
        const values = keys.map(({ place }) => keyOf(row, place, columns[place]))
        const known = values.filter((value) => value !== undefined)
        if (known.length === keys.length) insert.run(-1n - BigInt(row[0]), ...known)
      }
    })
}

/** Undefined: it is missing, or none that the table can have. */
function keyOf(row: StagedTexts, place: number, column: WriteColumn | undefined): SQLInputValue | undefined {
  const text = row[place + 1] ?? null
  const value = text === null ? undefined : column?.convert(text)
  return value instanceof Misfit ? undefined : value
}

/** Marks rows as refused. */
export function setAside(database: DatabaseSync, { stage }: WritePlan, numbers: readonly number[]): void {
  const mark = database.prepare(
    `UPDATE temp.${quoteIdentifier(stage)} SET ${rowNumber} = -1 - ${rowNumber} WHERE ${rowNumber} = ?`,
  )
  for (const number of numbers) mark.run(number)
}
