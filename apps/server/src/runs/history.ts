import type { Logger } from 'pino'
import type { Payloads } from './payloads.ts'
import type { RunRepository } from './repository.ts'

export interface HistoryLimits {
  readonly bytes: number
  readonly days: number
}

const day = 86_400_000
/** Between the end of a run and the pruning it causes, in ms. */
const delay = 2_000
/** Deleted in one transaction; more would keep others waiting. */
const batch = 100

/** Keeps the history of runs within its quota and age; the newest run always stays. */
export class History {
  readonly #repository: RunRepository
  readonly #payloads: Payloads
  readonly #limits: HistoryLimits
  readonly #log: Logger
  readonly #returnDisk: () => Promise<void>
  #pruning: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(
    repository: RunRepository,
    payloads: Payloads,
    limits: HistoryLimits,
    log: Logger,
    returnDisk: () => Promise<void>,
  ) {
    this.#repository = repository
    this.#payloads = payloads
    this.#limits = limits
    this.#log = log
    this.#returnDisk = returnDisk
  }

  /** Prunes in a moment, once for all runs that end until then. */
  pruneSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.prune()
    }, delay)
  }

  /** Deletes what is beyond the limits and gives its disk back. Calls during a pruning join it. */
  prune(): Promise<void> {
    this.#pruning ??= this.#prune()
      .catch((error: unknown) => this.#log.error({ err: error }, 'pruning the history failed'))
      .finally(() => {
        this.#pruning = undefined
      })
    return this.#pruning
  }

  /** Prunes no more, and waits for a pruning that is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#pruning
  }

  async #prune(): Promise<void> {
    const eldest = new Date(Date.now() - this.#limits.days * day)
    const { bytes, oldest } = await this.#repository.historySize()
    if (bytes <= this.#limits.bytes && (oldest === null || oldest >= eldest)) return
    let kept = 0
    const excess = (await this.#repository.history()).filter(({ queuedAt, payloadBytes }, index) => {
      kept += Number(payloadBytes)
      return index > 0 && (kept > this.#limits.bytes || queuedAt < eldest)
    })
    for (let start = 0; start < excess.length; start += batch)
      await this.delete(excess.slice(start, start + batch).map(({ id }) => id))
    if (excess.length > 0) {
      await this.#returnDisk()
      this.#log.info({ runs: excess.length }, 'pruned the history')
    }
  }

  /** Deletes ended runs with their payloads; the ids of those that it deleted. */
  async delete(ids: readonly string[]): Promise<string[]> {
    const deleted = await this.#repository.deleteEnded(ids)
    await this.#payloads.delete(deleted)
    return deleted
  }
}
