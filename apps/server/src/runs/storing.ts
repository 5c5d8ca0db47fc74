import { setTimeout } from 'node:timers/promises'
import type { RunEvent, RunNode } from '@millrace/contract'
import type { Logger } from 'pino'
import type { FileService } from '../files/service.ts'
import type { LiveRun } from './live-run.ts'
import type { LiveRuns } from './live-runs.ts'
import { endingLine, logLinesOf } from './log-lines.ts'
import { type Outcome, stopped } from './outcome.ts'
import type { Payloads } from './payloads.ts'
import { totalsOf } from './records.ts'
import type { RunEnd, RunRepository, WrittenOutput } from './repository.ts'

interface StoringOptions {
  readonly repository: RunRepository
  readonly payloads: Payloads
  readonly files: FileService
  readonly serverId: string
  readonly lives: LiveRuns
  readonly log: Logger
  /** Called after every end of a run. */
  readonly onEnd: () => void
}

/** How long to wait before storing the end of a run is tried again, in ms. */
const retryPeriod = 2_000

/** Passes an event on, and says in the log what it means. */
export function tell(live: LiveRun, event: RunEvent): void {
  live.emit(event)
  for (const line of logLinesOf(event)) live.emit({ type: 'log', line })
}

/** Stores what happens in runs while it happens, and how they end. */
export class Storing {
  readonly #options: StoringOptions
  readonly #saving = new Map<string, Promise<void>>()
  #stopping = false

  constructor(options: StoringOptions) {
    this.#options = options
  }

  /** Stores the events that have happened so far; saves of one run never overtake each other. */
  save(live: LiveRun): Promise<void> {
    const saving = (this.#saving.get(live.id) ?? Promise.resolve()).then(async () => {
      const events = live.takeUnsaved()
      if (events.length === 0) return
      try {
        await this.#options.repository.saveEvents(live.id, events)
      } catch (error) {
        live.giveBack(events)
        this.#options.log.warn({ err: error, run: live.id }, 'events of a run could not be stored yet')
      }
    })
    this.#saving.set(live.id, saving)
    return saving
  }

  /** The end of a run of this server; false when it had ended before, or is another's by now. */
  async end(live: LiveRun, outcome: Outcome, dry = false): Promise<boolean> {
    const { payloads, lives, onEnd } = this.#options
    const outputs = await this.#written(outcome)
    const problem =
      outcome.status === 'failed'
        ? (outcome.problems.find(({ severity }) => severity === 'error') ?? stopped('without a reason'))
        : null
    const nodes = outcome.nodes.map((node) => ({ ...node }))
    tellStates(live, nodes)
    const totals = totalsOf(nodes)
    live.emit({ type: 'log', line: endingLine(outcome.status, totals, outcome.durationMs, problem, dry) })
    await this.#saving.get(live.id)
    const unsaved = live.takeUnsaved()
    live.end()
    const status = live.number({ type: 'status', status: outcome.status, problem })
    const kept = outcome.kept && outcome.status === 'failed'
    // What a run had kept when it was killed, or cancelled.
    if (!kept && outcome.status !== 'succeeded') await payloads.dropKept(live.id)
    const events = [...unsaved, status]
    const isEnded = await this.#store(live.id, {
      status: outcome.status,
      endedAt: new Date(),
      durationMs: outcome.durationMs,
      totals,
      balanced: outcome.balanced,
      problem,
      problems: outcome.problems,
      nodes,
      outputs,
      events,
      cursors: outcome.cursors,
      // Of a run that writes they are only what it was held against.
      changes: dry ? outcome.changes : [],
      kept,
      payloadBytes: (await payloads.bytes(live.id)) + JSON.stringify([nodes, events]).length,
    })
    if (isEnded) live.publish(status)
    lives.release(live)
    this.#saving.delete(live.id)
    if (isEnded) onEnd()
    return isEnded
  }

  /** The end of a run that was cancelled before it began; false when it has begun, or ended. */
  async endQueued(live: LiveRun, outcome: Outcome): Promise<boolean> {
    const status = live.number({ type: 'status', status: 'cancelled', problem: null })
    const isEnded = await this.#options.repository.finish(
      live.id,
      { status: 'queued' },
      {
        ...outcome,
        status: 'cancelled',
        endedAt: new Date(),
        totals: totalsOf([]),
        problem: null,
        nodes: [...outcome.nodes],
        outputs: [],
        events: [status],
        payloadBytes: 0,
      },
    )
    if (!isEnded) return false
    live.publish(status)
    this.#options.lives.release(live)
    return true
  }

  /** An end that cannot be stored now is left to the next start. */
  stop(): void {
    this.#stopping = true
  }

  #written({ outputs }: Outcome): Promise<WrittenOutput[]> {
    return Promise.all(
      outputs.map(async ({ nodeId, name, rows, bytes }) => ({
        nodeId,
        name,
        rows,
        bytes,
        stamp: await this.#options.files.stamp(name),
      })),
    )
  }

  /** A full disk must not leave a run that has ended running for ever. */
  async #store(id: string, end: RunEnd): Promise<boolean> {
    const { repository, serverId: ownerId, log } = this.#options
    for (;;) {
      try {
        return await repository.finish(id, { status: 'running', ownerId }, end)
      } catch (error) {
        if (this.#stopping) throw error
        log.error({ err: error, run: id }, 'the end of a run could not be stored yet')
        await setTimeout(retryPeriod)
      }
    }
  }
}

/** Says of nodes how they ended, as far as nobody has said so. */
function tellStates(live: LiveRun, nodes: readonly RunNode[]): void {
  const last = new Map<string, RunNode['state']>()
  for (const { event } of live.since(0)) if (event.type === 'node') last.set(event.nodeId, event.state)
  for (const { nodeId, state, problem } of nodes)
    if ((last.get(nodeId) ?? 'waiting') !== state && state !== 'skipped')
      tell(live, { type: 'node', nodeId, state, problem })
}
