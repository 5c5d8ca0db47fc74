import { setTimeout } from 'node:timers/promises'
import type { Run, RunEvent, RunNode } from '@millrace/contract'
import { createProblem, type Flow, isDiskFull, type Problem, ProblemError, parseFlow } from '@millrace/engine'
import type {
  Engine,
  RunEvent as EngineEvent,
  HoldDecision,
  Prepared,
  RunResult,
  Settlement,
} from '@millrace/engine/runtime'
import type { Logger } from 'pino'
import type { FileService } from '../files/service.ts'
import type { StoredRows } from '../rejects/stored-rows.ts'
import { Holds } from './holds.ts'
import type { KeptRuns } from './kept-runs.ts'
import { LiveRun } from './live-run.ts'
import { beginningLine, cancelLine, endingLine, logLinesOf, retryLine } from './log-lines.ts'
import type { Payloads } from './payloads.ts'
import { nodeOf, prepared as preparedSchema, summaryOf, totalsOf } from './records.ts'
import type { RunEnd, RunRepository, StoredRun } from './repository.ts'
import type { Servers } from './servers.ts'
import { usualRowsFor } from './usual-rows.ts'

interface RunnerOptions {
  readonly repository: RunRepository
  readonly engine: Engine
  readonly payloads: Payloads
  readonly keptRuns: KeptRuns
  readonly storedRows: StoredRows
  readonly files: FileService
  readonly servers: Servers
  readonly log: Logger
  /** Runs that go on at the same time. */
  readonly concurrency: number
  /** How long a run may take, without what it waits for a person. */
  readonly runSeconds: number
  /** Called after every end of a run. */
  readonly onEnd: () => void
}

/** How often what has happened in running runs is stored, in ms. */
const savePeriod = 200
/** How long to wait before storing the end of a run is tried again, in ms. */
const retryPeriod = 2_000
/** How long a stop of the server waits for runs to end by themselves, in ms. */
const stopDeadline = 5_000
/** How long a start of the server waits for the runs that its stop cut off, in ms. */
const recoveryPatience = 5_000
/** What a client may have seen of a run that a crash cut off is never this far beyond what was stored. */
const sequenceGap = 1_000_000

const stopped = (detail: string): Problem => createProblem('run.died', { detail })

/** How a run came out, before it is stored. */
type Outcome = Pick<
  RunResult,
  'status' | 'nodes' | 'outputs' | 'problems' | 'balanced' | 'cursors' | 'changes' | 'kept'
> & {
  readonly durationMs: number | null
}

