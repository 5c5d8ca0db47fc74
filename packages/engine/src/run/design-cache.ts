import { setTimeout } from 'node:timers/promises'

interface Entry<Value> {
  readonly value: Promise<Value>
  /** Clock time after which it is asked for again, in ms; undefined while it is being asked. */
  stale: number | undefined
}

export interface CacheOptions {
  /** How long an answer holds, in ms. */
  readonly holds: number
  /** How long a failure holds, in ms; so that a system that is down is not asked at every keystroke. */
  readonly holdsFailure: number
  /** How long to wait for an answer, in ms; it goes on being awaited for the next time. */
  readonly patience: number
}

/** Nobody knows yet. */
export const pending = Symbol('pending')

const capacity = 1_000

/** Answers of systems that drawing needs again and again: each is asked for once at a time, and held for a while. */
export class DesignCache<Value> {
  readonly #options: CacheOptions
  readonly #entries = new Map<string, Entry<Value>>()

  constructor(options: CacheOptions) {
    this.#options = options
  }

  /** Rejects as `ask` does; `pending` when there is no answer within the patience. */
  async get(key: string, ask: () => Promise<Value>): Promise<Value | typeof pending> {
    const known = this.#entries.get(key)
    const isFresh = known && (known.stale === undefined || known.stale > Date.now())
    const entry = isFresh ? known : this.#ask(key, ask)
    const giveUp = new AbortController()
    const waiting = setTimeout(this.#options.patience, pending, { ref: false, signal: giveUp.signal })
    // Whoever loses the race has nothing more to say.
    waiting.catch(() => {})
    try {
      return await Promise.race([entry.value, waiting])
    } finally {
      giveUp.abort()
    }
  }

  #ask(key: string, ask: () => Promise<Value>): Entry<Value> {
    const { holds, holdsFailure } = this.#options
    const entry: Entry<Value> = { value: ask(), stale: undefined }
    entry.value.then(
      () => {
        entry.stale = Date.now() + holds
      },
      () => {
        entry.stale = Date.now() + holdsFailure
      },
    )
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > capacity && oldest !== undefined) this.#entries.delete(oldest)
    return entry
  }
}
