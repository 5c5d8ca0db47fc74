import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { fail, reasonIn } from '../../problems/index.ts'
import { type ConnectorContext, type Input, keyedModes, type Written } from '../../spec/index.ts'
import {
  and,
  faultsType,
  identifier,
  join,
  missingKey,
  or,
  repeatedKey,
  type Sql,
  sql,
  typeText,
} from '../../sql/index.ts'
import type { DatabaseTargetSettings } from './fields.ts'

const chunkRows = 100_000

/** A row that was refused, by its number in the staged table. */
export interface Refusal {
  readonly row: string
  /** Empty: the row as a whole. */
  readonly column: string
  readonly rule: string
  readonly reason: string
}

/** A row as texts: its number in the staged table, then its cells. */
export type StagedTexts = readonly [n: string, ...cells: (string | null)[]]

type StagedSettings = Pick<
  DatabaseTargetSettings,
  'mode' | 'keys' | 'onReject' | 'rejectLimit' | 'rejectPercent'
>

/** Whether rows of the table are found by key. */
export const isKeyed = ({ mode }: Pick<DatabaseTargetSettings, 'mode'>): boolean =>
  keyedModes.some((keyed) => keyed === mode)

function checkKeys(nodeId: string, { keys }: StagedSettings, { columns }: Input): void {
  if (keys.length === 0)
    fail('setting.required', { label: { en: 'Key', zh: '键' } }, { nodeId, field: 'keys' })
  for (const [place, column] of keys.entries())
    if (!columns.some(({ name }) => name === column))
      fail('column.unknown', { column }, { nodeId, field: `keys.${place}` })
}

/** The rows of a target, computed once into a table of DuckDB, where each has a number; and those that were refused. */
export class StagedInput {
  readonly rows: number
  readonly #context: ConnectorContext
  readonly #input: Input
  readonly #limit: number
  readonly #staged: Sql
  readonly #refused: Sql
  #refusals = 0
  #firstReason = ''

  private constructor(context: ConnectorContext, input: Input, rows: number, limit: number) {
    this.#context = context
    this.#input = input
    this.rows = rows
    this.#limit = limit
    this.#staged = identifier(`${context.nodeId} staged`)
    this.#refused = identifier(`${context.nodeId} refused`)
  }

  /** Refuses rows whose key, where there is one, cannot tell which is meant. Rejects with a problem above the limit. */
  static async make(context: ConnectorContext, input: Input, settings: StagedSettings): Promise<StagedInput> {
    if (isKeyed(settings)) checkKeys(context.nodeId, settings, input)
    const rows = await context.execute(
      sql`CREATE OR REPLACE TEMP TABLE ${identifier(`${context.nodeId} staged`)} AS SELECT * FROM ${input.relation}`,
    )
    const share = Math.floor((rows * settings.rejectPercent) / 100)
    const limit = settings.onReject === 'fail' ? 0 : Math.min(settings.rejectLimit, share)
    const staged = new StagedInput(context, input, rows, limit)
    await context.execute(
      sql`CREATE OR REPLACE TEMP TABLE ${staged.#refused} (n BIGINT, "__mr_faults" ${typeText(faultsType)})`,
    )
    if (isKeyed(settings)) await staged.#refuseBadKeys(settings.keys)
    return staged
  }

  get refusals(): number {
    return this.#refusals
  }

  /** How many more rows may be refused. */
  get tolerance(): number {
    return this.#limit - this.#refusals
  }

