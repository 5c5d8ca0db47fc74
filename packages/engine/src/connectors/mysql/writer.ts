import { fail } from '../../problems/index.ts'
import type { ConnectorContext, Input, WriteSession, Written } from '../../spec/index.ts'
import { isKeyed, type Refusal, StagedInput } from '../databases/staged-input.ts'
import { databaseProblem, isRowFault, saidBy } from './faults.ts'
import { dropUnused, holdLock } from './leftovers.ts'
import {
  commitsTable,
  markOf,
  planWrite,
  quoteGid,
  readyPrefix,
  stagePrefix,
  type WritePlan,
} from './plan.ts'
import { type MysqlSession, openSession } from './session.ts'
import type { MysqlSettings, MysqlTargetSettings } from './spec.ts'
import { fillStage, setAside } from './staging.ts'
import {
  countOthers,
  deleteOthers,
  repeatedRows,
  type StatementOptions,
  unmatchedRows,
  writeStatements,
} from './statements.ts'
import { quoteName, quoteTable, quoteText } from './text.ts'
import { writeColumn } from './writing.ts'

interface Effects {
  inserted: number
  updated: number
  deleted: number
}

/** Column and rule of a row that the server refused, as its sentence tells them. */
function refusalOf(row: number, error: unknown): Refusal {
  const reason = saidBy(error)
  const column = /[Cc]olumn '((?:[^']|'')*)'/.exec(reason)?.[1] ?? ''
  const rule = /Duplicate entry/.test(reason)
    ? 'duplicate'
    : /cannot be null/.test(reason)
      ? 'required'
      : 'constraint'
  return { row: String(row), column, rule, reason }
}

/** Every row of a run for one table: staged, then written by one statement in one transaction. */
export class MysqlWriter implements WriteSession {
  readonly #context: ConnectorContext
  readonly #settings: MysqlTargetSettings
  readonly #connection: MysqlSettings
  #session: MysqlSession | undefined
  #plan: WritePlan | undefined
  #rows = 0
  #bytes = 0

  constructor(context: ConnectorContext, settings: MysqlTargetSettings, connection: MysqlSettings) {
    this.#context = context
    this.#settings = settings
    this.#connection = connection
  }

