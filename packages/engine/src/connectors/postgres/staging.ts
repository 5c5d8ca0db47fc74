import { readFile } from 'node:fs/promises'
import { type Fault, faultList, or, quoteIdentifier, sql } from '../../sql/index.ts'
import type { Refusal, StagedInput } from '../databases/staged-input.ts'
import { copyOptions } from './copy-text.ts'
import { isRowFault, type ServerFault, saidBy } from './faults.ts'
import { stageLock, stageStatements, type WritePlan } from './plan.ts'
import type { PostgresSession } from './session.ts'
import { rowNumber } from './statements.ts'
import type { WriteColumn } from './writing.ts'

/** The text format of COPY, written by DuckDB; cells have been escaped. */
const format = sql`(FORMAT csv, HEADER false, DELIMITER ${'\t'}, QUOTE '', ESCAPE '', NULLSTR ${'\\N'})`

/** Rows of one COPY while rows at fault are looked for. */
const pieceRows = 2000

export interface Staging {
  readonly session: PostgresSession
  readonly plan: WritePlan
  readonly input: StagedInput
  readonly columns: readonly WriteColumn[]
  /** Mirrors: rows that were refused keep theirs in the table alive. */
  readonly keys: readonly string[]
  readonly keepsRefusedKeys: boolean
  readonly searchesFaults: boolean
  sent(bytes: number): void
}

const copyStatement = ({ stage }: WritePlan, names: readonly string[]): string =>
  `COPY ${stage} (${[rowNumber, ...names.map(quoteIdentifier)].join(', ')}) FROM STDIN ${copyOptions}`

async function refuseFaults(input: StagedInput, faults: readonly Fault[]): Promise<void> {
  if (faults.length > 0) await input.refuseWhere(or(faults.map(({ fails }) => fails)), faultList(faults))
}

/** Brings the rows to the server, into a table of their own that is committed by itself. */
export async function fillStage(staging: Staging): Promise<void> {
  const { session, plan, input, columns, searchesFaults } = staging
  await refuseFaults(
    input,
    columns.flatMap(({ silent }) => silent),
  )
  // Says that the tables are in use as long as this session lasts.
  await session.query(`SELECT pg_advisory_lock(${stageLock('$1')})`, [plan.mark])
  await session.run(`DROP TABLE IF EXISTS ${plan.stage}, ${plan.refused}`)
  try {
    await session.run(`BEGIN; ${stageStatements(plan)}`)
    await session.copyIn(
      copyStatement(
        plan,
        columns.map(({ name }) => name),
      ),
      counted(
        input.bytes(
          columns.map(({ cell }) => cell),
          format,
          'accepted',
        ),
        staging,
      ),
    )
  } catch (error) {
    if (!searchesFaults || !isRowFault(error)) throw error
    await session.run('ROLLBACK')
    await refuseFaults(
      input,
      columns.flatMap(({ unreadable }) => unreadable),
    )
    await session.run(`BEGIN; ${stageStatements(plan)}`)
    await fillPiecewise(staging)
  }
  if (staging.keepsRefusedKeys && input.refusals > 0) await keepKeys(staging)
  await session.conclude('COMMIT')
  if (staging.keys.length > 0) await session.run(`ANALYZE ${plan.stage}`)
}

async function* counted(bytes: AsyncIterable<Buffer>, { sent }: Staging): AsyncGenerator<Buffer> {
  for await (const part of bytes) {
    sent(part.length)
    yield part
  }
}

async function fillPiecewise(staging: Staging): Promise<void> {
  const { plan, input, columns } = staging
  const statement = copyStatement(
    plan,
    columns.map(({ name }) => name),
  )
  const cells = columns.map(({ cell }) => cell)
  for await (const file of input.files(cells, format, 'accepted', pieceRows))
    await input.refuse(await copyLines(staging, statement, await readFile(file)))
}

/** Keys that the type of the table has no place for cannot be in it either. */
async function keepKeys(staging: Staging): Promise<void> {
  const { plan, input, columns, keys } = staging
  const known = columns.filter(({ name }) => keys.includes(name))
  const statement = copyStatement(
    plan,
    known.map(({ name }) => name),
  )
  for await (const file of input.files(
    known.map(({ cell }) => cell),
    format,
    'refused',
    pieceRows,
  ))
    await copyLines(staging, statement, await readFile(file))
}

/** Copies the lines that the server takes; returns the others with its reasons. */
async function copyLines({ session, plan }: Staging, statement: string, bytes: Buffer): Promise<Refusal[]> {
  const lines = linesOf(bytes)
  const refusals: Refusal[] = []
  let from = 0
  let to = lines.length
  while (from < lines.length) {
    await session.run('SAVEPOINT piece')
    try {
      await session.copyIn(statement, once(Buffer.concat(lines.slice(from, to))))
      await session.run('RELEASE piece')
      from = to
      to = lines.length
    } catch (error) {
      if (!isRowFault(error)) throw error
      await session.run('ROLLBACK TO piece; RELEASE piece')
      const place = lineOf(error as ServerFault, plan.stage)
      if (place !== undefined && place > 1) to = from + place - 1
      else if (place === undefined && to - from > 1) to = from + Math.floor((to - from) / 2)
      else {
        refusals.push(refusalOf(lines[from], error as ServerFault))
        from++
        to = lines.length
      }
    }
  }
  return refusals
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start)
    lines.push(bytes.subarray(start, end + 1))
    start = end + 1
  }
  return lines
}

/** The server says `COPY table, line 3, column x: …`, in its own language. */
function lineOf({ where = '' }: ServerFault, stage: string): number | undefined {
  const name = stage.split('.').at(-1)?.replaceAll('"', '') ?? ''
  const line = Number(/\d+/.exec(where.replace(name, ''))?.[0])
  return Number.isInteger(line) && line > 0 ? line : undefined
}

function refusalOf(line: Buffer | undefined, error: ServerFault): Refusal {
  const column = error.column ?? /, column (.+?)(?:: |$)/s.exec(error.where ?? '')?.[1] ?? ''
  return {
    row: line?.subarray(0, line.indexOf(9)).toString() ?? '',
    column,
    rule: error.code,
    reason: saidBy(error),
  }
}
