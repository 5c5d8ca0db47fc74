import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type InferredNode, inferGraph, relationOf } from '../graph/infer.ts'
import { replayKinds } from '../graph/replay.ts'
import type { Bindings } from '../graph/settings.ts'
import type { Flow, FlowNode } from '../model/index.ts'
import { type Plan, planFlow, type Stage } from '../plan/plan.ts'
import { createProblem, fail, type Problem, ProblemError } from '../problems/index.ts'
import {
  type ConnectorContext,
  type Input,
  type OpenedSource,
  unfitMarker,
  type WriteSession,
  type Written,
} from '../spec/index.ts'
import { identifier, join, type Sql, sql } from '../sql/index.ts'
import { variable } from './accounts.ts'
import { inAttempts } from './attempts.ts'
import { type Accounting, closeAccounts, openAccounts, readsToEnd, scanned } from './bookkeeping.ts'
import { compareWithTarget, keepChanges, type TargetChanges } from './changes.ts'
import type { Prepared, PreparedTarget, RunEvent } from './engine.ts'
import { discardRows, KeptRows, keepRows, notKeptEvent, type ReadSource, takenEvent } from './kept-rows.ts'
import { type NodeRecord, NodeRecords } from './node-records.ts'
import {
  type Landing,
  Relations,
  sourceRejectsView,
  storedSourceRejects,
  storedTargetRejects,
} from './relations.ts'
import { openReplay, type Replay } from './replay-source.ts'
import { sourceRuntime, targetRuntime } from './runtimes.ts'
import type { Session } from './session.ts'
import type { OpenCommits } from './settlement.ts'
import type { SourceState } from './source-state.ts'
import { problemOf } from './system-problems.ts'
import { usedColumns, wantedOf } from './used-columns.ts'
import { type HoldDecision, type VolumeViolation, violationOf } from './volume.ts'

export interface ExecutionOptions {
  readonly flow: Flow
  readonly bindings: Bindings
  readonly session: Session
  readonly workFolder: string
  readonly resultFolder: string
  readonly signal: AbortSignal
  /** Read everything and write nothing. */
  readonly dry: boolean
  /** Digests of an approved dry run, by target; where one no longer holds, nothing is written. */
  readonly approved: Readonly<Record<string, string>> | undefined
  /** Rows that one source of the flow gives instead of what it reads. */
  readonly replay: (Pick<Replay, 'columns' | 'rows'> & { readonly sourceId: string }) | undefined
  readonly usualRows: Readonly<Record<string, number>>
  /** The result folder of a failed run whose sources are taken as it read them. */
  readonly resumes: string | undefined
  /** What a source asks for. */
  asked(node: FlowNode, settings: Readonly<Record<string, unknown>>): Promise<SourceState>
  onHold(violations: readonly VolumeViolation[]): Promise<HoldDecision>
  context(nodeId: string): ConnectorContext
  onEvent(event: RunEvent): void
}

/** What an engine process reports of a run: everything is written and durable, nothing committed. */
export interface ExecutionOutcome {
  readonly succeeded: boolean
  readonly nodes: readonly ({ readonly nodeId: string } & NodeRecord)[]
  readonly prepared: Prepared
  readonly problems: readonly Problem[]
  readonly balanced: boolean | null
  readonly rejected: number
  /** What a failed run had read of its sources is kept for one that goes on from there. */
  readonly kept: boolean
  /** Dry runs: what each target would become. */
  readonly changes: readonly TargetChanges[]
}

/** Stops the run at a node. */
class NodeFailure extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.message.en)
    this.problem = problem
  }
}

