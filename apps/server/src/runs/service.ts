import type {
  Backfill,
  changePage,
  changeQuery,
  FlowSummary,
  LogLine,
  Run,
  RunSummary,
  rejectPage,
  runPage,
  runQuery,
} from '@millrace/contract'
import {
  type Flow,
  formatFlow,
  isIncremental,
  missingApproval,
  parseFlow,
  readFlow,
  replayFlow,
  wholeFlow,
} from '@millrace/engine'
import type { ChangeRow, Engine, HoldDecision, RejectRow } from '@millrace/engine/runtime'
import type { z } from 'zod'
import type { FileService, OpenedFile } from '../files/service.ts'
import { RequestProblem } from '../http/request-problem.ts'
import { newId } from '../identifier.ts'
import { type StoredReplay, storedReplay } from '../rejects/stored-rows.ts'
import type { RunsElsewhere } from './elsewhere.ts'
import type { History } from './history.ts'
import type { NumberedEvent } from './live-run.ts'
import type { Payloads } from './payloads.ts'
import { eventOf, logLineOf, parametersOf, runOf, summaryOf } from './records.ts'
import type { RejectClaim, RunRepository } from './repository.ts'
import { nodesToRun, type Runner } from './runner.ts'

interface RunServiceOptions {
  readonly repository: RunRepository
  readonly runner: Runner
  /** Where other servers share the runs. */
  readonly elsewhere: RunsElsewhere | undefined
  readonly history: History
  readonly payloads: Payloads
  readonly files: FileService
  readonly engine: Engine
}

interface RunOrder {
  readonly flowId: string
  readonly flow: Flow
  readonly version: number | null
  readonly parameters: Readonly<Record<string, string>>
  /** That they are of. */
  readonly environment?: Run['environment']
  /** Those of its values in whose places the run has others. */
  readonly environmentValues?: Run['environmentValues']
  readonly trigger: Run['trigger']
  /** What `now()` and `${today}` stand for; without it, this moment. */
  readonly clock?: Date
  readonly dry?: boolean
  /** A dry run that is approved. */
  readonly approves?: string
  /** An interval of an incremental source that it reads once more. */
  readonly backfill?: Backfill | null
  /** A run that this one does again. */
  readonly retries?: string
  /** It goes on with what that run had read. */
  readonly resumes?: boolean
  /** Rejected rows that it feeds in again instead of reading the sources. */
  readonly replay?: StoredReplay & RejectClaim
}

type StoredRun = NonNullable<Awaited<ReturnType<RunRepository['find']>>>
type LastRun = NonNullable<FlowSummary['lastRun']>

/** Rows that are read at a time for a download. */
const batch = 10_000

/** Runs: queueing, history, cancelling, and what is left of them. */
export class RunService {
  readonly #options: RunServiceOptions

  constructor(options: RunServiceOptions) {
    this.#options = options
  }

  /**
   * @throws RequestProblem `approval-required` for a run that may write only what was approved, and was not;
   *   `not-resumable` where what a failed run had read is not kept, or out of date
   */
  async start(order: RunOrder): Promise<Run> {
    const { flowId, flow, version, parameters, trigger, replay } = order
    const { runner, repository } = this.#options
    const unapproved = order.dry || order.approves ? undefined : missingApproval(flow)
    if (unapproved) throw new RequestProblem('approval-required', { problems: [unapproved] })
    if (order.resumes && !(await repository.isResumable(order.retries ?? '')))
      throw new RequestProblem('not-resumable')
    const whole = wholeFlow(readFlow(flow))
    // Two runs that read on from one cursor would both write the same rows.
    const isExclusive = whole.nodes.some(isIncremental) && !order.dry && !order.backfill && !replay
    const id = newId()
    const now = new Date()
    const live = runner.lives.announce(id)
    const newRun = {
      id,
      flowId,
      flowName: flow.name,
      version,
      trigger,
      queuedAt: now,
      clock: order.clock ?? now,
      flow: formatFlow(flow),
      parameters: JSON.stringify(parameters),
      environment: order.environment ?? null,
      environmentValues: order.environmentValues ? JSON.stringify(order.environmentValues) : null,
      nodes: nodesToRun(replay ? replayFlow(whole, replay.nodeId, '').flow : whole),
      dry: order.dry ?? false,
      approves: order.approves ?? null,
      retries: order.retries ?? null,
      resumes: order.resumes ?? false,
      exclusive: order.resumes || isExclusive,
      backfill: order.backfill ? JSON.stringify(order.backfill) : null,
      replays: replay ? JSON.stringify(storedReplay.parse(replay)) : null,
    }
    await repository.create(newRun, live.since(0), replay).catch((error: unknown) => {
      runner.lives.forget(id)
      throw error
    })
    void runner.pump()
    return this.get(id)
  }

