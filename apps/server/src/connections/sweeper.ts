import type { Logger } from 'pino'
import type { ConnectionService } from './service.ts'

/** How often, in ms. */
const period = 600_000
/**
 * A younger transaction may be of a run that has not stored its decision yet. Long, because another Millrace
 * may work on the same database and be down just now.
 */
const olderThanSeconds = 3600

interface SweeperOptions {
  readonly connections: Pick<ConnectionService, 'ids' | 'sweep'>
  /** Transactions of runs that have decided to commit and are not settled yet. */
  readonly unsettled: () => Promise<ReadonlySet<string>>
  readonly log: Logger
}

/** Undoes, now and then, what runs that died left in the systems behind connections. */
export class Sweeper {
  readonly #options: SweeperOptions
  readonly #stopped = new AbortController()
  readonly #timer: NodeJS.Timeout
  #sweeping: Promise<void>

  /** Sweeps at once, in the background. */
  constructor(options: SweeperOptions) {
    this.#options = options
    this.#sweeping = this.#sweep()
    this.#timer = setInterval(() => {
      this.#sweeping = this.#sweeping.then(() => this.#sweep())
    }, period)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#stopped.abort()
    await this.#sweeping
  }

  async #sweep(): Promise<void> {
    const { connections, log } = this.#options
    try {
      for (const id of await connections.ids()) if (!this.#stopped.signal.aborted) await this.#sweepOne(id)
    } catch (error) {
      log.warn({ err: error }, 'connections could not be swept')
    }
  }

  /** One system that does not answer keeps no other one from being swept. */
  async #sweepOne(id: string): Promise<void> {
    const { connections, unsettled, log } = this.#options
    try {
      const leftovers = { known: await unsettled(), olderThanSeconds }
      const found = await connections.sweep(id, leftovers, this.#stopped.signal)
      if (found && found.transactions + found.tables > 0)
        log.info({ connection: id, ...found }, 'what dead runs had left in a system was undone')
    } catch (error) {
      if (!this.#stopped.signal.aborted)
        log.warn({ err: error, connection: id }, 'a system could not be swept')
    }
  }
}
