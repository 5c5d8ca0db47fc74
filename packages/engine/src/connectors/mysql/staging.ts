import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { faultList, or, sql } from '../../sql/index.ts'
import type { Refusal, StagedInput } from '../databases/staged-input.ts'
import type { TableColumn } from './catalog.ts'
import type { MysqlSession } from './session.ts'
import { quoteName } from './text.ts'
import { loadList, type WriteColumn } from './writing.ts'

/** The number of a row; -1 - n for one that was refused. */
export const rowNumber = '`__mr_n`'

/** `NULL` without quotes is NULL, with quotes it is a text; nothing is escaped but quotes, by doubling them. */
const format = sql`(FORMAT csv, HEADER false, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR 'NULL', FORCE_QUOTE *)`
const loadOptions = `CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\\n'`

/** Warnings that the server keeps of one statement. */
const mostWarnings = 65_535
const usualRows = 100_000

export interface Staging {
  readonly session: MysqlSession
  readonly input: StagedInput
  /** The staging table as SQL. */
  readonly stage: string
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

/**
 * Brings the rows to the server, into a table of their own without constraints. LOAD DATA LOCAL makes
 * warnings of what would be errors and stores something else: each row with a warning is refused.
 */
export async function fillStage(staging: Staging): Promise<void> {
  const { input, columns } = staging
  const silent = columns.flatMap((column) => column.silent)
  if (silent.length > 0) await input.refuseWhere(or(silent.map(({ fails }) => fails)), faultList(silent))
  if (await tryToFill(staging, usualRows)) return finish(staging)
  // Too many warnings to be told of all: in pieces that cannot have more.
  const few = Math.max(1, Math.floor(mostWarnings / (columns.length + 1)))
  if (!(await tryToFill(staging, few))) throw new Error('the server warns of more than it tells')
  await finish(staging)
}

async function tryToFill(staging: Staging, rowsEach: number): Promise<boolean> {
  const { session, stage, input, columns, natives, index } = staging
  await session.run(`DROP TABLE IF EXISTS ${stage}`)
  const definitions = natives.map(({ name, plain }) => `${quoteName(name)} ${plain} NULL`)
  const key = index.length > 0 ? [`KEY (${index.map(quoteName).join(', ')})`] : []
  await session.run(
    `CREATE TABLE ${stage} (${[`${rowNumber} bigint NOT NULL PRIMARY KEY`, ...definitions, ...key].join(', ')}) ENGINE=InnoDB`,
  )
  const cells = columns.map(({ cell }) => cell)
  let from = '0'
  for await (const file of input.files(cells, format, 'accepted', rowsEach)) {
    if ((await stat(file)).size === 0) continue
    const warnings = await load(staging, file)
    if (!warnings) return false
    const loaded =
      warnings.length > 0
        ? await session.query(
            `SELECT ${rowNumber} AS n FROM ${stage} WHERE ${rowNumber} >= ${from} ORDER BY ${rowNumber}`,
          )
        : []
    const refusals = new Map<number, Refusal>()
    for (const { row, column, reason } of warnings)
      if (!refusals.has(row))
        refusals.set(row, { row: loaded[row - 1]?.['n'] ?? '', column, rule: 'type', reason })
    await input.refuse([...refusals.values()])
    await setAside(session, stage, [...refusals.values()])
    const [last] = await session.query(`SELECT COALESCE(MAX(${rowNumber}), -1) + 1 AS n FROM ${stage}`)
    from = last?.['n'] ?? '0'
  }
  return true
}

/** The faults of the rows of a file; undefined: there are more than the server tells. */
async function load(
  { session, stage, columns, sent }: Staging,
  file: string,
): Promise<Warning[] | undefined> {
  const { size } = await stat(file)
  const statement = `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${stage} ${loadOptions} ${loadList(columns)}`
  const { warningStatus, info } = await session.load(
    statement,
    createReadStream(file, { highWaterMark: 2 ** 18 }),
  )
  sent(size)
  if (!/Skipped: 0\b/.test(info)) throw new Error(`the server left rows out: ${info}`)
  if (warningStatus === 0) return []
  if (warningStatus >= mostWarnings) return undefined
  const told = await session.query('SHOW WARNINGS')
  if (told.length < warningStatus) return undefined
  return told.map(({ Message: message }) => {
    const warning = readWarning(message ?? '')
    if (!warning) throw new Error(`the server warns: ${message}`)
    return warning
  })
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
async function finish(staging: Staging): Promise<void> {
  const { session, stage, input, columns, keepsRefused } = staging
  if (keepsRefused && input.refusals > 0) {
    const cells = columns.map(({ cell }) => cell)
    const statement = `LOAD DATA LOCAL INFILE 'rows' IGNORE INTO TABLE ${stage} ${loadOptions} ${loadList(columns)}`
    for await (const file of input.files(cells, format, 'refused'))
      if ((await stat(file)).size > 0) await session.load(statement, createReadStream(file))
  }
  await session.run(`ANALYZE TABLE ${stage}`).catch(() => {})
}
