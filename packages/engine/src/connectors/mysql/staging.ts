import { type Fault, faultList, or } from '../../sql/index.ts'
import type { Refusal, StagedInput } from '../databases/staged-input.ts'
import type { TableColumn } from './catalog.ts'
import { insertRows } from './insert-rows.ts'
import { loadData } from './load-data.ts'
import type { RowSender } from './row-sender.ts'
import type { MysqlSession } from './session.ts'
import { quoteName } from './text.ts'
import { rowNumber, type WriteColumn } from './writing.ts'

/** MySQL stores the value as it was meant, but would like dates to be written with other marks. */
const asMeant = new Set(['4095', '4096'])

export interface Staging {
  readonly session: MysqlSession
  readonly input: StagedInput
  /** The staging table as SQL. */
  readonly stage: string
  /** As SQL, what is noted at it: the transaction that will read it, by which it is found after a crash. */
  readonly note: string
  readonly columns: readonly WriteColumn[]
  readonly natives: readonly TableColumn[]
  /** Of the rows by key; empty where nothing is looked up in the staging table. */
  readonly index: readonly string[]
  /** Mirrors: rows that were refused keep theirs in the table alive. */
  readonly keepsRefused: boolean
  sent(bytes: number): void
}

interface Warning {
  readonly row: number
  readonly column: string
  readonly reason: string
}

/** `Incorrect integer value: 'x' for column `shop`.`stage`.`a` at row 3`. */
function readWarning(message: string): Warning | undefined {
  const place = / at row (\d+)$/.exec(message)
  if (!place) return undefined
  const bare = message.slice(0, place.index)
  const quoted = /column (?:`(?:[^`]|``)*`\.`(?:[^`]|``)*`\.`((?:[^`]|``)*)`|'(.*)')$/.exec(bare)
  const column = quoted?.[1]?.replaceAll('``', '`') ?? quoted?.[2] ?? ''
  const reason = quoted ? `${bare.slice(0, quoted.index)}column '${column}'` : bare
  return { row: Number(place[1]), column, reason }
}

/** What the server takes. */
interface Limits {
  /** Whether LOAD DATA LOCAL is allowed; in MySQL `local_infile` is off unless it is set. */
  readonly loads: boolean
  /** Bytes of a statement. */
  readonly longest: number
  /** Warnings of a statement of which it tells. */
  readonly warnings: number
}

async function limitsOf(session: MysqlSession): Promise<Limits> {
  const [found] = await session.query(
    'SELECT @@local_infile AS loads, @@max_allowed_packet AS longest, @@max_error_count AS warnings',
  )
  return {
    loads: found?.['loads'] === '1',
    longest: Number(found?.['longest']),
    warnings: Number(found?.['warnings']),
  }
}

function senderFor({ session, stage }: Staging, columns: readonly WriteColumn[], limits: Limits): RowSender {
  return limits.loads
    ? loadData(session, stage, columns)
    : insertRows(session, stage, columns, limits.longest, Number.POSITIVE_INFINITY)
}

/**
 * Brings the rows to the server, into a table of their own without constraints. What would be errors are
 * warnings there, and something else is stored: each row with a warning is refused.
 */
export async function fillStage(staging: Staging): Promise<void> {
  const { session, stage, input, columns } = staging
  const refuseAll = async (faults: readonly Fault[]) => {
    if (faults.length > 0) await input.refuseWhere(or(faults.map(({ fails }) => fails)), faultList(faults))
  }
  const limits = await limitsOf(session)
  const sender = senderFor(staging, columns, limits)
  await refuseAll([...columns.flatMap((column) => column.silent), ...sender.unsendable])
  if (!(await tryToFill(staging, sender, limits))) {
    // Too many warnings to be told of all: by statements that cannot have more.
    const few = Math.max(1, Math.floor((limits.warnings - 1) / (columns.length + 1)))
    const careful = insertRows(session, stage, columns, limits.longest, few)
    await refuseAll(careful.unsendable)
    if (!(await tryToFill(staging, careful, limits)))
      throw new Error('the server warns of more than it tells')
  }
  await finish(staging, limits)
}

