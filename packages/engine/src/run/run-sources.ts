import { isDeepStrictEqual } from 'node:util'
import type { InferredNode } from '../graph/infer.ts'
import type { FlowNode } from '../model/index.ts'
import { fail, ProblemError } from '../problems/index.ts'
import type { OpenedSource, Token } from '../spec/index.ts'
import { inAttempts } from './attempts.ts'
import type { ExecutionOptions } from './execution-options.ts'
import { discardRows, KeptRows, keepRows, notKeptEvent, type ReadSource, takenEvent } from './kept-rows.ts'
import { openReplay } from './replay-source.ts'
import { sourceRuntime } from './runtimes.ts'
import type { SourceState } from './source-state.ts'
import { problemOf } from './system-problems.ts'

type Settings = Readonly<Record<string, unknown>>

/** The sources of a run: opened, received, and kept when it fails. */
export class RunSources {
  readonly #options: ExecutionOptions
  readonly #opened = new Map<string, OpenedSource>()
  /** What sources ask for, those that a replay feeds left out. */
  readonly #asked = new Map<string, SourceState>()
  /** Sources that have sent their rows, and the columns that they were asked for. */
  readonly #received = new Map<string, ReadonlySet<string> | undefined>()
  #keptRows: KeptRows | undefined

  constructor(options: ExecutionOptions) {
    this.#options = options
  }

  /** Those that are open, by node. */
  get opened(): ReadonlyMap<string, OpenedSource> {
    return this.#opened
  }

  /** Makes ready what a failed run had read, where this one goes on from there. */
  async resume(): Promise<void> {
    const { resumes, session, workFolder } = this.#options
    if (resumes !== undefined) this.#keptRows = await KeptRows.open(session, resumes, workFolder)
  }

  /** @throws ProblemError located at the node */
  async open(node: FlowNode, settings: Settings): Promise<OpenedSource> {
    const opened = await this.#open(node, settings).catch((error: unknown) => {
      this.#options.signal.throwIfAborted()
      throw new ProblemError(problemOf(error, node.id))
    })
    this.#opened.set(node.id, opened)
    return opened
  }

  async #open(node: FlowNode, settings: Settings): Promise<OpenedSource> {
    const { replay, asked, context: contextOf, onEvent, signal } = this.#options
    const context = contextOf(node.id)
    if (replay?.sourceId === node.id) return openReplay(context, replay)
    const state = await asked(node, settings)
    this.#asked.set(node.id, state)
    const kept = this.#keptRows?.source(context, state.key)
    if (kept) {
      onEvent(takenEvent(node.id, kept.estimatedRows ?? 0))
      return kept
    }
    // What a failed attempt has left is not used by anything.
    return inAttempts(node, signal, onEvent, () => sourceRuntime(node.kind).open(context, settings))
  }

  /** Has a source send its rows; after a failed attempt, all of them as they are then. */
  async receive(source: InferredNode, wanted: ReadonlySet<string> | undefined): Promise<void> {
    const { signal, onEvent } = this.#options
    const { id } = source.node
    await inAttempts(source.node, signal, onEvent, (attempt) => this.#take(source, wanted, attempt)).catch(
      (error: unknown) => {
        signal.throwIfAborted()
        throw new ProblemError(problemOf(error, id))
      },
    )
    this.#received.set(id, wanted)
  }

  async #take(
    { node, settings }: InferredNode,
    wanted: ReadonlySet<string> | undefined,
    attempt: number,
  ): Promise<void> {
    const before = this.#opened.get(node.id)
    if (attempt === 1) return before?.reception?.take(wanted)
    const opened = await sourceRuntime(node.kind).open(this.#options.context(node.id), settings)
    if (!isDeepStrictEqual(opened.columns, before?.columns))
      fail('run.columnsChanged', {}, { nodeId: node.id })
    this.#opened.set(node.id, opened)
    await opened.reception?.take(wanted)
  }

  /** Up to where the incremental ones have been read. */
  cursors(): Readonly<Record<string, Token>> {
    // What a replay reads beside its rows is read as a whole, and moves nothing on.
    const read = this.#options.replay ? [] : [...this.#opened]
    return Object.fromEntries(read.flatMap(([id, { cursor }]) => (cursor ? [[id, cursor]] : [])))
  }

  /**
   * After a failure: keeps what was read, so that the run can be gone on with from where it failed; says
   * whether it could.
   */
  async keep(): Promise<boolean> {
    const { dry, replay, signal, session, workFolder, resultFolder, onEvent } = this.#options
    if (dry || replay || signal.aborted) return false
    const read = [...this.#opened].flatMap(([nodeId, opened]): ReadSource[] => {
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
}
