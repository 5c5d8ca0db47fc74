import { setTimeout } from 'node:timers/promises'
import { isFinal, runStatuses } from '@millrace/engine'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { LiveRun } from './live-run.ts'
import { eventOf } from './records.ts'
import type { RunRepository } from './repository.ts'
import type { Runner } from './runner.ts'

/** How often this server looks at what others do, in ms. */
const lookPeriod = 1_000
/** Every so many looks, the runs of dead servers are ended. */
const recoverEvery = 5

type RunState = Awaited<ReturnType<RunRepository['states']>>[number]

/**
 * What other servers do with the runs of a shared database, as far as it concerns this one: queued runs
 * to take, requests to cancel, runs that people follow here and that go on there, and runs of the dead.
 */
export class RunsElsewhere {
  readonly #runner: Runner
  readonly #repository: RunRepository
  readonly #log: Logger
  /** The number of the last event that was passed on. */
  readonly #relayed = new Map<LiveRun, number>()
  #looks = 0
  #looking: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(runner: Runner, repository: RunRepository, log: Logger) {
    this.#runner = runner
    this.#repository = repository
    this.#log = log
  }

  start(): void {
    let isLooking = false
    this.#timer = setInterval(() => {
      if (isLooking) return
      isLooking = true
      this.#looking = this.#look()
        .catch((error: unknown) => this.#log.warn({ err: error }, 'runs of other servers could not be seen'))
        .finally(() => {
          isLooking = false
        })
    }, lookPeriod)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#looking
  }

  /** Follows a run that has not ended and that this server knows nothing of. */
  async watch(id: string): Promise<LiveRun> {
    const last = await this.#repository.lastSequence(id)
    const live = this.#runner.lives.get(id) ?? this.#runner.lives.take(id, last)
    if (!this.#runner.isExecuting(id)) await this.#relay(live)
    return live
  }

  /** Waits until a run has ended, wherever it goes on. */
  async ended(id: string): Promise<void> {
    for (;;) {
      const [state] = await this.#repository.states([id])
      if (!state || isFinal(statusOf(state))) return
      await setTimeout(200)
    }
  }

  async #look(): Promise<void> {
    void this.#runner.pump()
    if (this.#looks++ % recoverEvery === 0) await this.#runner.recoverDead()
    const lives = this.#runner.lives.all()
    for (const live of this.#relayed.keys()) if (!lives.includes(live)) this.#relayed.delete(live)
    const states = await this.#repository.states(lives.map(({ id }) => id))
    const found = new Map(states.map((state) => [state.id, state]))
    for (const live of lives) await this.#follow(live, found.get(live.id))
  }

  async #follow(live: LiveRun, state: RunState | undefined): Promise<void> {
    if (this.#runner.isExecuting(live.id)) {
      this.#relayed.delete(live)
      if (state?.cancelRequestedAt && !live.signal.aborted) await this.#runner.cancel(live.id)
      return
    }
    // One that is not there is being stored, and one of this server is being taken.
    const isRelayed = this.#relayed.has(live)
    if (!state || state.status === 'queued' || (state.ownerId === this.#runner.serverId && !isRelayed)) return
    await this.#relay(live)
    if (isFinal(statusOf(state))) this.#runner.lives.release(live)
  }

  async #relay(live: LiveRun): Promise<void> {
    const after = this.#relayed.get(live) ?? live.since(0).at(-1)?.sequence ?? 0
    const rows = await this.#repository.events(live.id, after)
    // Taken here in this moment: it speaks for itself.
    if (this.#runner.isExecuting(live.id)) return
    // Somebody who has just begun to follow it may have passed them on in the meantime.
    const passed = this.#relayed.get(live) ?? after
    for (const row of rows) if (row.sequence > passed) live.publish(eventOf(row))
    this.#relayed.set(live, Math.max(passed, rows.at(-1)?.sequence ?? after))
  }
}

const statusOf = ({ status }: RunState) => z.enum(runStatuses).parse(status)