/** Returns false where there are more faults than the server tells. */
async function tryToFill(staging: Staging, sender: RowSender, limits: Limits): Promise<boolean> {
  const { session, stage, note, input, natives, index } = staging
  await session.run(`DROP TABLE IF EXISTS ${stage}`)
  const definitions = natives.map(({ name, plain }) => `${quoteName(name)} ${plain} NULL`)
  const key = index.length > 0 ? [`KEY (${index.map(quoteName).join(', ')})`] : []
  await session.run(
    `CREATE TABLE ${stage} (${[`${rowNumber} bigint NOT NULL PRIMARY KEY`, ...definitions, ...key].join(', ')}) ENGINE=InnoDB COMMENT = ${note}`,
  )
  let from = '0'
  for await (const file of input.files(sender.cells, sender.format, 'accepted')) {
    // One transaction, however many statements it takes.
    await session.run('START TRANSACTION')
    for await (const sent of sender.send(file)) {
      staging.sent(sent.bytes)
      if (sent.skipped !== 0) throw new Error(`the server left ${sent.skipped} rows out`)
      if (sent.warnings > 0) {
        const warnings = await warningsOf(session, sent.warnings, limits)
        if (!warnings) return false
        await refuse(staging, from, warnings)
      }
      const [last] = await session.query(`SELECT COALESCE(MAX(${rowNumber}), -1) + 1 AS n FROM ${stage}`)
      from = last?.['n'] ?? '0'
    }
    await session.run('COMMIT')
  }
  return true
}

/** What the server warned of in the last statement; undefined: it does not tell all of it. */
async function warningsOf(
  session: MysqlSession,
  count: number,
  limits: Limits,
): Promise<Warning[] | undefined> {
  if (count >= limits.warnings) return undefined
  const told = await session.query('SHOW WARNINGS')
  if (told.length < count) return undefined
  return told.flatMap(({ Code: code, Message: message }) => {
    if (asMeant.has(code ?? '')) return []
    const warning = readWarning(message ?? '')
    if (!warning) throw new Error(`the server warns: ${message}`)
    return warning
  })
}

/** Refuses the rows of warnings, which count those of a statement: the first had the number `from` or a later one. */
async function refuse(
  { session, stage, input }: Staging,
  from: string,
  warnings: readonly Warning[],
): Promise<void> {
  const sent = await session.query(
    `SELECT ${rowNumber} AS n FROM ${stage} WHERE ${rowNumber} >= ${from} ORDER BY ${rowNumber}`,
  )
  const refusals = new Map<number, Refusal>()
  for (const { row, column, reason } of warnings)
    if (!refusals.has(row))
      refusals.set(row, { row: sent[row - 1]?.['n'] ?? '', column, rule: 'type', reason })
  await input.refuse([...refusals.values()])
  await setAside(session, stage, [...refusals.values()])
}

/** Marks rows as refused. */
export async function setAside(
  session: MysqlSession,
  stage: string,
  refusals: readonly Refusal[],
): Promise<void> {
  for (let start = 0; start < refusals.length; start += 1000) {
    const numbers = refusals.slice(start, start + 1000).map(({ row }) => row)
    await session.run(
      `UPDATE ${stage} SET ${rowNumber} = -1 - ${rowNumber} WHERE ${rowNumber} IN (${numbers.join(', ')})`,
    )
  }
}

/** For mirrors, the keys of the rows that never came here. */
async function finish(staging: Staging, limits: Limits): Promise<void> {
  const { session, stage, input, columns, index, keepsRefused } = staging
  if (keepsRefused && input.refusals > 0) {
    const keys = columns.filter(({ name }) => index.includes(name))
    const sender = senderFor(staging, keys, limits)
    for await (const file of input.files(sender.cells, sender.format, 'refused'))
      for await (const { bytes } of sender.send(file)) staging.sent(bytes)
  }
  await session.run(`ANALYZE TABLE ${stage}`).catch(() => {})
}