/** One run of a flow inside an engine process, from opening the sources to prepared targets. */
export class Execution {
  readonly #options: ExecutionOptions
  readonly #records: NodeRecords
  readonly #sources = new Map<string, OpenedSource>()
  /** What sources ask for, those that a replay feeds left out. */
  readonly #asked = new Map<string, SourceState>()
  /** Sources that have sent their rows, and the columns that they were asked for. */
  readonly #received = new Map<string, ReadonlySet<string> | undefined>()
  #keptRows: KeptRows | undefined
  readonly #writers = new Map<string, WriteSession>()
  readonly #prepared: PreparedTarget[] = []
  /** Prepared targets that only their own session can commit. */
  readonly #uncommitted = new Map<string, WriteSession>()
  /** The rows that targets refused, as SELECTs of `Compiled.rejects`. */
  readonly #refused = new Map<string, Sql>()
  /** Sources of which a strict pass has shown that every value fits. */
  readonly #provenFit = new Set<string>()
  /** Sources that the stage which is running did not have to read. */
  readonly #leftOut = new Set<string>()
  /** Sources that some stage has read to their end. */
  readonly #readWhole = new Set<string>()
  readonly #changes = new Map<string, TargetChanges>()
  #running: readonly string[] = []

  constructor(options: ExecutionOptions) {
    this.#options = options
    this.#records = new NodeRecords(options.flow.nodes, options.onEvent)
  }

  /** The nodes whose work the statement that is running now does. */
  get running(): readonly string[] {
    return this.#running
  }

  /** About how many rows a source has, as its connector estimates. */
  estimatedRows(nodeId: string): number | undefined {
    return this.#sources.get(nodeId)?.estimatedRows
  }