/** Takes runs from the queue, oldest first, executes them, and stores what becomes of them. */
export class Runner {
  readonly #options: RunnerOptions
  readonly #live = new Map<string, LiveRun>()
  readonly #executing = new Map<string, Promise<void>>()
  readonly #saving = new Map<string, Promise<void>>()
  readonly #holds: Holds
  #claiming: Promise<void> = Promise.resolve()
  #stopping = false

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#holds = new Holds(options.repository, () => void this.pump())
  }

  /** A run that has not ended yet. */
  live(id: string): LiveRun | undefined {
    return this.#live.get(id)
  }

  /** Before a new run is stored: from then on its events can be followed. */
  announce(id: string): LiveRun {
    const live = new LiveRun(id)
    this.#live.set(id, live)
    live.publish(live.number({ type: 'status', status: 'queued', problem: null }))
    return live
  }

  /** Makes a run that was queued elsewhere one that can be followed here. @param last its last event's number */
  take(id: string, last: number): LiveRun {
    const live = new LiveRun(id)
    live.skipTo(last)
    this.#live.set(id, live)
    return live
  }

  forget(id: string): void {
    this.#live.delete(id)
  }

  /** Forgets a run that has ended, if nobody has begun to follow it anew. */
  release(live: LiveRun): void {
    if (this.#live.get(live.id) === live) this.#live.delete(live.id)
  }

  /** Runs that have not ended, as far as this server knows. */
  lives(): LiveRun[] {
    return [...this.#live.values()]
  }

  isExecuting(id: string): boolean {
    return this.#executing.has(id)
  }

  get serverId(): string {
    return this.#options.servers.id
  }

  /** Starts as many queued runs as may go on at the same time. */
  pump(): Promise<void> {
    this.#claiming = this.#claiming
      .then(() => this.#claimNext())
      .catch((error: unknown) => this.#options.log.error({ err: error }, 'the queue of runs stumbled'))
    return this.#claiming
  }

  async #claimNext(): Promise<void> {
    const { repository, concurrency } = this.#options
    while (!this.#stopping && this.#executing.size - this.#holds.size < concurrency) {
      const next = await repository.nextQueued()
      if (!next || this.#stopping) return
      const announced = this.#live.get(next.id)
      const live = announced ?? this.announce(next.id)
      if (!(await repository.claim(next, new Date(), this.serverId))) {
        // Cancelled, or taken by another server, in this very moment: nobody is left to end what was announced here.
        if (!announced) this.forget(next.id)
        continue
      }
      const execution = this.#execute(live)
        .catch((error: unknown) => this.#options.log.error({ err: error, run: next.id }, 'a run was lost'))
        .finally(() => {
          this.#executing.delete(next.id)
          void this.pump()
        })
      this.#executing.set(next.id, execution)
    }
  }

  async #execute(live: LiveRun): Promise<void> {
    const { repository, engine, payloads, keptRuns, storedRows, log } = this.#options
    const stored = await repository.find(live.id)
    if (!stored) throw new Error(`run ${live.id} is not stored`)
    live.emit({ type: 'status', status: 'running', problem: null })
    live.emit({ type: 'log', line: beginningLine() })
    const timer = setInterval(() => void this.save(live), savePeriod)
    const clock = this.#stopInTime(live)
    let outcome: Outcome
    try {
      const resumed = stored.resumes ? stored.retries : null
      if (resumed !== null && !(await repository.isResumable(resumed)))
        throw new ProblemError(createProblem('run.overtaken', {}))
      const result = await engine.run({
        flow: parseFlow(stored.flow),
        runId: live.id,
        clock: stored.clock.toISOString(),
        parameters: JSON.parse(stored.parameters),
        cursors: await repository.cursors(stored.flowId),
        backfill: summaryOf(stored).backfill ?? undefined,
        dry: stored.dry,
        ...(stored.replays !== null && { replay: await storedRows.replay(live.id, stored.replays) }),
        ...(stored.approves !== null && { approved: await repository.digests(stored.approves) }),
        ...(resumed !== null && { resumes: payloads.folder(resumed) }),
        resultFolder: payloads.folder(live.id),
        signal: live.signal,
        usualRows: await usualRowsFor(stored, repository),
        onHold: (violations) => this.#holds.hold(live, stored, violations),
        onEvent: (event) => tell(live, toContract(event)),
        onPrepared: (prepared) => this.#decide(live, prepared),
      })
      outcome =
        live.signal.aborted && !live.decided ? { ...result, status: 'cancelled', problems: [] } : result
    } catch (error) {
      log.error({ err: error, run: live.id }, 'the engine failed in a run')
      outcome = await this.#settle(live.id, failureOf(error))
    } finally {
      clearInterval(timer)
      clearInterval(clock)
    }
    if (outcome.status === 'cancelled') {
      const problems = this.#problemsOfStop(live)
      if (problems.length > 0) outcome = { ...outcome, status: 'failed', problems }
    }
    const keptBefore = await keptRuns.of(stored.flowId)
    if (await this.#finish(live, outcome, stored.dry)) await keptRuns.dropOvertaken(stored.flowId, keptBefore)
    log.info({ run: live.id, status: outcome.status }, 'run ended')
  }

  /** Stops a run that takes too long; the time that it waits for a person is not its own. */
  #stopInTime(live: LiveRun): NodeJS.Timeout {
    let seconds = 0
    return setInterval(() => {
      if (!this.#holds.holds(live.id)) seconds += 1
      if (seconds >= this.#options.runSeconds) live.stop('too-long')
    }, 1000)
  }

  /** Why a run that nobody cancelled was stopped. */
  #problemsOfStop({ stopReason }: LiveRun): Problem[] {
    if (stopReason === 'server-stopped') return [stopped('the server was stopped')]
    if (stopReason !== 'too-long') return []
    return [createProblem('run.tooLong', { seconds: String(this.#options.runSeconds) })]
  }

  /** Of a held run; false when it does not wait. `author`: the name that the person gave, or empty. */
  async decide(id: string, decision: HoldDecision, author: string): Promise<boolean> {
    const live = this.#live.get(id)
    return live !== undefined && this.#holds.decide(live, decision, author)
  }

  async #decide(live: LiveRun, prepared: Prepared): Promise<void> {
    // The row counts must be known to whoever ends this run after a crash.
    await this.save(live)
    live.signal.throwIfAborted()
    if (!(await this.#options.repository.decide(live.id, this.serverId, JSON.stringify(prepared))))
      throw new Error('the run is no longer running')
    live.decided = true
  }

  /** The end of a run that nobody executes any more, by what is stored of it. */
  async #settle(id: string, problem: Problem): Promise<Outcome> {
    const stored = await this.#options.repository.find(id)
    const nodes = (stored?.nodes ?? []).toSorted((left, right) => left.position - right.position).map(nodeOf)
    const endedAt = new Date()
    const durationMs = stored?.startedAt ? endedAt.getTime() - stored.startedAt.getTime() : null
    const isCancelled = stored?.cancelRequestedAt != null
    const ended = (targets: ReadonlySet<string>, state: RunNode['state']) =>
      nodes.map((node): RunNode => {
        const isOpen = node.state === 'running' || (node.state === 'waiting' && targets.has(node.nodeId))
        return isOpen ? { ...node, state, endedAt: endedAt.toISOString() } : node
      })
    const undone = (problems: readonly Problem[]): Outcome => ({
      status: isCancelled ? 'cancelled' : 'failed',
      nodes: ended(new Set(), 'cancelled'),
      outputs: [],
      problems: isCancelled ? [] : problems,
      balanced: null,
      durationMs,
      cursors: {},
      changes: [],
      kept: false,
    })
    if (stored?.prepared == null) {
      if (stored) await this.#abandon(stored)
      return undone([problem])
    }
    const { targets, cursors } = preparedSchema.parse(JSON.parse(stored.prepared))
    const settlement = await this.#recoverTargets(id, targets)
    if (settlement.outcome === 'aborted') return { ...undone([settlement.problem]), status: 'failed' }
    const isCommitted = settlement.outcome === 'committed'
    const kept = targets.filter(({ nodeId }) => isCommitted || settlement.committed.includes(nodeId))
    return {
      status: isCommitted ? 'succeeded' : 'failed',
      nodes: ended(new Set(kept.map(({ nodeId }) => nodeId)), 'succeeded'),
      outputs: kept.map(({ nodeId, output }) => ({ nodeId, ...output })),
      problems: isCommitted ? [] : [settlement.problem],
      balanced: nodes.every(({ ledger }) => ledger?.balanced ?? true),
      durationMs,
      cursors: isCommitted ? cursors : {},
      changes: [],
      kept: false,
    }
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
  async #recoverTargets(id: string, targets: Prepared['targets']): Promise<Settlement> {
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

  async #finish(live: LiveRun, outcome: Outcome, dry = false): Promise<boolean> {
    const { payloads, files, onEnd } = this.#options
    const outputs = await Promise.all(
      outcome.outputs.map(async ({ nodeId, name, rows, bytes }) => ({
        nodeId,
        name,
        rows,
        bytes,
        stamp: await files.stamp(name),
      })),
    )
    const problem =
      outcome.status === 'failed'
        ? (outcome.problems.find(({ severity }) => severity === 'error') ?? stopped('without a reason'))
        : null
    const nodes = outcome.nodes.map((node) => ({ ...node }))
    const last = new Map<string, RunNode['state']>()
    for (const { event } of live.since(0)) if (event.type === 'node') last.set(event.nodeId, event.state)
    for (const { nodeId, state, problem: fault } of nodes)
      if ((last.get(nodeId) ?? 'waiting') !== state && state !== 'skipped')
        tell(live, { type: 'node', nodeId, state, problem: fault })
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
    const end: RunEnd = {
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
    }
    const isEnded = await this.#storeEnd(live.id, end)
    if (isEnded) live.publish(status)
    this.release(live)
    this.#saving.delete(live.id)
    if (isEnded) onEnd()
    return isEnded
  }

  /** A full disk must not leave a run that has ended running for ever. */
  async #storeEnd(id: string, end: RunEnd): Promise<boolean> {
    for (;;) {
      try {
        return await this.#options.repository.finish(id, { status: 'running', ownerId: this.serverId }, end)
      } catch (error) {
        if (this.#stopping) throw error
        this.#options.log.error({ err: error, run: id }, 'the end of a run could not be stored yet')
        await setTimeout(retryPeriod)
      }
    }
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

  /** Asks a run to end; one that has been decided or has ended stays what it is. */
  async cancel(id: string): Promise<void> {
    const { repository } = this.#options
    if (this.#executing.has(id)) return this.#cancelRunning(id)
    const stored = await repository.find(id)
    if (stored?.status !== 'queued') return this.#cancelRunning(id)
    const last = await repository.lastSequence(id)
    const live = this.#live.get(id) ?? this.take(id, last)
    live.skipTo(last)
    const outcome: Outcome = {
      status: 'cancelled',
      nodes: stored.nodes.toSorted((left, right) => left.position - right.position).map(nodeOf),
      outputs: [],
      problems: [],
      balanced: null,
      durationMs: null,
      cursors: {},
      changes: [],
      kept: false,
    }
    const isEnded = await this.#cancelQueued(live, outcome)
    if (!isEnded) await this.#cancelRunning(id)
  }

  async #cancelQueued(live: LiveRun, outcome: Outcome): Promise<boolean> {
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
    this.release(live)
    return true
  }

  async #cancelRunning(id: string): Promise<void> {
    const live = this.#live.get(id)
    // One that goes on elsewhere is told of what is stored, and numbers nothing here.
    if (live && this.#executing.has(id) && !live.signal.aborted)
      live.emit({ type: 'log', line: cancelLine() })
    live?.stop('cancelled')
    await this.#options.repository.noteCancel(id, new Date())
  }

  async #recoverRun(id: string): Promise<void> {
    const { repository, log } = this.#options
    const live = new LiveRun(id)
    live.skipTo((await repository.lastSequence(id)) + sequenceGap)
    const outcome = await this.#settle(id, stopped('the server stopped while it was running'))
    await this.#finish(live, outcome)
    log.warn({ run: id, status: outcome.status }, 'ended a run that a stop of the server had cut off')
  }

  /** Begins to end the runs that no server of `living` executes; resolves with what ends as they do. */
  async #takeOver(living: readonly string[]): Promise<Promise<void>[]> {
    const { repository, log } = this.#options
    const orphans = await repository.orphans(living)
    return orphans.map(async ({ id, ownerId }) => {
      try {
        if (await repository.takeOver(id, ownerId, this.serverId)) await this.#recoverRun(id)
      } catch (error) {
        log.error({ err: error, run: id }, 'a run that a stop of the server had cut off could not be ended')
      }
    })
  }

  /** Ends the runs of servers that have died since; they may take longer than this. */
  async recoverDead(): Promise<void> {
    await this.#takeOver([this.serverId, ...(await this.#options.servers.others())])
  }

  /** When the server starts: ends every run that a stop cut off, and takes the queued ones up again. */
  async recover(): Promise<void> {
    const { repository, servers } = this.#options
    const ended = await this.#takeOver(await servers.others())
    // A system that does not answer keeps its runs from ending, and nobody else from working.
    await Promise.race([Promise.all(ended), setTimeout(recoveryPatience, undefined, { ref: false })])
    for (const { id } of await repository.withStatus('queued')) this.announce(id)
  }

  /** Waits until a run has ended, if it is being executed. */
  async ended(id: string): Promise<void> {
    await this.#executing.get(id)
  }

  /** Ends what is running, and starts nothing more; queued runs stay queued. */
  async stop(): Promise<void> {
    this.#stopping = true
    await this.#claiming
    for (const id of this.#executing.keys()) this.#live.get(id)?.stop('server-stopped')
    const deadline = setTimeout(stopDeadline, undefined, { ref: false })
    await Promise.race([Promise.all(this.#executing.values()), deadline])
  }
}

/** Passes an event on, and says in the log what it means. */
function tell(live: LiveRun, event: RunEvent): void {
  live.emit(event)
  for (const line of logLinesOf(event)) live.emit({ type: 'log', line })
}

function toContract(event: EngineEvent): RunEvent {
  if (event.type === 'log') {
    const { level, nodeId, message } = event
    return { type: 'log', line: { at: new Date().toISOString(), level, nodeId, message } }
  }
  if (event.type === 'retry') return { type: 'log', line: retryLine(event) }
  if (event.type === 'progress') return { ...event, rows: { ...event.rows } }
  return event
}

const failureOf = (error: unknown): Problem =>
  error instanceof ProblemError
    ? error.problem
    : isDiskFull(error)
      ? createProblem('disk.full', {})
      : createProblem('run.failed', { detail: error instanceof Error ? error.message : String(error) })

/** What is stored of a flow when it is queued. */
export const nodesToRun = (flow: Flow): { nodeId: string; state: Run['nodes'][number]['state'] }[] =>
  flow.nodes.map(({ id, disabled }) => ({ nodeId: id, state: disabled ? 'skipped' : 'waiting' }))
