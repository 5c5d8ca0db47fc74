import type { SQLInputValue } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext, Input, WriteSession, Written } from '../../spec/index.ts'
import { quoteIdentifier } from '../../sql/index.ts'
import { type Refusal, StagedInput } from '../databases/staged-input.ts'
import { quoteMain, readTable } from './catalog.ts'
import { databaseProblem, isRowFault, saidBy } from './faults.ts'
import { planWrite, type WritePlan } from './plan.ts'
import { type Located, patiently, rowsOf } from './session.ts'
import type { SqliteTargetSettings } from './spec.ts'
import { fillStage, setAside } from './staging.ts'
import {
  countOthers,
  deleteOthers,
  deleteStatement,
  insertStatement,
  repeatedRows,
  rowNumber,
  type StatementOptions,
  unmatchedRows,
  updateStatement,
} from './statements.ts'
import { LiveTransaction, type Part } from './transaction.ts'

interface Effects {
  inserted: number
  updated: number
  deleted: number
}

const nothing = (): Effects => ({ inserted: 0, updated: 0, deleted: 0 })

/** A trigger has left rows out, which SQLite does not call a fault. */
class LeftOut extends Error {
  constructor() {
    super('a trigger of the table leaves this row out')
  }
}

/** Column and rule of a row that SQLite refused, as its sentence tells them. */
function refusalOf(row: number, error: unknown, table: string): Refusal {
  const reason = saidBy(error)
  const named = reason.split(`${table}.`).slice(1)
  const columns = named.map((part) => part.replace(/, $/, ''))
  const rule = /^UNIQUE/.test(reason)
    ? 'duplicate'
    : /^NOT NULL/.test(reason)
      ? 'required'
      : /^cannot store|mismatch/.test(reason)
        ? 'type'
        : 'constraint'
  return { row: String(row), column: columns.join(', '), rule, reason }
}

/** Every row of a run for one table: staged in a temporary table, then written in the one transaction of the run. */
export class SqliteWriter implements WriteSession {
  readonly #context: ConnectorContext
  readonly #settings: SqliteTargetSettings
  readonly #located: Located
  #transaction: LiveTransaction | undefined
  #part: Part | undefined
  #rows = 0
  #bytes = 0

  constructor(context: ConnectorContext, settings: SqliteTargetSettings, located: Located) {
    this.#context = context
    this.#settings = settings
    this.#located = located
  }

