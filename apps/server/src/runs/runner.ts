import { setTimeout } from 'node:timers/promises'
import type { Run, RunEvent } from '@millrace/contract'
import { createProblem, type Flow, isDiskFull, type Problem, ProblemError, parseFlow } from '@millrace/engine'
import type { Engine, RunEvent as EngineEvent, HoldDecision, Prepared } from '@millrace/engine/runtime'
import type { Logger } from 'pino'
import type { FileService } from '../files/service.ts'
import type { StoredRows } from '../rejects/stored-rows.ts'
import { Holds } from './holds.ts'
import type { KeptRuns } from './kept-runs.ts'
import type { LiveRun } from './live-run.ts'
import { LiveRuns } from './live-runs.ts'
import { beginningLine, cancelLine, retryLine } from './log-lines.ts'
import { nodesOf, nothingWritten, type Outcome, stopped } from './outcome.ts'
import type { Payloads } from './payloads.ts'
import { summaryOf } from './records.ts'
import { Recovery } from './recovery.ts'
import type { RunRepository } from './repository.ts'
import type { Servers } from './servers.ts'
import { Storing, tell } from './storing.ts'
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
/** How long a stop of the server waits for runs to end by themselves, in ms. */
const stopDeadline = 5_000

/** Takes runs from the queue, oldest first, executes them, and has stored what becomes of them. */
export class Runner {
  readonly #options: RunnerOptions
  /** Those that have not ended, as far as this server knows. */
  readonly lives = new LiveRuns()
  readonly #executing = new Map<string, Promise<void>>()
  readonly #holds: Holds
  readonly #storing: Storing
  readonly #recovery: Recovery
  #claiming: Promise<void> = Promise.resolve()
  #stopping = false

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#holds = new Holds(options.repository, () => void this.pump())
    const serverId = options.servers.id
    this.#storing = new Storing({ ...options, serverId, lives: this.lives })
    this.#recovery = new Recovery({ ...options, storing: this.#storing })
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
      const announced = this.lives.get(next.id)
      const live = announced ?? this.lives.announce(next.id)
      if (!(await repository.claim(next, new Date(), this.serverId))) {
        // Cancelled, or taken by another server, in this very moment: nobody is left to end what was announced here.
        if (!announced) this.lives.forget(next.id)
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
    const timer = setInterval(() => void this.#storing.save(live), savePeriod)
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
      outcome = await this.#recovery.settle(live.id, failureOf(error))
    } finally {
      clearInterval(timer)
      clearInterval(clock)
    }
    if (outcome.status === 'cancelled') {
      const problems = this.#problemsOfStop(live)
      if (problems.length > 0) outcome = { ...outcome, status: 'failed', problems }
    }
    const keptBefore = await keptRuns.of(stored.flowId)
    if (await this.#storing.end(live, outcome, stored.dry))
      await keptRuns.dropOvertaken(stored.flowId, keptBefore)
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
    const live = this.lives.get(id)
    return live !== undefined && this.#holds.decide(live, decision, author)
  }

  async #decide(live: LiveRun, prepared: Prepared): Promise<void> {
    // The row counts must be known to whoever ends this run after a crash.
    await this.#storing.save(live)
    live.signal.throwIfAborted()
    if (!(await this.#options.repository.decide(live.id, this.serverId, JSON.stringify(prepared))))
      throw new Error('the run is no longer running')
    live.decided = true
  }

  /** Asks a run to end; one that has been decided or has ended stays what it is. */
  async cancel(id: string): Promise<void> {
    const { repository } = this.#options
    if (this.#executing.has(id)) return this.#cancelRunning(id)
    const stored = await repository.find(id)
    if (stored?.status !== 'queued') return this.#cancelRunning(id)
    const last = await repository.lastSequence(id)
    const live = this.lives.get(id) ?? this.lives.take(id, last)
    live.skipTo(last)
    const outcome: Outcome = {
      ...nothingWritten,
      status: 'cancelled',
      nodes: nodesOf(stored),
      problems: [],
      durationMs: null,
    }
    const isEnded = await this.#storing.endQueued(live, outcome)
    if (!isEnded) await this.#cancelRunning(id)
  }

  async #cancelRunning(id: string): Promise<void> {
    const live = this.lives.get(id)
    // One that goes on elsewhere is told of what is stored, and numbers nothing here.
    if (live && this.#executing.has(id) && !live.signal.aborted)
      live.emit({ type: 'log', line: cancelLine() })
    live?.stop('cancelled')
    await this.#options.repository.noteCancel(id, new Date())
  }

  /** Ends the runs of servers that have died since; they may take longer than this. */
  recoverDead(): Promise<void> {
    return this.#recovery.endDead()
  }

  /** When the server starts: ends every run that a stop cut off, and takes the queued ones up again. */
  async recover(): Promise<void> {
    await this.#recovery.endCutOff()
    for (const { id } of await this.#options.repository.withStatus('queued')) this.lives.announce(id)
  }

  /** Waits until a run has ended, if it is being executed. */
  async ended(id: string): Promise<void> {
    await this.#executing.get(id)
  }

  /** Ends what is running, and starts nothing more; queued runs stay queued. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#storing.stop()
    this.#recovery.stop()
    await this.#claiming
    for (const id of this.#executing.keys()) this.lives.get(id)?.stop('server-stopped')
    const deadline = setTimeout(stopDeadline, undefined, { ref: false })
    await Promise.race([Promise.all(this.#executing.values()), deadline])
  }
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