  async run(): Promise<ExecutionOutcome> {
    const { flow, bindings, session } = this.#options
    let balanced: boolean | null = null
    let rejected = 0
    let problems: readonly Problem[] = []
    try {
      const { resumes, workFolder } = this.#options
      if (resumes !== undefined) this.#keptRows = await KeptRows.open(session, resumes, workFolder)
      const inferred = await inferGraph(flow, session, {
        bindings,
        kinds: replayKinds,
        sourceColumns: (node, settings) => this.#open(node, settings),
      })
      problems = inferred.problems
      const errors = problems.filter((problem) => problem.severity === 'error')
      if (errors.length > 0) {
        for (const problem of errors) this.#records.blame(problem)
        return this.#outcome(false, problems, null, 0)
      }
      const plan = planFlow(inferred.nodes)
      const relations = new Relations(inferred.nodes, this.#sources, plan.landed, plan.positioned)
      const accounting = openAccounts(inferred.nodes, session)
      await this.#execute(inferred.nodes, plan, relations, accounting)
      await this.#readRest(inferred.nodes, plan, relations, accounting)
      rejected = await this.#keepRejects(inferred.nodes, relations, accounting)
      const ledgers = await closeAccounts(accounting)
      this.#records.enterLedgers(ledgers)
      balanced = ledgers.every((ledger) => ledger.balanced)
      const broken = ledgers.find((ledger) => !ledger.balanced)
      if (broken)
        throw new NodeFailure(
          createProblem('run.unbalanced', { equation: broken.equation }, { nodeId: broken.nodeId }),
        )
      await this.#keepChanges()
      await this.#prepare(inferred.nodes)
      return this.#outcome(true, problems, balanced, rejected)
    } catch (error) {
      const problem = await this.#settle(error)
      const kept = await this.#keep()
      return this.#outcome(false, [...problems, ...(problem ? [problem] : [])], balanced, rejected, kept)
    }
  }

  async #open(node: FlowNode, settings: Readonly<Record<string, unknown>>) {
    this.#records.begin([node.id])
    const opened = await this.#openSource(node, settings).catch((error: unknown) => {
      this.#options.signal.throwIfAborted()
      throw new ProblemError(problemOf(error, node.id))
    })
    this.#sources.set(node.id, opened)
    return opened.columns
  }

  async #openSource(node: FlowNode, settings: Readonly<Record<string, unknown>>): Promise<OpenedSource> {
    const { replay, asked } = this.#options
    const context = this.#options.context(node.id)
    if (replay?.sourceId === node.id) return openReplay(context, replay)
    const state = await asked(node, settings)
    this.#asked.set(node.id, state)
    const kept = this.#keptRows?.source(context, state.key)
    if (kept) {
      this.#options.onEvent(takenEvent(node.id, kept.estimatedRows ?? 0))
      return kept
    }
    // What a failed attempt has left is not used by anything.
    return this.#inAttempts(node, () => sourceRuntime(node.kind).open(context, settings))
  }

  async #execute(
    nodes: readonly InferredNode[],
    plan: Plan,
    relations: Relations,
    accounting: Accounting,
  ): Promise<void> {
    const { session } = this.#options
    const byId = new Map(nodes.map((node) => [node.node.id, node]))
    await this.#receive(nodes, plan, relations)
    relations.assertFit(strictSources(plan, byId))
    const landings = new Map(plan.stages.map((stage) => [`${stage.nodeId}.${stage.port}`, stage]))
    for (const node of nodes) {
      for (const port of Object.keys(node.columns)) {
        if (node.kind.role === 'source' && port === 'rejects') {
          const opened = this.#sources.get(node.node.id)
          if (opened?.rejects && (node.outgoing.get('rejects')?.length ?? 0) > 0)
            await session.run(sourceRejectsView(node.node.id, await opened.rejects(false)))
          continue
        }
        const landing = landings.get(`${node.node.id}.${port}`)
        if (!landing) await session.run(relations.view(node, port))
        else
          await this.#stage(landing, byId, relations, () => this.#land(landing, node, relations, accounting))
      }
    }
    await this.#guardVolume(nodes, plan, relations)
    for (const stage of plan.stages.filter(({ type }) => type === 'write'))
      await this.#stage(stage, byId, relations, () => this.#write(stage, byId, relations, accounting))
  }

  /** Only what is used of it is kept of a table, and sent by a source that can leave out the rest. */
  async #receive(nodes: readonly InferredNode[], plan: Plan, relations: Relations): Promise<void> {
    const { session, workFolder, signal } = this.#options
    const receptions = new Map(
      [...this.#sources].flatMap(([id, { reception }]) => (reception ? [[id, reception]] : [])),
    )
    if (plan.landed.size === 0 && receptions.size === 0) return
    const used = await usedColumns(nodes, plan, relations, session, workFolder, receptions)
    relations.keepOnly(used)
    for (const node of nodes) {
      const { id } = node.node
      if (!receptions.has(id)) continue
      this.#running = [id]
      const wanted = wantedOf(id, plan, used)
      await this.#inAttempts(node.node, (attempt) => this.#take(node, wanted, attempt)).catch(
        (error: unknown) => {
          signal.throwIfAborted()
          throw new NodeFailure(problemOf(error, id))
        },
      )
      this.#received.set(id, wanted)
      this.#running = []
    }
  }

  /** Has a source send its rows; after a failed attempt, all of them as they are then. */
  async #take(
    { node, settings }: InferredNode,
    wanted: ReadonlySet<string> | undefined,
    attempt: number,
  ): Promise<void> {
    const before = this.#sources.get(node.id)
    if (attempt === 1) return before?.reception?.take(wanted)
    const opened = await sourceRuntime(node.kind).open(this.#options.context(node.id), settings)
    if (!isDeepStrictEqual(opened.columns, before?.columns))
      fail('run.columnsChanged', {}, { nodeId: node.id })
    this.#sources.set(node.id, opened)
    await opened.reception?.take(wanted)
  }

  async #land(stage: Stage, node: InferredNode, relations: Relations, accounting: Accounting): Promise<void> {
    const { session } = this.#options
    const { accounts } = accounting
    const landing = relations.landing(node, stage.port)
    const rows = await session.execute(
      sql`CREATE OR REPLACE TEMP TABLE ${landing.table} AS ${landing.select}`,
    )
    await this.#noteScans(stage, relations, accounting)
    if (relations.strict.has(node.node.id)) this.#provenFit.add(node.node.id)
    if (landing.counts) await this.#count(node.node.id, stage.port, landing, accounting)
    else accounts.measure(variable(node.node.id, `out:${stage.port}`), rows)
    await session.run(landing.expose)
  }

  async #count(
    id: string,
    port: string,
    { table, counts }: Landing,
    { accounts }: Accounting,
  ): Promise<void> {
    if (!counts) return
    const terms = Object.entries(counts.terms)
    const columns = join([counts.leaving, ...terms.map(([, aggregate]) => aggregate)])
    const [row] = await (await this.#options.session.run(sql`SELECT ${columns} FROM ${table}`)).getRowsJson()
    accounts.measure(variable(id, `out:${port}`), Number(row?.[0]))
    terms.forEach(([term], index) => {
      accounts.measure(variable(id, term), Number(row?.[index + 1]))
    })
  }

  async #write(
    stage: Stage,
    byId: ReadonlyMap<string, InferredNode>,
    relations: Relations,
    accounting: Accounting,
  ): Promise<void> {
    const node = byId.get(stage.nodeId)
    const input = node?.inputs['in']?.[0]
    if (!node || !input) throw new Error(`cannot write ${stage.nodeId}`)
    const { dry, approved } = this.#options
    if (dry || approved) await this.#inAttempts(node.node, () => this.#compare(node, input))
    if (dry) {
      const rows = await this.#options.session.count(sql`SELECT count(*) FROM ${input.relation}`)
      accounting.accounts.measure(variable(stage.nodeId, 'written'), rows)
      return
    }
    const { rows, effects, rejects } = await this.#inAttempts(node.node, (attempt) =>
      this.#stageRows(node, input, attempt),
    )
    accounting.accounts.measure(variable(stage.nodeId, 'written'), rows)
    if (effects) accounting.effects.set(stage.nodeId, effects)
    if (rejects) this.#refused.set(stage.nodeId, rejects)
    await this.#noteScans(stage, relations, accounting)
  }

  #inAttempts<Result>(node: FlowNode, work: (attempt: number) => Promise<Result>): Promise<Result> {
    return inAttempts(node, this.#options.signal, this.#options.onEvent, work)
  }

  /** Writes all rows where nobody sees them; what an earlier attempt left there is undone before. */
  async #stageRows({ node, settings }: InferredNode, input: Input, attempt: number): Promise<Written> {
    const { abandon, open } = targetRuntime(node.kind)
    const context = this.#options.context(node.id)
    const before = this.#writers.get(node.id)
    this.#writers.delete(node.id)
    if (attempt === 1) await before?.abort()
    else {
      // Its session may be gone, and may go on at the server all the same.
      await before?.abort().catch(() => {})
      await abandon?.({ runId: context.runId, nodeId: node.id }, settings, context)
    }
    const writer = await open(context, settings)
    this.#writers.set(node.id, writer)
    return writer.write(input)
  }

  /** Before anything is written: nodes whose rows are more or fewer than their guards allow wait for a person. */
  async #guardVolume(nodes: readonly InferredNode[], plan: Plan, relations: Relations): Promise<void> {
    const { session, usualRows, onHold, signal } = this.#options
    const byId = new Map(nodes.map((node) => [node.node.id, node]))
    const guarded = nodes.filter(({ node }) => node.guard)
    const violations: VolumeViolation[] = []
    for (const { node, columns, inputs } of guarded) {
      const ports = Object.keys(columns).filter((port) => port !== 'rejects')
      const given = ports.length > 0 ? ports.map((port) => relationOf(node.id, port)) : arriving(inputs)
      const counts = join(
        given.map((relation) => sql`(SELECT count(*) FROM ${relation})`),
        ' + ',
      )
      const count = () => session.count(sql`SELECT ${counts}`)
      const rows = await count().catch(async (error: unknown) => {
        if (!(error instanceof Error && error.message.includes(unfitMarker))) throw error
        for (const stage of plan.stages) await this.#filterUnfit(stage, byId, relations)
        return count()
      })
      const violation = violationOf(node, rows, usualRows[node.id])
      if (violation) violations.push(violation)
    }
    const [first] = violations
    if (!first || (await onHold(violations)) === 'release') return
    signal.throwIfAborted()
    const { nodeId, rows, least, most } = first
    const expected = most === null ? `≥ ${least}` : `${least} – ${most}`
    throw new NodeFailure(createProblem('run.volume', { rows: String(rows), expected }, { nodeId }))
  }

  /** What would become of a target; where a dry run was approved, it must still be the same. */
  async #compare({ node, settings }: InferredNode, input: Input): Promise<void> {
    const { session, approved } = this.#options
    const standing = await targetRuntime(node.kind).standing?.(
      this.#options.context(node.id),
      settings,
      input.columns,
    )
    const changes = await compareWithTarget(session, node.id, input, standing)
    this.#changes.set(node.id, changes)
    if (approved && approved[node.id] !== changes.digest) fail('run.changed', {}, { nodeId: node.id })
  }

  async #keepChanges(): Promise<void> {
    const { session, workFolder, resultFolder, dry } = this.#options
    if (!dry) return
    await keepChanges(session, [...this.#changes.keys()], workFolder, resultFolder)
  }

  /** A strict pass counts its sources by the way: what their scans gave is what they put out. */
  async #noteScans(stage: Stage, relations: Relations, { accounts }: Accounting): Promise<void> {
    const strict = stage.nodeIds.filter((id) => relations.strict.has(id))
    if (strict.length === 0) return
    const leaves = await this.#options.session.scannedLeaves()
    for (const id of strict) {
      const select = this.#sources.get(id)?.strict?.select
      if (!select) continue
      const { isRead, rows } = scanned(select, leaves)
      if (!isRead) this.#leftOut.add(id)
      if (rows === undefined) continue
      accounts.measure(variable(id, 'out:out'), rows)
      this.#provenFit.add(id)
    }
  }

  /** Runs the work of a stage with the states of its nodes around it, and finds the culprit when it fails. */
  async #stage(
    stage: Stage,
    byId: ReadonlyMap<string, InferredNode>,
    relations: Relations,
    work: () => Promise<void>,
  ): Promise<void> {
    this.#options.signal.throwIfAborted()
    this.#records.begin(stage.nodeIds)
    this.#running = stage.nodeIds
    try {
      await work().catch(async (error: unknown) => {
        const isUnfit = error instanceof Error && error.message.includes(unfitMarker)
        if (!isUnfit) throw error
        await this.#filterUnfit(stage, byId, relations)
        await work()
      })
    } catch (error) {
      this.#options.signal.throwIfAborted()
      throw new NodeFailure(await this.#locate(error, stage, byId))
    } finally {
      this.#running = []
    }
    if (stage.nodeIds.flatMap((id) => byId.get(id) ?? []).every(readsToEnd))
      for (const id of stage.nodeIds)
        if (this.#sources.has(id) && !this.#leftOut.delete(id)) this.#readWhole.add(id)
    this.#records.end(
      // Only the commit of a target says that it has succeeded; in a dry run there is none.
      stage.type === 'write' && !this.#options.dry
        ? stage.nodeIds.filter((id) => id !== stage.nodeId)
        : stage.nodeIds,
    )
  }

  /** Some value does not fit after all: the sources of the stage filter instead of asserting. */
  async #filterUnfit(
    stage: Stage,
    byId: ReadonlyMap<string, InferredNode>,
    relations: Relations,
  ): Promise<void> {
    for (const id of stage.nodeIds) {
      const node = byId.get(id)
      if (!node || !relations.strict.has(id)) continue
      relations.filterUnfit(id)
      const isLanding = stage.type === 'land' && stage.nodeId === id
      if (!isLanding) await this.#options.session.run(relations.view(node, 'out'))
    }
  }

  /** Several nodes share a statement: the first of them that fails when its rows are computed alone is the one. */
  async #locate(error: unknown, stage: Stage, byId: ReadonlyMap<string, InferredNode>): Promise<Problem> {
    const problem = problemOf(error, stage.nodeId)
    if (problem.code !== 'run.value' || error instanceof ProblemError) return problem
    for (const id of stage.nodeIds) {
      const node = byId.get(id)
      for (const port of Object.keys(node?.columns ?? {})) {
        if (port === 'rejects') continue
        try {
          await this.#options.session.run(sql`SELECT max(hash(COLUMNS(*))) FROM ${relationOf(id, port)}`)
        } catch (found) {
          this.#options.signal.throwIfAborted()
          return problemOf(found, id)
        }
      }
    }
    return problem
  }

  /** Reads to their ends the sources that no stage has read so far, so that all of their rows are accounted for. */
  async #readRest(
    nodes: readonly InferredNode[],
    plan: Plan,
    relations: Relations,
    { accounts }: Accounting,
  ): Promise<void> {
    for (const node of nodes) {
      const { id } = node.node
      const source = this.#sources.get(id)
      if (!source || this.#readWhole.has(id)) continue
      this.#options.signal.throwIfAborted()
      relations.filterUnfit(id)
      if (!plan.landed.has(`${id}.out`)) await this.#options.session.run(relations.view(node, 'out'))
      const rows = await this.#options.session.count(
        sql`SELECT count(*) FROM (${source.select}) AS read_to_its_end`,
      )
      accounts.measure(variable(id, 'out:out'), rows)
      this.#records.end([id])
    }
  }

  /** Stores every rejected row with the run; returns how many there are. */
  async #keepRejects(
    nodes: readonly InferredNode[],
    relations: Relations,
    accounting: Accounting,
  ): Promise<number> {
    const { session, workFolder, resultFolder } = this.#options
    const tables: Sql[] = []
    let total = 0
    for (const node of nodes) {
      const statement = await this.#rejectsStatement(node, relations, accounting)
      const name = variable(node.node.id, 'rejected')
      if (!statement) {
        accounting.accounts.measure(name, 0)
        continue
      }
      this.#options.signal.throwIfAborted()
      const table = identifier(`${node.node.id}!`)
      const rows = await session.execute(sql`CREATE TEMP TABLE ${table} AS ${statement}`)
      accounting.accounts.measure(name, rows)
      total += rows
      if (rows > 0) tables.push(sql`SELECT * FROM ${table}`)
    }
    if (tables.length === 0) return 0
    const temporary = path.join(workFolder, 'rejects.parquet')
    await session.run(
      sql`COPY (${join(tables, ' UNION ALL ')}) TO ${temporary} (FORMAT parquet, COMPRESSION zstd)`,
    )
    await mkdir(resultFolder, { recursive: true })
    await rename(temporary, path.join(resultFolder, 'rejects.parquet'))
    return total
  }

  /** Undefined where nothing can have been rejected: no rule, or as many rows left as came in. */
  async #rejectsStatement(
    node: InferredNode,
    relations: Relations,
    { accounts }: Accounting,
  ): Promise<Sql | undefined> {
    const opened = this.#sources.get(node.node.id)
    if (opened) {
      const provenFit = this.#provenFit.has(node.node.id)
      return opened.rejects && storedSourceRejects(node.node.id, await opened.rejects(provenFit))
    }
    const refused = this.#refused.get(node.node.id)
    if (refused) return storedTargetRejects(node, refused)
    if (!node.compiled?.rejects) return undefined
    const sum = (prefix: string, ports: readonly string[]) =>
      ports.reduce<number | undefined>((total, port) => {
        const count = accounts.get(variable(node.node.id, `${prefix}:${port}`))
        return total === undefined || count === undefined ? undefined : total + count
      }, 0)
    const arrived = sum('in', Object.keys(node.inputs))
    const left = sum('out', Object.keys(node.compiled.outputs))
    return arrived !== undefined && arrived === left ? undefined : relations.rejectsOf(node)
  }

  async #prepare(nodes: readonly InferredNode[]): Promise<void> {
    for (const { node } of nodes) {
      const writer = this.#writers.get(node.id)
      if (!writer) continue
      this.#options.signal.throwIfAborted()
      try {
        const { token, output, open = false } = await writer.prepare()
        this.#writers.delete(node.id)
        if (open) this.#uncommitted.set(node.id, writer)
        this.#prepared.push({ nodeId: node.id, kind: node.kind, token, output, open })
      } catch (error) {
        throw new NodeFailure(problemOf(error, node.id))
      }
    }
  }

  /** After a failure: undoes what was written, and leaves every node in a state that is true. */
  async #settle(error: unknown): Promise<Problem | undefined> {
    for (const writer of this.#writers.values()) await writer.abort().catch(() => {})
    for (const writer of this.#uncommitted.values()) await writer.abort().catch(() => {})
    for (const { nodeId, kind, token } of this.#prepared)
      await targetRuntime(kind).abort(token, this.#options.context(nodeId))
    this.#uncommitted.clear()
    this.#prepared.length = 0
    const cancelled = this.#options.signal.aborted
    const problem = cancelled
      ? undefined
      : error instanceof NodeFailure
        ? error.problem
        : problemOf(error, this.#running.at(-1))
    if (problem) this.#records.blame(problem)
    this.#records.cancelRunning()
    return problem
  }

  /**
   * After a failure: keeps what was read of the sources, so that the run can be gone on with from where it
   * failed; says whether it could.
   */
  async #keep(): Promise<boolean> {
    const { dry, replay, signal, session, workFolder, resultFolder, onEvent } = this.#options
    if (dry || replay || signal.aborted) return false
    const read = [...this.#sources].flatMap(([nodeId, opened]): ReadSource[] => {
      const asked = this.#asked.get(nodeId)
      if (!asked || (opened.reception && !this.#received.has(nodeId))) return []
      const isInFiles = asked.files.length > 0
      const wanted = this.#received.get(nodeId)
      return [{ nodeId, asked: asked.key, opened: isInFiles ? undefined : opened, wanted }]
    })
    if (read.length === 0) return false
    try {
      await keepRows(session, read, workFolder, resultFolder)
      return true
    } catch (error) {
      await discardRows(resultFolder)
      if (!signal.aborted) onEvent(notKeptEvent(problemOf(error, undefined)))
      return false
    }
  }

  #outcome(
    succeeded: boolean,
    problems: readonly Problem[],
    balanced: boolean | null,
    rejected: number,
    kept = false,
  ): ExecutionOutcome {
    // What a replay reads beside its rows is read as a whole, and moves nothing on.
    const read = this.#options.replay ? [] : [...this.#sources]
    const cursors = read.flatMap(([id, { cursor }]) => (cursor ? [[id, cursor]] : []))
    const prepared = { targets: this.#prepared, cursors: Object.fromEntries(cursors) }
    const changes = [...this.#changes.values()]
    return { succeeded, nodes: this.#records.all(), prepared, problems, balanced, rejected, changes, kept }
  }

  /** Commits the prepared targets whose sessions are still open, one after the other until one fails. */
  async commitOpen(): Promise<OpenCommits> {
    const committed: string[] = []
    for (const [nodeId, writer] of this.#uncommitted) {
      try {
        await writer.commit?.()
        committed.push(nodeId)
      } catch (error) {
        return { committed, problem: problemOf(error, nodeId) }
      }
    }
    return { committed, problem: null }
  }
}

const arriving = (inputs: InferredNode['inputs']): Sql[] =>
  Object.values(inputs).flatMap((list) => list.map(({ relation }) => relation))

/** Sources that every stage reads to the end, so that a strict pass proves something. */
function strictSources(plan: Plan, byId: ReadonlyMap<string, InferredNode>): string[] {
  const partly = new Set(
    plan.stages.flatMap(({ nodeIds }) => {
      const nodes = nodeIds.flatMap((id) => byId.get(id) ?? [])
      return nodes.every(readsToEnd) ? [] : nodeIds
    }),
  )
  return [...byId.values()]
    .filter(
      ({ kind, node, outgoing }) => kind.role === 'source' && !partly.has(node.id) && outgoing.has('out'),
    )
    .map(({ node }) => node.id)
}
