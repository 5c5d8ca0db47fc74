import type { HoldDecision, VolumeViolation } from '@millrace/engine/runtime'
import type { LiveRun } from './live-run.ts'
import { decisionLine, violationLine } from './log-lines.ts'
import type { RunRepository, StoredRun } from './repository.ts'

/** Runs that wait for a person before they write. */
export class Holds {
  readonly #repository: RunRepository
  readonly #onWait: () => void
  readonly #held = new Map<string, (decision: HoldDecision) => void>()

  /** @param onWait called when a run has begun to wait: it does nothing, so that others may go on */
  constructor(repository: RunRepository, onWait: () => void) {
    this.#repository = repository
    this.#onWait = onWait
  }

  get size(): number {
    return this.#held.size
  }

  holds(id: string): boolean {
    return this.#held.has(id)
  }

  /**
   * Waits for a person; a run that is being stopped is discarded. A run that writes nothing, or reads only
   * part of what the flow usually reads, goes on, and its log says why it would have been held.
   */
  async hold(
    live: LiveRun,
    { dry, replays, backfill }: StoredRun,
    violations: readonly VolumeViolation[],
  ): Promise<HoldDecision> {
    for (const violation of violations) live.emit({ type: 'log', line: violationLine(violation) })
    if (dry || replays !== null || backfill !== null) return 'release'
    const hold = { since: new Date().toISOString(), violations: [...violations] }
    const { promise: decided, resolve: decide } = Promise.withResolvers<HoldDecision>()
    this.#held.set(live.id, decide)
    const stop = () => decide('discard')
    live.signal.addEventListener('abort', stop, { once: true })
    if (live.signal.aborted) stop()
    try {
      await this.#repository.noteHold(live.id, hold)
      live.emit({ type: 'hold', hold })
      this.#onWait()
      const decision = await decided
      await this.#repository.noteHold(live.id, null)
      live.emit({ type: 'hold', hold: null })
      return decision
    } finally {
      live.signal.removeEventListener('abort', stop)
      this.#held.delete(live.id)
    }
  }

  /** False when the run does not wait; the first decision counts. `author`: the name that was given, or empty. */
  async decide(live: LiveRun, decision: HoldDecision, author: string): Promise<boolean> {
    const decide = this.#held.get(live.id)
    if (!decide) return false
    this.#held.delete(live.id)
    live.emit({ type: 'log', line: decisionLine(decision, author) })
    // Whoever decided must not find it waiting still.
    await this.#repository.noteHold(live.id, null).finally(() => decide(decision))
    return true
  }
}
