import { setTimeout } from 'node:timers/promises'
import type { RunNode } from '@millrace/contract'
import { type Problem, parseFlow } from '@millrace/engine'
import type { Engine, Prepared, Settlement } from '@millrace/engine/runtime'
import type { Logger } from 'pino'
import { LiveRun } from './live-run.ts'
import { nodesOf, nothingWritten, type Outcome, stopped } from './outcome.ts'
import { prepared as preparedSchema } from './records.ts'
import type { RunRepository, StoredRun } from './repository.ts'
import type { Servers } from './servers.ts'
import type { Storing } from './storing.ts'

interface RecoveryOptions {
  readonly repository: RunRepository
  readonly engine: Engine
  readonly servers: Servers
  readonly storing: Storing
  readonly log: Logger
}

/** How long to wait before settling the targets of a run is tried again, in ms. */
const retryPeriod = 2_000
/** How long a start of the server waits for the runs that its stop cut off, in ms. */
const patience = 5_000
/** What a client may have seen of a run that a crash cut off is never this far beyond what was stored. */
const sequenceGap = 1_000_000

/** Ends the runs that nobody executes any more, by what is stored of them. */
export class Recovery {
  readonly #options: RecoveryOptions
  #stopping = false

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  /** How a run came out. @param problem why it failed, where nothing was decided */
  async settle(id: string, problem: Problem): Promise<Outcome> {
    const stored = await this.#options.repository.find(id)
    const nodes = stored ? nodesOf(stored) : []
    const endedAt = new Date()
    const durationMs = stored?.startedAt ? endedAt.getTime() - stored.startedAt.getTime() : null
    const isCancelled = stored?.cancelRequestedAt != null
    const ended = (targets: ReadonlySet<string>, state: RunNode['state']) =>
      nodes.map((node): RunNode => {
        const isOpen = node.state === 'running' || (node.state === 'waiting' && targets.has(node.nodeId))
        return isOpen ? { ...node, state, endedAt: endedAt.toISOString() } : node
      })
    const undone = (problems: readonly Problem[]): Outcome => ({
      ...nothingWritten,
      status: isCancelled ? 'cancelled' : 'failed',
      nodes: ended(new Set(), 'cancelled'),
      problems: isCancelled ? [] : problems,
      durationMs,
    })
    if (stored?.prepared == null) {
      if (stored) await this.#abandon(stored)
      return undone([problem])
    }
    const { targets, cursors } = preparedSchema.parse(JSON.parse(stored.prepared))
    const settlement = await this.#settleTargets(id, targets)
    if (settlement.outcome === 'aborted') return { ...undone([settlement.problem]), status: 'failed' }
    const isCommitted = settlement.outcome === 'committed'
    const written = targets.filter(({ nodeId }) => isCommitted || settlement.committed.includes(nodeId))
    return {
      ...nothingWritten,
      status: isCommitted ? 'succeeded' : 'failed',
      nodes: ended(new Set(written.map(({ nodeId }) => nodeId)), 'succeeded'),
      outputs: written.map(({ nodeId, output }) => ({ nodeId, ...output })),
      problems: isCommitted ? [] : [settlement.problem],
      balanced: nodes.every(({ ledger }) => ledger?.balanced ?? true),
      durationMs,
      cursors: isCommitted ? cursors : {},
    }
  }

  /** Ends the runs of servers that have died since; they may take longer than this. */
  async endDead(): Promise<void> {
    const { servers } = this.#options
    await this.#takeOver([servers.id, ...(await servers.others())])
  }

  /** When the server starts: ends every run that a stop cut off. */
  async endCutOff(): Promise<void> {
    const ended = await this.#takeOver(await this.#options.servers.others())
    // A system that does not answer keeps its runs from ending, and nobody else from working.
    await Promise.race([Promise.all(ended), setTimeout(patience, undefined, { ref: false })])
  }

  /** What cannot be settled now is left to the next start. */
  stop(): void {
    this.#stopping = true
  }

  /** Begins to end the runs that no server of `living` executes; resolves with what ends as they do. */
  async #takeOver(living: readonly string[]): Promise<Promise<void>[]> {
    const { repository, servers, log } = this.#options
    const orphans = await repository.orphans(living)
    return orphans.map(async ({ id, ownerId }) => {
      try {
        if (await repository.takeOver(id, ownerId, servers.id)) await this.#end(id)
      } catch (error) {
        log.error({ err: error, run: id }, 'a run that a stop of the server had cut off could not be ended')
      }
    })
  }

  async #end(id: string): Promise<void> {
    const { repository, storing, log } = this.#options
    const live = new LiveRun(id)
    live.skipTo((await repository.lastSequence(id)) + sequenceGap)
    const outcome = await this.settle(id, stopped('the server stopped while it was running'))
    await storing.end(live, outcome)
    log.warn({ run: id, status: outcome.status }, 'ended a run that a stop of the server had cut off')
  }

  /** What a run left in a system that cannot be reached now is found by the sweep of its connection. */
  async #abandon({
    id,
    flow,
    clock,
    parameters,
  }: Pick<StoredRun, 'id' | 'flow' | 'clock' | 'parameters'>): Promise<void> {
    const run = {
      flow: parseFlow(flow),
      runId: id,
      clock: clock.toISOString(),
      parameters: JSON.parse(parameters),
    }
    await this.#options.engine.abandon(run).catch((error: unknown) => {
      this.#options.log.warn({ err: error, run: id }, 'what a run left could not be removed yet')
    })
  }

  /** A system that cannot be asked now keeps the run from ending: nobody knows how it came out. */
  async #settleTargets(id: string, targets: Prepared['targets']): Promise<Settlement> {
    for (;;) {
      try {
        return await this.#options.engine.recover(targets)
      } catch (error) {
        if (this.#stopping) throw error
        this.#options.log.warn({ err: error, run: id }, 'the targets of a run could not be settled yet')
        await setTimeout(retryPeriod)
      }
    }
  }
}