  async write(input: Input): Promise<Written> {
    const { nodeId, signal } = this.#context
    const staged = await StagedInput.make(this.#context, input, this.#settings)
    const session = await openSession(this.#connection, signal, 'write', { nodeId, field: 'connection' })
    this.#session = session
    try {
      await holdLock(session, markOf(this.#context))
      const plan = await planWrite(
        session,
        this.#context,
        this.#settings,
        this.#connection.database,
        input.columns,
      )
      this.#plan = plan
      await dropUnused(session, plan.target.schema)
      const columns = input.columns.map((column, place) =>
        writeColumn(column, plan.natives[place] ?? fail('table.noColumn', { column: column.name })),
      )
      const options = this.#options(input, plan)
      await fillStage({
        session,
        input: staged,
        stage: plan.stage,
        note: plan.way === 'transaction' ? quoteGid(plan.gid) : "''",
        columns,
        natives: plan.natives,
        index: this.#settings.mode === 'mirror' ? options.keys : [],
        keepsRefused: this.#settings.mode === 'mirror',
        sent: (bytes) => {
          this.#bytes += bytes
        },
      })
      const written = await this.#apply(session, plan, options, staged)
      this.#rows = written.rows
      return written
    } catch (error) {
      signal.throwIfAborted()
      throw databaseProblem(error, { nodeId, field: 'table' })
    }
  }

  #options({ columns }: Input, plan: WritePlan): StatementOptions {
    const native = (name: string) =>
      plan.natives[columns.findIndex((column) => column.name === name)]?.name ?? name
    return {
      mode: this.#settings.mode,
      destination: plan.destination,
      stage: plan.stage,
      columns: plan.natives.map(({ name }) => name),
      keys: isKeyed(this.#settings) ? this.#settings.keys.map(native) : [],
      isOnlyKey: plan.isOnlyKey,
    }
  }

  /** The transaction that is prepared, with all of the change and the note that it has committed. */
  async #apply(
    session: MysqlSession,
    plan: WritePlan,
    options: StatementOptions,
    input: StagedInput,
  ): Promise<Written> {
    const { mode } = options
    const refuse = async (query: string, rule: string, reason: string) => {
      const column = this.#settings.keys.join(', ')
      const refusals = (await session.query(query)).map(({ n }) => ({ row: n ?? '', column, rule, reason }))
      await input.refuse(refusals)
      await setAside(session, plan.stage, refusals)
    }
    // DuckDB tells all texts apart; a collation may not.
    if (plan.natives.some(({ name, plain }) => options.keys.includes(name) && plain.includes(' COLLATE ')))
      await refuse(
        repeatedRows(options),
        'duplicate',
        'several rows have this key, as the table compares keys',
      )
    const { previous, target, found } = plan
    const previousSql = previous === undefined ? '' : quoteTable({ schema: target.schema, table: previous })
    const effects: Effects = { inserted: 0, updated: 0, deleted: 0 }
    if (plan.way === 'swap') await session.run('START TRANSACTION')
    else {
      if (previous !== undefined && found) {
        await session.run(`DROP TABLE IF EXISTS ${previousSql}`)
        await session.run(`CREATE TABLE ${previousSql} LIKE ${found.sql}`)
      }
      await this.#startTransaction(session, plan)
    }
    if (mode === 'update') await refuse(unmatchedRows(options), 'missing', 'no row of the table has this key')
    if (mode === 'mirror' && found) effects.deleted = await this.#deleteOthers(session, options)
    if (mode === 'replace' && found)
      effects.deleted = await this.#makeRoom(session, plan, found.sql, previousSql)
    await this.#change(session, options, input, effects, 0, input.rows - 1)
    if (plan.way === 'swap') await session.run('COMMIT')
    const accepted = input.rows - input.refusals
    const { inserted, updated, deleted } = effects
    const touched = mode === 'delete' ? deleted : inserted + updated
    return input.written({ inserted, updated, deleted, unchanged: Math.max(0, accepted - touched) })
  }

  async #startTransaction(session: MysqlSession, plan: WritePlan): Promise<void> {
    const commits = quoteTable({ schema: plan.target.schema, table: commitsTable })
    await session.run(
      `CREATE TABLE IF NOT EXISTS ${commits} (id varchar(64) CHARACTER SET ascii NOT NULL PRIMARY KEY, committed timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, KEY (committed)) ENGINE=InnoDB`,
    )
    await session.run(`DELETE FROM ${commits} WHERE committed < NOW() - INTERVAL 30 DAY LIMIT 1000`)
    await session.run(`XA START ${quoteGid(plan.gid)}`)
    await session.run(`INSERT INTO ${commits} (id) VALUES (${quoteText(plan.gid)})`)
  }

  /** For a replacement within the transaction; returns the number of rows that go. */
  async #makeRoom(session: MysqlSession, plan: WritePlan, table: string, previous: string): Promise<number> {
    if (plan.way === 'swap') {
      const [count] = await session.query(`SELECT COUNT(*) AS n FROM ${table}`)
      return Number(count?.['n'] ?? 0)
    }
    if (previous !== '') {
      const stored = plan.found?.columns.filter(({ generated }) => !generated) ?? []
      const list = stored.map(({ name }) => quoteName(name)).join(', ')
      await session.run(`INSERT INTO ${previous} (${list}) SELECT ${list} FROM ${table}`)
    }
    return (await session.run(`DELETE FROM ${table}`)).affectedRows
  }

  async #deleteOthers(session: MysqlSession, options: StatementOptions): Promise<number> {
    const percent = this.#settings.mirrorCap
    const [all] = await session.query(`SELECT COUNT(*) AS n FROM ${options.destination}`)
    const [others] = await session.query(countOthers(options))
    const [count, total] = [Number(others?.['n'] ?? 0), Number(all?.['n'] ?? 0)]
    if (count * 100 > total * percent)
      fail(
        'target.mirrorCap',
        { count: String(count), total: String(total), percent: String(percent) },
        { nodeId: this.#context.nodeId, field: 'mirrorCap' },
      )
    return count === 0 ? 0 : (await session.run(deleteOthers(options))).affectedRows
  }

  /** Writes the rows of a range; where the server refuses some, both halves of it, down to the rows at fault. */
  async #change(
    session: MysqlSession,
    options: StatementOptions,
    input: StagedInput,
    effects: Effects,
    from: number,
    to: number,
  ): Promise<void> {
    if (from > to) return
    this.#context.signal.throwIfAborted()
    try {
      for (const statement of writeStatements(options, from, to)) {
        const { affectedRows, changedRows, info } = await session.run(statement)
        if (statement.startsWith('UPDATE')) effects.updated += changedRows
        else if (statement.startsWith('DELETE')) effects.deleted += affectedRows
        else {
          // Of an updated row the server counts two.
          const updated = Number(/Duplicates: (\d+)/.exec(info)?.[1] ?? 0)
          effects.updated += updated
          effects.inserted += affectedRows - 2 * updated
        }
      }
    } catch (error) {
      if (!isRowFault(error)) throw error
      if (from === to || input.tolerance <= 0) return input.refuse([refusalOf(from, error)])
      const middle = Math.floor((from + to) / 2)
      await this.#change(session, options, input, effects, from, middle)
      await this.#change(session, options, input, effects, middle + 1, to)
    }
  }