  async list({ page, pageSize, ...filter }: z.output<typeof runQuery>): Promise<z.input<typeof runPage>> {
    const { rows, total } = await this.#options.repository.page(filter, (page - 1) * pageSize, pageSize)
    return { items: rows.map(summaryOf), total }
  }

  async get(id: string): Promise<Run> {
    const stored = await this.#find(id)
    const available = new Set<string>()
    for (const output of stored.outputs) if (await this.#isAvailable(output)) available.add(output.nodeId)
    const waitsFor = stored.status === 'queued' ? await this.#options.repository.before(stored) : null
    return runOf(stored, available, waitsFor)
  }

  async flow(id: string): Promise<Flow> {
    return parseFlow((await this.#find(id)).flow)
  }

  /**
   * Queues what a dry run has shown: the same flow, parameters and clock.
   * @throws RequestProblem `run-not-approvable` for a run that is not a dry one that has succeeded,
   *   `approval-used` once a run has written it
   */
  async approve(id: string): Promise<Run> {
    const stored = await this.#find(id)
    const { dry, status, flowId, flow, version, clock } = stored
    if (!dry || status !== 'succeeded') throw new RequestProblem('run-not-approvable')
    return this.start({
      flowId,
      flow: parseFlow(flow),
      version,
      ...parametersOf(stored),
      trigger: 'person',
      clock,
      backfill: summaryOf(stored).backfill,
      approves: id,
    })
  }

  /** Of a held run. @throws RequestProblem `run-not-held` when it does not wait, or no longer */
  async decide(id: string, decision: HoldDecision, author: string): Promise<Run> {
    await this.#find(id)
    if (!(await this.#options.runner.decide(id, decision, author))) throw new RequestProblem('run-not-held')
    return this.get(id)
  }

  async cancel(id: string): Promise<Run> {
    await this.#find(id)
    await this.#options.runner.cancel(id)
    return this.get(id)
  }

  async delete(id: string): Promise<void> {
    await this.#find(id)
    const deleted = await this.#options.history.delete([id])
    if (deleted.length === 0) throw new RequestProblem('run-active')
  }

  async deleteOfFlow(flowId: string): Promise<void> {
    const { repository, runner, elsewhere, history } = this.#options
    for (const { id, status } of await repository.idsOfFlow(flowId)) {
      if (status === 'queued' || status === 'running') {
        await runner.cancel(id)
        await runner.ended(id)
        await elsewhere?.ended(id)
      }
      await history.delete([id])
    }
  }

  /** The newest run of every flow that has one. */
  async lastOfFlows(): Promise<Map<string, LastRun>> {
    const rows = (await this.#options.repository.lastOfFlows()).map(summaryOf)
    const toLast = ({ id, status, queuedAt, durationMs, rowsOut, rejected }: RunSummary): LastRun => ({
      id,
      status,
      queuedAt,
      durationMs,
      rowsOut,
      rejected,
    })
    return new Map(rows.map((row) => [row.flowId, toLast(row)]))
  }

  async log(id: string): Promise<LogLine[]> {
    await this.#find(id)
    const { runner } = this.#options
    const live = runner.isExecuting(id) ? runner.lives.get(id) : undefined
    if (live) return live.since(0).flatMap(({ event }) => (event.type === 'log' ? [event.line] : []))
    return (await this.#options.repository.logLines(id)).map(logLineOf)
  }

  async rejects(
    id: string,
    query: { nodeId?: string | undefined; page: number; pageSize: number },
  ): Promise<z.input<typeof rejectPage>> {
    await this.#find(id)
    const { nodeId, page, pageSize } = query
    const { rows, total } = await this.#readRejects(id, {
      ...(nodeId !== undefined && { nodeId }),
      offset: (page - 1) * pageSize,
      limit: pageSize,
    })
    return { items: [...rows], total }
  }

  /** All rejects, a batch at a time. */
  async *allRejects(id: string): AsyncGenerator<readonly RejectRow[]> {
    for (let offset = 0; ; offset += batch) {
      const { rows, total } = await this.#readRejects(id, { offset, limit: batch })
      yield rows
      if (offset + batch >= total) return
    }
  }

  async changes(
    id: string,
    { page, pageSize, ...filter }: z.output<typeof changeQuery>,
  ): Promise<z.input<typeof changePage>> {
    await this.#find(id)
    const { engine, payloads } = this.#options
    const query = { ...filter, offset: (page - 1) * pageSize, limit: pageSize }
    const { rows, total } = await engine.readChanges(payloads.folder(id), query)
    return { items: rows.map((row) => ({ ...row, columns: [...row.columns] })), total }
  }

  /** All changes that a filter leaves, a batch at a time. */
  async *allChanges(
    id: string,
    filter: Pick<z.output<typeof changeQuery>, 'nodeId' | 'change'>,
  ): AsyncGenerator<readonly ChangeRow[]> {
    const { engine, payloads } = this.#options
    for (let offset = 0; ; offset += batch) {
      const query = { ...filter, offset, limit: batch }
      const { rows, total } = await engine.readChanges(payloads.folder(id), query)
      yield rows
      if (offset + batch >= total) return
    }
  }

  async #readRejects(id: string, query: { nodeId?: string; offset: number; limit: number }) {
    const { payloads, engine } = this.#options
    if (!(await payloads.hasRejects(id))) return { rows: [], total: 0 }
    return engine.readRejects(payloads.folder(id), query)
  }

  /** @throws RequestProblem `output-gone` when the file is not the one that this run wrote any more */
  async output(id: string, nodeId: string): Promise<OpenedFile> {
    const output = (await this.#find(id)).outputs.find((candidate) => candidate.nodeId === nodeId)
    if (!output) throw new RequestProblem('not-found')
    if (!(await this.#isAvailable(output))) throw new RequestProblem('output-gone')
    return this.#options.files.open(output.name)
  }

  async #isAvailable(output: StoredRun['outputs'][number]): Promise<boolean> {
    if (output.fileBytes === null) return false
    const stamp = await this.#options.files.stamp(output.name)
    return stamp?.bytes === Number(output.fileBytes) && stamp.modifiedMs === output.modifiedMs
  }

  /**
   * The events after a number, and, while the run goes on, those to come.
   * @returns what stops the listening; undefined when the run has ended and all has been said
   */
  async follow(
    id: string,
    after: number,
    listener: (event: NumberedEvent) => void,
  ): Promise<(() => void) | undefined> {
    const { runner, repository, elsewhere } = this.#options
    const { status } = await this.#find(id)
    const isOpen = status === 'queued' || status === 'running'
    const live = runner.lives.get(id) ?? (isOpen ? await elsewhere?.watch(id) : undefined)
    if (live) {
      for (const event of live.since(after)) listener(event)
      return live.subscribe(listener)
    }
    for (const row of await repository.events(id, after)) listener(eventOf(row))
    return undefined
  }

  async #find(id: string): Promise<StoredRun> {
    const stored = await this.#options.repository.find(id)
    if (!stored) throw new RequestProblem('not-found')
    return stored
  }
}
