import { createProblem, fail, ProblemError } from '../../problems/index.ts'
import type { ConnectorContext, Input, WriteSession, Written } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import { isKeyed, type Refusal, StagedInput } from '../databases/staged-input.ts'
import { quoteText } from './catalog.ts'
import { databaseProblem, isRowFault, isServerFault } from './faults.ts'
import { gidOf, planWrite, type WritePlan } from './plan.ts'
import { openSession, type PostgresSession, type Row } from './session.ts'
import type { PostgresSettings, PostgresTargetSettings } from './spec.ts'
import { fillStage } from './staging.ts'
import {
  mirrorDelete,
  piecewise,
  replaceStatement,
  type StatementOptions,
  unmatchedRows,
  writeStatement,
} from './statements.ts'
import { writeColumn } from './writing.ts'

interface Effects {
  inserted: number
  updated: number
  deleted: number
  /** Staged rows that found a row. */
  touched: number
}

/** Every row of a run for one table: staged by COPY, then written by one statement in one transaction. */
export class PostgresWriter implements WriteSession {
  readonly #context: ConnectorContext
  readonly #settings: PostgresTargetSettings
  readonly #connection: PostgresSettings
  #session: PostgresSession | undefined
  #plan: WritePlan | undefined
  #rows = 0
  #bytes = 0

  constructor(context: ConnectorContext, settings: PostgresTargetSettings, connection: PostgresSettings) {
    this.#context = context
    this.#settings = settings
    this.#connection = connection
  }

