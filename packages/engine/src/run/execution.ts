import { mkdir, rename } from 'node:fs/promises'
import path from 'node:path'
import { type InferredNode, inferGraph, relationOf } from '../graph/infer.ts'
import { replayKinds } from '../graph/replay.ts'
import { type Plan, planFlow, type Stage } from '../plan/plan.ts'
import { createProblem, type Problem, ProblemError } from '../problems/index.ts'
import { unfitMarker } from '../spec/index.ts'
import { identifier, join, type Sql, sql } from '../sql/index.ts'
import { variable } from './accounts.ts'
import { type Accounting, closeAccounts, openAccounts, readsToEnd, scanned } from './bookkeeping.ts'
import type { TargetChanges } from './changes.ts'
import type { Prepared } from './engine.ts'
import type { ExecutionOptions } from './execution-options.ts'
import { type NodeRecord, NodeRecords } from './node-records.ts'
import {
  type Landing,
  Relations,
  sourceRejectsView,
  storedSourceRejects,
  storedTargetRejects,
} from './relations.ts'
import { RunSources } from './run-sources.ts'
import { RunTargets } from './run-targets.ts'
import type { OpenCommits } from './settlement.ts'
import { problemOf } from './system-problems.ts'
import { usedColumns, wantedOf } from './used-columns.ts'
import { type VolumeViolation, violationOf } from './volume.ts'

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

/** One run of a flow inside an engine process, from opening the sources to prepared targets. */
export class Execution {
  readonly #options: ExecutionOptions
  readonly #records: NodeRecords
  readonly #sources: RunSources
  readonly #targets: RunTargets
  /** Sources of which a strict pass has shown that every value fits. */
  readonly #provenFit = new Set<string>()
  /** Sources that the stage which is running did not have to read. */
  readonly #leftOut = new Set<string>()
  /** Sources that some stage has read to their end. */
  readonly #readWhole = new Set<string>()
  #running: readonly string[] = []

  constructor(options: ExecutionOptions) {
    this.#options = options
    this.#records = new NodeRecords(options.flow.nodes, options.onEvent)
    this.#sources = new RunSources(options)
    this.#targets = new RunTargets(options)
  }

  /** The nodes whose work the statement that is running now does. */
  get running(): readonly string[] {
    return this.#running
  }

  /** About how many rows a source has, as its connector estimates. */
  estimatedRows(nodeId: string): number | undefined {
    return this.#sources.opened.get(nodeId)?.estimatedRows
  }

