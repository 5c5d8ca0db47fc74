import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { createProblem, fail, isDiskFull, type Problem, ProblemError } from '../../problems/index.ts'
import { quoteMain } from './catalog.ts'
import { isRowFault, saidBy } from './faults.ts'
import { type Located, openDatabase, patiently } from './session.ts'

/** Holds a row for every transaction that has committed, which tells so after a crash. */
export const commitsTable = '__millrace_commits'
/** How long such a row is kept: longer than any run waits to be settled. */
export const keptDays = 30

/** Why SQLite did not commit, and took everything back. */
function commitProblem(error: unknown, nodeId: string): Problem {
  if (isDiskFull(error)) return createProblem('disk.full', {}, { nodeId })
  return isRowFault(error)
    ? createProblem('database.refused', { detail: saidBy(error) }, { nodeId, field: 'table' })
    : createProblem('target.undone', {}, { nodeId })
}

/** What one target does within the transaction that it shares with the others. */
export interface Part {
  readonly savepoint: string
  isUndone: boolean
}

/**
 * The one transaction of a run in one database file. SQLite lets one writer in at a time: targets of the
 * same file would wait for each other for ever if each had its own. They commit together.
 */
export class LiveTransaction {
  static readonly #open = new Map<string, LiveTransaction>()

  readonly database: DatabaseSync
  /** By what it is known after a crash. */
  readonly gid = `millrace-${randomUUID()}`
  readonly #key: string
  readonly #located: Located
  readonly #parts: Part[] = []
  #isCommitted = false
  #count = 0

  private constructor(key: string, located: Located) {
    this.#key = key
    this.#located = located
    this.database = openDatabase(located.file, false)
  }

  /** The transaction of the run for this file; begun by its first target. */
  static of(runId: string, located: Located): LiveTransaction {
    const key = `${runId}\n${located.file}`
    const found = LiveTransaction.#open.get(key) ?? new LiveTransaction(key, located)
    LiveTransaction.#open.set(key, found)
    return found
  }

  /** Takes the lock of the database, unless another target has, and marks where this target begins. */
  async begin(signal: AbortSignal): Promise<Part> {
    const { database } = this
    if (!database.isTransaction) {
      await patiently(() => database.exec('BEGIN IMMEDIATE'), this.#located.patience, signal)
      const commits = quoteMain(commitsTable)
      database.exec(`CREATE TABLE IF NOT EXISTS ${commits} (id TEXT PRIMARY KEY, committed TEXT NOT NULL)`)
      database.exec(`DELETE FROM ${commits} WHERE committed < datetime('now', '-${keptDays} days')`)
      database.prepare(`INSERT INTO ${commits} VALUES (?, datetime('now'))`).run(this.gid)
    }
    const part = { savepoint: `part_${this.#count++}`, isUndone: false }
    database.exec(`SAVEPOINT ${part.savepoint}`)
    this.#parts.push(part)
    return part
  }

  /** Throws `target.undone` where SQLite or another target has taken back what this one wrote. */
  assertWhole({ isUndone }: Part, nodeId: string): void {
    if (isUndone || !this.database.isTransaction) fail('target.undone', {}, { nodeId })
  }

  /** Takes back what a target has done, and what came after it; without one: what nobody has begun. */
  leave(part: Part | undefined): void {
    if (this.#isCommitted || !this.database.isOpen) return
    const place = part ? this.#parts.indexOf(part) : -1
    for (const later of place < 0 ? [] : this.#parts.splice(place)) later.isUndone = true
    if (this.#parts.length === 0) this.#end()
    else if (part && place >= 0 && this.database.isTransaction)
      this.database.exec(`ROLLBACK TO ${part.savepoint}; RELEASE ${part.savepoint}`)
  }

  /** Makes the rows of all targets visible at once; what was not confirmed is undone. */
  async commit(nodeId: string): Promise<void> {
    if (this.#isCommitted) return
    if (!this.database.isOpen || !this.database.isTransaction) fail('target.undone', {}, { nodeId })
    try {
      const never = new AbortController().signal
      // A program that reads may hold the commit up where there is no WAL; it can be tried again.
      await patiently(() => this.database.exec('COMMIT'), this.#located.patience, never)
      this.#isCommitted = true
    } catch (error) {
      if (error instanceof ProblemError) throw error
      throw new ProblemError(commitProblem(error, nodeId), { cause: error })
    } finally {
      this.#end()
    }
  }

  /** SQLite takes back what has not committed. */
  #end(): void {
    LiveTransaction.#open.delete(this.#key)
    if (this.database.isOpen) this.database.close()
  }
}
