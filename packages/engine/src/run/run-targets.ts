import type { InferredNode } from '../graph/infer.ts'
import type { FlowNode } from '../model/index.ts'
import { fail, ProblemError } from '../problems/index.ts'
import type { Input, WriteSession, Written } from '../spec/index.ts'
import { type Sql, sql } from '../sql/index.ts'
import { inAttempts } from './attempts.ts'
import {
  compareWithTarget,
  keepChanges,
  rejectedForKeys,
  rejectedRows,
  type TargetChanges,
} from './changes.ts'
import type { PreparedTarget } from './engine.ts'
import type { ExecutionOptions } from './execution-options.ts'
import { targetRuntime } from './runtimes.ts'
import type { OpenCommits } from './settlement.ts'
import { problemOf } from './system-problems.ts'

/** Does not keep a run from beginning: rows are refused one by one, or a trigger of the database gives the value. */
const refusesRows = 'table.needsColumn'

/** The targets of a run: written where nobody sees it, prepared, and undone when it fails. */
export class RunTargets {
  readonly #options: ExecutionOptions
  readonly #writers = new Map<string, WriteSession>()
  readonly #prepared: PreparedTarget[] = []
  /** Prepared targets that only their own session can commit. */
  readonly #uncommitted = new Map<string, WriteSession>()
  /** The rows that targets refused, or would refuse in a dry run, as SELECTs of `Compiled.rejects`. */
  readonly #refused = new Map<string, Sql>()
  readonly #changes = new Map<string, TargetChanges>()

  constructor(options: ExecutionOptions) {
    this.#options = options
  }

  get prepared(): readonly PreparedTarget[] {
    return this.#prepared
  }

  /** What each would become, as far as it was compared. */
  get changes(): readonly TargetChanges[] {
    return [...this.#changes.values()]
  }

  /** The rows that a target refused, or would refuse in a dry run, as a SELECT of `Compiled.rejects`. */
  refusedBy(nodeId: string): Sql | undefined {
    return this.#refused.get(nodeId)
  }

  /**
   * What would become of a target; where a dry run was approved, it must still be the same. What it would reject
   * is the same in a dry run, and so is what the run would fail of before its first row.
   */
  compare(target: InferredNode, input: Input): Promise<void> {
    return this.#inAttempts(target.node, () => this.#compare(target, input))
  }

  /** In a dry run: how many rows would be written. */
  async estimate({ node }: InferredNode, input: Input): Promise<number> {
    const rows = await this.#options.session.count(sql`SELECT count(*) FROM ${input.relation}`)
    const changes = this.#changes.get(node.id)
    return changes ? rows - rejectedRows(changes) : rows
  }

  async #compare({ node, settings }: InferredNode, input: Input): Promise<void> {
    const { session, approved, dry } = this.#options
    const { check, standing: read } = targetRuntime(node.kind)
    const context = this.#options.context(node.id)
    const found = dry ? await check?.(context, settings, input.columns) : undefined
    const fatal = found?.find(({ code, severity }) => severity === 'error' && code !== refusesRows)
    if (fatal) throw new ProblemError({ ...fatal, location: { nodeId: node.id, ...fatal.location } })
    const standing = await read?.(context, settings, input.columns)
    const changes = await compareWithTarget(session, node.id, input, standing)
    this.#changes.set(node.id, changes)
    if (dry && rejectedRows(changes) > 0) this.#refused.set(node.id, rejectedForKeys(changes))
    if (approved && approved[node.id] !== changes.digest) fail('run.changed', {}, { nodeId: node.id })
  }

  /** Writes all rows where nobody sees them. */
  async write(target: InferredNode, input: Input): Promise<Written> {
    const written = await this.#inAttempts(target.node, (attempt) => this.#stage(target, input, attempt))
    if (written.rejects) this.#refused.set(target.node.id, written.rejects)
    return written
  }

  /** What an earlier attempt left there is undone before. */
  async #stage({ node, settings }: InferredNode, input: Input, attempt: number): Promise<Written> {
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

  #inAttempts<Result>(node: FlowNode, work: (attempt: number) => Promise<Result>): Promise<Result> {
    return inAttempts(node, this.#options.signal, this.#options.onEvent, work)
  }

  /** Stores with a dry run what it would change. */
  async keepChanges(): Promise<void> {
    const { session, workFolder, resultFolder, dry } = this.#options
    if (!dry) return
    await keepChanges(session, [...this.#changes.keys()], workFolder, resultFolder)
  }

  /** Makes durable what was written. @throws ProblemError located at the target that cannot */
  async prepare(nodes: readonly InferredNode[]): Promise<void> {
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
        throw new ProblemError(problemOf(error, node.id))
      }
    }
  }

  /** Undoes what was written and prepared. */
  async undo(): Promise<void> {
    for (const writer of this.#writers.values()) await writer.abort().catch(() => {})
    for (const writer of this.#uncommitted.values()) await writer.abort().catch(() => {})
    for (const { nodeId, kind, token } of this.#prepared)
      await targetRuntime(kind).abort(token, this.#options.context(nodeId))
    this.#uncommitted.clear()
    this.#prepared.length = 0
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