  async run(): Promise<ExecutionOutcome> {
    const { flow, bindings, session } = this.#options
    let balanced: boolean | null = null
    let rejected = 0
    let problems: readonly Problem[] = []
    try {
      await this.#sources.resume()
      const inferred = await inferGraph(flow, session, {
        bindings,
        kinds: replayKinds,
        sourceColumns: async (node, settings) => {
          this.#records.begin([node.id])
          return (await this.#sources.open(node, settings)).columns
        },
      })
      problems = inferred.problems
      const errors = problems.filter((problem) => problem.severity === 'error')
      if (errors.length > 0) {
        for (const problem of errors) this.#records.blame(problem)
        this.#records.cancelRunning()
        return this.#outcome(false, problems, null, 0)
      }
      const plan = planFlow(inferred.nodes)
      const relations = new Relations(inferred.nodes, this.#sources.opened, plan.landed, plan.positioned)
      const accounting = openAccounts(inferred.nodes, session)
      await this.#execute(inferred.nodes, plan, relations, accounting)
      await this.#readRest(inferred.nodes, plan, relations, accounting)
      rejected = await this.#keepRejects(inferred.nodes, relations, accounting)
      const ledgers = await closeAccounts(accounting)
      this.#records.enterLedgers(ledgers)
      balanced = ledgers.every((ledger) => ledger.balanced)
      const broken = ledgers.find((ledger) => !ledger.balanced)
      if (broken)
        throw new ProblemError(
          createProblem('run.unbalanced', { equation: broken.equation }, { nodeId: broken.nodeId }),
        )
      await this.#targets.keepChanges()
      await this.#targets.prepare(inferred.nodes)
      return this.#outcome(true, problems, balanced, rejected)
    } catch (error) {
      const problem = await this.#settle(error)
      const kept = await this.#sources.keep()
      return this.#outcome(false, [...problems, ...(problem ? [problem] : [])], balanced, rejected, kept)
    }
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
          const opened = this.#sources.opened.get(node.node.id)
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
    const { session, workFolder } = this.#options
    const receptions = new Map(
      [...this.#sources.opened].flatMap(([id, { reception }]) => (reception ? [[id, reception]] : [])),
    )
    if (plan.landed.size === 0 && receptions.size === 0) return
    const used = await usedColumns(nodes, plan, relations, session, workFolder, receptions)
    relations.keepOnly(used)
    for (const node of nodes) {
      const { id } = node.node
      if (!receptions.has(id)) continue
      this.#running = [id]
      await this.#sources.receive(node, wantedOf(id, plan, used))
      this.#running = []
    }
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
    if (dry || approved) await this.#targets.compare(node, input)
    if (dry) {
      accounting.accounts.measure(
        variable(stage.nodeId, 'written'),
        await this.#targets.estimate(node, input),
      )
      return
    }
    const { rows, effects } = await this.#targets.write(node, input)
    accounting.accounts.measure(variable(stage.nodeId, 'written'), rows)
    if (effects) accounting.effects.set(stage.nodeId, effects)
    await this.#noteScans(stage, relations, accounting)
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
    throw new ProblemError(createProblem('run.volume', { rows: String(rows), expected }, { nodeId }))
  }

  /** A strict pass counts its sources by the way: what their scans gave is what they put out. */
  async #noteScans(stage: Stage, relations: Relations, { accounts }: Accounting): Promise<void> {
    const strict = stage.nodeIds.filter((id) => relations.strict.has(id))
    if (strict.length === 0) return
    const leaves = await this.#options.session.scannedLeaves()
    for (const id of strict) {
      const select = this.#sources.opened.get(id)?.strict?.select
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
      throw new ProblemError(await this.#locate(error, stage, byId))
    } finally {
      this.#running = []
    }
    if (stage.nodeIds.flatMap((id) => byId.get(id) ?? []).every(readsToEnd))
      for (const id of stage.nodeIds)
        if (this.#sources.opened.has(id) && !this.#leftOut.delete(id)) this.#readWhole.add(id)
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
      const source = this.#sources.opened.get(id)
      if (!source || this.#readWhole.has(id)) continue
      this.#options.signal.throwIfAborted()
      // A strict pass that gave no row may have set every line aside, as a reader does only for what is read of it.
      const columns = relations.strict.has(id) ? sql`, max(hash(read_to_its_end))` : sql``
      relations.filterUnfit(id)
      if (!plan.landed.has(`${id}.out`)) await this.#options.session.run(relations.view(node, 'out'))
      const rows = await this.#options.session.count(
        sql`SELECT count(*)${columns} FROM (${source.select}) AS read_to_its_end`,
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
    const opened = this.#sources.opened.get(node.node.id)
    if (opened) {
      const provenFit = this.#provenFit.has(node.node.id)
      return opened.rejects && storedSourceRejects(node.node.id, await opened.rejects(provenFit))
    }
    const refused = this.#targets.refusedBy(node.node.id)
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

  /** After a failure: undoes what was written, and leaves every node in a state that is true. */
  async #settle(error: unknown): Promise<Problem | undefined> {
    await this.#targets.undo()
    const cancelled = this.#options.signal.aborted
    const problem = cancelled ? undefined : problemOf(error, this.#running.at(-1))
    if (problem) this.#records.blame(problem)
    this.#records.cancelRunning()
    return problem
  }

  #outcome(
    succeeded: boolean,
    problems: readonly Problem[],
    balanced: boolean | null,
    rejected: number,
    kept = false,
  ): ExecutionOutcome {
    const prepared = { targets: this.#targets.prepared, cursors: this.#sources.cursors() }
    const { changes } = this.#targets
    return { succeeded, nodes: this.#records.all(), prepared, problems, balanced, rejected, changes, kept }
  }

  /** After a commit that came to nothing: keeps what was read of the sources. */
  keep(): Promise<boolean> {
    return this.#sources.keep()
  }

  /** Commits the prepared targets whose sessions are still open, one after the other until one fails. */
  commitOpen(): Promise<OpenCommits> {
    return this.#targets.commitOpen()
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