  async write(input: Input): Promise<Written> {
    const { nodeId, runId, signal } = this.#context
    const staged = await StagedInput.make(this.#context, input, this.#settings)
    try {
      const transaction = LiveTransaction.of(runId, this.#located)
      this.#transaction = transaction
      const { database } = transaction
      const { patience } = this.#located
      const plan = await patiently(
        () => planWrite(database, this.#context, this.#settings, input.columns),
        patience,
        signal,
      )
      const isMirror = this.#settings.mode === 'mirror'
      this.#bytes += await fillStage({ database, plan, input: staged, columns: input.columns, isMirror })
      this.#part = await transaction.begin(signal)
      this.#assertUnchanged(plan)
      const written = await this.#apply(plan, staged)
      this.#rows = written.rows
      return written
    } catch (error) {
      signal.throwIfAborted()
      throw databaseProblem(error, { nodeId, field: 'table' }, this.#located.path)
    }
  }

  get #database() {
    if (!this.#transaction) throw new Error('nothing has been begun')
    return this.#transaction.database
  }

  /** Rows were staged for the table as it was before the lock was taken. */
  #assertUnchanged({ found }: WritePlan): void {
    const now = readTable(this.#database, this.#settings.table)
    if (JSON.stringify(now) === JSON.stringify(found)) return
    const detail = { en: 'another program has just changed the table', zh: '其他程序刚刚更改了该表' }
    fail('database.refused', { detail }, { nodeId: this.#context.nodeId, field: 'table' })
  }

  #count(statement: string): number {
    return Number(rowsOf(this.#database, statement)[0]?.['n'] ?? 0)
  }

  #run(statement: string, ...values: SQLInputValue[]): number {
    return Number(this.#database.prepare(statement).run(...values).changes)
  }

  async #apply(plan: WritePlan, input: StagedInput): Promise<Written> {
    const { mode } = plan.statements
    const refuse = async (numbers: readonly number[], rule: string, reason: string) => {
      const column = this.#settings.keys.join(', ')
      await input.refuse(numbers.map((row) => ({ row: String(row), column, rule, reason })))
      setAside(this.#database, plan, numbers)
    }
    const numbers = (statement: string, ...values: SQLInputValue[]) =>
      rowsOf(this.#database, statement, ...values).map(({ n }) => Number(n))
    const last = input.rows - 1
    // DuckDB tells all texts apart; a collation may not.
    if (plan.statements.columns.some(({ isKey, collation }) => isKey && collation !== 'BINARY'))
      await refuse(
        numbers(repeatedRows(plan.statements)),
        'duplicate',
        'several rows have this key, as the table compares keys',
      )
    if (plan.create) this.#database.exec(plan.create)
    const effects = nothing()
    if (mode === 'update')
      await refuse(
        numbers(unmatchedRows(plan.statements), 0, last),
        'missing',
        'no row of the table has this key',
      )
    if (mode === 'mirror') effects.deleted = this.#deleteOthers(plan)
    if (mode === 'replace' && plan.found) effects.deleted = this.#makeRoom(plan)
    const missing = mode === 'delete' ? numbers(unmatchedRows(plan.statements), 0, last).length : 0
    await this.#change(plan, input, effects, 0, last)
    if (mode === 'replace') this.#checkReferences(plan)
    const accepted = input.rows - input.refusals
    const { inserted, updated, deleted } = effects
    const touched = mode === 'delete' ? accepted - missing : inserted + updated
    return input.written({ inserted, updated, deleted, unchanged: Math.max(0, accepted - touched) })
  }

  #deleteOthers({ statements }: WritePlan): number {
    const percent = this.#settings.mirrorCap
    const total = this.#count(`SELECT count(*) AS n FROM ${statements.destination}`)
    const count = this.#count(countOthers(statements))
    if (count * 100 > total * percent)
      fail(
        'target.mirrorCap',
        { count: String(count), total: String(total), percent: String(percent) },
        { nodeId: this.#context.nodeId, field: 'mirrorCap' },
      )
    return count === 0 ? 0 : this.#run(deleteOthers(statements))
  }

  /** Returns the number of rows that go. What other tables say of them is looked at when the new ones are there. */
  #makeRoom({ previous, statements }: WritePlan): number {
    const { destination } = statements
    this.#database.exec('PRAGMA defer_foreign_keys = ON')
    if (previous !== undefined) {
      this.#database.exec(`DROP TABLE IF EXISTS ${quoteMain(previous)}`)
      this.#database.exec(`CREATE TABLE ${quoteMain(previous)} AS SELECT * FROM ${destination}`)
    }
    const count = this.#count(`SELECT count(*) AS n FROM ${destination}`)
    this.#database.exec(`DELETE FROM ${destination}`)
    return count
  }

  /** Of a replacement: rows that point at what is not there, its own and those of tables that point at it. */
  #checkReferences({ found }: WritePlan): void {
    if (!found) return
    const table = found.name
    const pointing = rowsOf(
      this.#database,
      'SELECT DISTINCT m.name AS name FROM pragma_table_list AS m JOIN pragma_foreign_key_list(m.name) AS f WHERE m.schema = \'main\' AND (f."table" = ? COLLATE NOCASE OR m.name = ? COLLATE NOCASE)',
      table,
      table,
    )
    for (const { name } of pointing) {
      const [broken] = rowsOf(
        this.#database,
        `PRAGMA main.foreign_key_check(${quoteIdentifier(String(name))})`,
      )
      if (!broken) continue
      const detail = `FOREIGN KEY constraint failed: ${broken['table']} → ${broken['parent']}`
      fail('database.refused', { detail }, { nodeId: this.#context.nodeId, field: 'table' })
    }
    this.#database.exec('PRAGMA defer_foreign_keys = OFF')
  }

  /** Writes the rows of a range; where SQLite refuses some, both halves of it, down to the rows at fault. */
  async #change(
    plan: WritePlan,
    input: StagedInput,
    effects: Effects,
    from: number,
    to: number,
  ): Promise<void> {
    if (from > to) return
    await setImmediate()
    this.#context.signal.throwIfAborted()
    const part = nothing()
    this.#database.exec('SAVEPOINT range')
    try {
      this.#writeRange(plan, part, from, to)
      this.#database.exec('RELEASE range')
      effects.inserted += part.inserted
      effects.updated += part.updated
      effects.deleted += part.deleted
      return
    } catch (error) {
      const isOfRow = isRowFault(error) || error instanceof LeftOut
      if (!isOfRow || !this.#database.isTransaction) throw error
      this.#database.exec('ROLLBACK TO range; RELEASE range')
      if (from === to || input.tolerance <= 0) {
        await input.refuse([refusalOf(from, error, this.#tableOf(plan))])
        return
      }
    }
    const middle = Math.floor((from + to) / 2)
    await this.#change(plan, input, effects, from, middle)
    await this.#change(plan, input, effects, middle + 1, to)
  }

  #tableOf({ found }: WritePlan): string {
    return found?.name ?? this.#settings.table
  }

  #writeRange({ statements, found }: WritePlan, effects: Effects, from: number, to: number): void {
    const { mode } = statements
    if (mode === 'delete') {
      effects.deleted = this.#run(deleteStatement(statements), from, to)
      return
    }
    const update = mode === 'append' || mode === 'replace' ? undefined : updateStatement(statements)
    if (update) effects.updated = this.#run(update, from, to)
    if (mode === 'update') return
    effects.inserted = this.#run(insertStatement(statements), from, to)
    if (found?.hasTriggers) this.#assertWritten(statements, effects.inserted, from, to)
  }

  /** A trigger may leave rows out without a word: `RAISE(IGNORE)`. */
  #assertWritten(statements: StatementOptions, inserted: number, from: number, to: number): void {
    const isKeyed = statements.columns.some((column) => column.isKey)
    const [missing] = isKeyed
      ? rowsOf(this.#database, unmatchedRows(statements), from, to)
      : rowsOf(
          this.#database,
          `SELECT n FROM (SELECT count(*) AS n FROM ${statements.stage} WHERE ${rowNumber} BETWEEN ? AND ?) WHERE n > ?`,
          from,
          to,
          inserted,
        )
    if (missing) throw new LeftOut()
  }

  #written(): { transaction: LiveTransaction; part: Part } {
    if (!this.#transaction || !this.#part) throw new Error('nothing has been written')
    return { transaction: this.#transaction, part: this.#part }
  }

  prepare() {
    const { transaction, part } = this.#written()
    transaction.assertWhole(part, this.#context.nodeId)
    const { connection, table } = this.#settings
    const output = { name: table, rows: this.#rows, bytes: this.#bytes }
    const token = { connection, file: this.#located.file, gid: transaction.gid }
    return Promise.resolve({ token, output, open: true })
  }

  async commit(): Promise<void> {
    await this.#written().transaction.commit(this.#context.nodeId)
  }

  abort(): Promise<void> {
    this.#transaction?.leave(this.#part)
    return Promise.resolve()
  }
}