  #written(): { session: MysqlSession; plan: WritePlan } {
    if (!this.#session || !this.#plan) throw new Error('nothing has been written')
    return { session: this.#session, plan: this.#plan }
  }

  async prepare() {
    const { session, plan } = this.#written()
    const { connection, table } = this.#settings
    const { schema } = plan.target
    const output = { name: table, rows: this.#rows, bytes: this.#bytes }
    try {
      if (plan.way === 'transaction') {
        await session.run(`XA END ${quoteGid(plan.gid)}`)
        await session.run(`XA PREPARE ${quoteGid(plan.gid)}`)
        const stage = `${stagePrefix}${plan.mark}`
        const token = { connection, way: plan.way, gid: plan.gid, schema, stage, session: session.id }
        return { token, output }
      }
      await session.run(`DROP TABLE ${plan.stage}`)
      // From here on it is the token's: no sweep takes it away.
      const fresh = `${readyPrefix}${plan.mark}`
      await session.run(`RENAME TABLE ${plan.destination} TO ${quoteTable({ schema, table: fresh })}`)
      const replaced = { replaces: plan.found !== undefined, previous: plan.previous ?? '' }
      const token = { connection, way: plan.way, gid: plan.gid, schema, table: plan.target.table, fresh }
      const trash = `${readyPrefix}${plan.mark}_old`
      return { token: { ...token, ...replaced, trash }, output }
    } catch (error) {
      throw databaseProblem(error, { nodeId: this.#context.nodeId, field: 'table' })
    } finally {
      await session.close()
    }
  }

  async abort(): Promise<void> {
    const session = this.#session
    const plan = this.#plan
    if (!session) return
    session.destroy()
    // The run's own signal may have been what ended it; what it left must go nevertheless.
    const cleaner = await openSession(this.#connection, AbortSignal.timeout(30_000), 'read')
    try {
      await cleaner.run(`KILL ${session.id}`).catch(() => {})
      if (!plan) return
      await cleaner.run(`DROP TABLE IF EXISTS ${plan.stage}`)
      if (plan.way === 'swap') await cleaner.run(`DROP TABLE IF EXISTS ${plan.destination}`)
    } finally {
      await cleaner.close()
    }
  }
}