  async write(input: Input): Promise<Written> {
    const { nodeId, signal } = this.#context
    const staged = await StagedInput.make(this.#context, input, this.#settings)
    const session = await openSession(this.#connection, signal, { nodeId, field: 'connection' })
    this.#session = session
    try {
      const plan = await planWrite(session, this.#context, this.#settings, input.columns)
      this.#plan = plan
      await fillStage({
        session,
        plan,
        input: staged,
        columns: input.columns.map((column, place) =>
          writeColumn(column, plan.columns[place]?.native ?? fail('table.noColumn', { column: column.name })),
        ),
        keys: isKeyed(this.#settings) ? this.#settings.keys : [],
        keepsRefusedKeys: this.#settings.mode === 'mirror',
        searchesFaults: this.#settings.onReject === 'keep',
        sent: (bytes) => {
          this.#bytes += bytes
        },
      })
      const written = await this.#apply(session, plan, staged)
      this.#rows = written.rows
      return written
    } catch (error) {
      signal.throwIfAborted()
      throw databaseProblem(error, { nodeId, field: 'table' })
    }
  }

  /** The transaction that is prepared: all of the change, and the end of the staging tables. */
  async #apply(session: PostgresSession, plan: WritePlan, input: StagedInput): Promise<Written> {
    const { mode, keys } = this.#settings
    const options: StatementOptions = {
      mode,
      target: plan.targetSql,
      stage: plan.stage,
      columns: plan.columns,
      keys,
      previous: plan.previous,
    }
    await session.run('BEGIN; SET CONSTRAINTS ALL IMMEDIATE')
    if (plan.create) await session.run(plan.create)
    if (mode === 'replace') await this.#makeRoom(session, plan)
    if (mode === 'update') await input.refuse(await this.#unmatched(session, options))
    const total = mode === 'mirror' ? await countRows(session, plan.targetSql) : 0
    const effects = await this.#change(session, plan, options, input)
    if (mode === 'mirror') effects.deleted = await this.#deleteOthers(session, options, total)
    await session.run(`DROP TABLE ${plan.stage}, ${plan.refused}`)
    const accepted = input.rows - input.refusals
    const unchanged =
      mode === 'delete' ? accepted - effects.touched : accepted - effects.inserted - effects.updated
    const { inserted, updated, deleted } = effects
    return input.written({ inserted, updated, deleted, unchanged: Math.max(0, unchanged) })
  }

  /** Others may go on reading; none may write rows that the replacement would not see. */
  async #makeRoom(session: PostgresSession, { targetSql, previous }: WritePlan): Promise<void> {
    await session.run(`LOCK TABLE ${targetSql} IN SHARE ROW EXCLUSIVE MODE`)
    if (previous)
      await session.run(`DROP TABLE IF EXISTS ${previous}; CREATE TABLE ${previous} (LIKE ${targetSql})`)
  }

  async #unmatched(session: PostgresSession, options: StatementOptions): Promise<Refusal[]> {
    const rows = await session.query(unmatchedRows(options))
    const column = this.#settings.keys.join(', ')
    return rows.map(({ n }) => ({
      row: n ?? '',
      column,
      rule: 'missing',
      reason: 'no row of the table has this key',
    }))
  }

  async #change(
    session: PostgresSession,
    plan: WritePlan,
    options: StatementOptions,
    input: StagedInput,
  ): Promise<Effects> {
    await session.run('SAVEPOINT whole')
    try {
      const statement = options.mode === 'replace' ? replaceStatement(options) : writeStatement(options, '')
      const [row] = await session.query(statement)
      await session.run('RELEASE whole')
      return effectsOf(row)
    } catch (error) {
      if (!isRowFault(error) || this.#settings.onReject === 'fail') throw error
      await session.run('ROLLBACK TO whole')
    }
    await session.run(`CREATE INDEX ON ${plan.stage} ("__mr_n")`)
    const deleted = options.mode === 'replace' ? await this.#empty(session, plan) : 0
    await session.run(piecewise(options, plan.refused, input.rows, input.tolerance))
    const rows = await session.query(`SELECT n, field, rule, reason FROM ${plan.refused} ORDER BY n`)
    const sums = rows.find(({ n }) => n === '-1')
    await input.refuse(
      rows
        .filter(({ n }) => n !== '-1')
        .map(({ n, field, rule, reason }) => ({
          row: n ?? '',
          column: field ?? '',
          rule: rule ?? '',
          reason: reason ?? '',
        })),
    )
    const [removed, touched] = (sums?.['reason'] ?? '0 0').split(' ').map(Number)
    return {
      inserted: Number(sums?.['field'] ?? 0),
      updated: Number(sums?.['rule'] ?? 0),
      deleted: deleted + (removed ?? 0),
      touched: touched ?? 0,
    }
  }

  async #empty(session: PostgresSession, { targetSql, previous }: WritePlan): Promise<number> {
    if (previous) await session.run(`INSERT INTO ${previous} SELECT * FROM ${targetSql}`)
    return session.run(`DELETE FROM ${targetSql}`)
  }

  async #deleteOthers(session: PostgresSession, options: StatementOptions, total: number): Promise<number> {
    const percent = this.#settings.mirrorCap
    const count = await session.run(mirrorDelete(options))
    if (count * 100 > total * percent)
      fail(
        'target.mirrorCap',
        { count: String(count), total: String(total), percent: String(percent) },
        { nodeId: this.#context.nodeId, field: 'mirrorCap' },
      )
    return count
  }

  #written(): { session: PostgresSession; plan: WritePlan } {
    if (!this.#session || !this.#plan) throw new Error('nothing has been written')
    return { session: this.#session, plan: this.#plan }
  }

  async prepare() {
    try {
      return await this.#prepare()
    } catch (error) {
      throw databaseProblem(error, { nodeId: this.#context.nodeId, field: 'table' })
    }
  }

  async #prepare() {
    const { session, plan } = this.#written()
    const { connection, table } = this.#settings
    const output = { name: table, rows: this.#rows, bytes: this.#bytes }
    const [at] = await session.query('SELECT txid_current()::text AS xid, pg_backend_pid()::text AS pid')
    const token = {
      connection,
      xid: at?.['xid'] ?? '',
      stage: plan.persistence === 'UNLOGGED' ? plan.stage : '',
      refused: plan.refused,
    }
    if (!plan.twoPhase) {
      await this.#makeNumberDurable()
      return { token: { ...token, pid: at?.['pid'] ?? '' }, output, open: true }
    }
    await session.conclude(`PREPARE TRANSACTION ${quoteText(gidOf(plan))}`)
    // From now on the prepared transaction says that the staging tables are in use.
    await session.run('SELECT pg_advisory_unlock_all()')
    await session.close()
    return { token: { ...token, gid: gidOf(plan) }, output }
  }

  /**
   * A server that crashes forgets the numbers of transactions of which nothing had reached its disk, and gives
   * them to others: asked later, it would call ours committed when one of those was. The commit of another
   * session brings all that was logged before it to the disk.
   */
  async #makeNumberDurable(): Promise<void> {
    const { signal, nodeId } = this.#context
    const other = await openSession(this.#connection, signal, { nodeId, field: 'connection' })
    try {
      await other.run(
        "SET synchronous_commit = on; SELECT pg_catalog.pg_logical_emit_message(true, 'millrace', '')",
      )
    } catch (error) {
      throw databaseProblem(error, { nodeId, field: 'table' })
    } finally {
      await other.close()
    }
  }

  async commit(): Promise<void> {
    const { session } = this.#written()
    try {
      await session.conclude('COMMIT')
    } catch (error) {
      const { nodeId } = this.#context
      if (isServerFault(error)) throw databaseProblem(error, { nodeId, field: 'table' })
      throw new ProblemError(createProblem('target.undone', {}, { nodeId }), { cause: error })
    } finally {
      await session.close()
    }
  }

  async abort(): Promise<void> {
    const session = this.#session
    const plan = this.#plan
    if (!session) return
    try {
      await session.run('ROLLBACK')
      if (plan) await session.run(`DROP TABLE IF EXISTS ${plan.stage}, ${plan.refused}`)
    } finally {
      await session.close()
    }
  }
}

async function countRows(session: PostgresSession, table: string): Promise<number> {
  const [row] = await session.query(`SELECT count(*)::text AS ${quoteIdentifier('n')} FROM ${table}`)
  return Number(row?.['n'] ?? 0)
}

const effectsOf = (row: Row | undefined): Effects => ({
  inserted: Number(row?.['inserted'] ?? 0),
  updated: Number(row?.['updated'] ?? 0),
  deleted: Number(row?.['deleted'] ?? 0),
  touched: Number(row?.['touched'] ?? 0),
})