  /**
   * Refuses rows for which `fails` holds and which were not refused before; `faults` is their list. Rejects
   * with a problem above the limit.
   */
  async refuseWhere(fails: Sql, faults: Sql): Promise<void> {
    await this.#refuse(
      sql`SELECT rowid, ${faults} FROM ${this.#staged} WHERE (${fails}) AND rowid NOT IN (SELECT n FROM ${this.#refused})`,
    )
  }

  async refuse(refusals: readonly Refusal[]): Promise<void> {
    for (let start = 0; start < refusals.length; start += 500) {
      const values = refusals
        .slice(start, start + 500)
        .map(({ row, column, rule, reason }) => sql`(${BigInt(row)}, ${column}, ${rule}, ${reason})`)
      // The value as it stands in the row, where one column is at fault.
      const value = join(
        this.#input.columns.map(
          ({ name }) => sql`WHEN given.name = ${name} THEN CAST(staged.${identifier(name)} AS VARCHAR)`,
        ),
        ' ',
      )
      await this.#refuse(
        sql`SELECT given.n, [{'column': given.name, 'value': CASE ${value} END, 'rule': given.rule, 'reason': given.reason}] FROM (VALUES ${join(values)}) AS given (n, name, rule, reason) JOIN ${this.#staged} AS staged ON staged.rowid = given.n`,
      )
    }
  }

  async #refuse(select: Sql): Promise<void> {
    this.#refusals += await this.#context.execute(sql`INSERT INTO ${this.#refused} ${select}`)
    if (this.#refusals <= this.#limit) return
    const [first] = await this.#context.query(
      sql`SELECT "__mr_faults"[1].reason AS reason FROM ${this.#refused} ORDER BY n LIMIT 1`,
    )
    this.#firstReason = first?.['reason'] ?? ''
    fail(
      'target.rejectLimit',
      {
        count: String(this.#refusals),
        limit: String(this.#limit),
        reason: { en: this.#firstReason, zh: reasonIn('zh', this.#firstReason) },
      },
      { nodeId: this.#context.nodeId, field: 'onReject' },
    )
  }

  /** Refuses rows whose key is missing or there more than once: which of them is meant cannot be known. */
  async #refuseBadKeys(keys: readonly string[]): Promise<void> {
    const columns = keys.map((key) => identifier(key))
    const missing = or(columns.map((column) => sql`${column} IS NULL`))
    await this.refuseWhere(missing, missingKey(keys))
    const repeated = identifier(`${this.#context.nodeId} repeated`)
    const found = await this.#context.execute(
      sql`CREATE OR REPLACE TEMP TABLE ${repeated} AS SELECT ${join(columns)}, count(*) AS "__mr_count" FROM ${this.#staged} WHERE NOT (${missing}) GROUP BY ${join(columns)} HAVING count(*) > 1`,
    )
    if (found === 0) return
    const same = and(columns.map((column) => sql`s.${column} = r.${column}`))
    const faults = repeatedKey(keys, sql`r."__mr_count"`, sql`s.`)
    await this.#refuse(
      sql`SELECT s.rowid, ${faults} FROM ${this.#staged} AS s JOIN ${repeated} AS r ON ${same}`,
    )
  }

  /**
   * The rows as bytes, in files of the work folder that are written while others are sent: first their
   * number (negative, -1 - n, for rows that were refused), then `cells`. With `refused` only those that
   * were refused, without it those that were not.
   */
  async *bytes(cells: readonly Sql[], format: Sql, which: 'accepted' | 'refused'): AsyncGenerator<Buffer> {
    for await (const file of this.files(cells, format, which))
      yield* createReadStream(file, { highWaterMark: 2 ** 20 })
  }

  /** The same as files, each of which is gone when the next is asked for. */
  async *files(
    cells: readonly Sql[],
    format: Sql,
    which: 'accepted' | 'refused',
    rowsEach = chunkRows,
  ): AsyncGenerator<string> {
    const { workFolder, nodeId, signal } = this.#context
    const isRefused = which === 'refused'
    const number = isRefused ? sql`-1 - rowid` : sql`rowid`
    const list = sql`rowid IN (SELECT n FROM ${this.#refused})`
    const membership = isRefused ? sql` AND ${list}` : this.#refusals > 0 ? sql` AND NOT (${list})` : sql``
    const write = async (start: number): Promise<string> => {
      const file = path.join(workFolder, `${nodeId}-${which}-${start}`)
      await this.#context.execute(
        sql`COPY (SELECT ${join([number, ...cells])} FROM ${this.#staged} WHERE rowid >= ${start} AND rowid < ${start + rowsEach}${membership}) TO ${file} ${format}`,
      )
      return file
    }
    let next = write(0)
    for (let start = 0; start < this.rows; start += rowsEach) {
      signal.throwIfAborted()
      const file = await next
      if (start + rowsEach < this.rows) {
        next = write(start + rowsEach)
        next.catch(() => {})
      }
      yield file
      await rm(file, { force: true })
      if (!isRefused) this.#context.progress(Math.min(this.rows, start + rowsEach))
    }
    await rm(await next, { force: true })
  }

  /** The same as texts, for systems that take values one by one: the number of a row, then its cells. */
  async *texts(
    cells: readonly Sql[],
    which: 'accepted' | 'refused',
    rowsEach: number,
  ): AsyncGenerator<readonly StagedTexts[]> {
    const { query, signal } = this.#context
    const list = sql`rowid IN (SELECT n FROM ${this.#refused})`
    const condition = which === 'refused' ? list : sql`NOT (${list})`
    const row = join([sql`CAST(rowid AS VARCHAR)`, ...cells])
    for (let start = 0; start < this.rows; start += rowsEach) {
      signal.throwIfAborted()
      // One text for all of them: many times faster than cell by cell.
      const [found] = await query(
        sql`SELECT CAST(to_json(list([${row}] ORDER BY rowid)) AS VARCHAR) AS rows FROM ${this.#staged} WHERE rowid >= ${start} AND rowid < ${start + rowsEach} AND ${condition}`,
      )
      yield JSON.parse(found?.['rows'] ?? '[]')
    }
  }

  /** What became of the rows, once nothing more can be refused. */
  written(effects: NonNullable<Written['effects']>): Written {
    const columns = join(this.#input.columns.map(({ name }) => sql`s.${identifier(name)}`))
    return {
      rows: this.rows - this.#refusals,
      effects,
      ...(this.#refusals > 0 && {
        rejects: sql`SELECT ${columns}, r."__mr_faults" FROM ${this.#staged} AS s JOIN ${this.#refused} AS r ON s.rowid = r.n ORDER BY r.n`,
      }),
    }
  }
}
