import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { performance } from 'node:perf_hooks'
import { missingApproval } from '../graph/approval.ts'
import { replayFlow } from '../graph/replay.ts'
import { bindParameters } from '../graph/settings.ts'
import { type Expansion, expandFlow } from '../graph/subflows.ts'
import { inputSpec } from '../operators/input/spec.ts'
import { createProblem, type Problem, ProblemError } from '../problems/index.ts'
import type { Token } from '../spec/index.ts'
import { type Connections, noConnections } from './connections.ts'
import type {
  Engine,
  EngineOptions,
  PreparedTarget,
  RunEvent,
  RunRequest,
  RunResult,
  Settlement,
} from './engine.ts'
import { EngineProcess, ProcessDied, problemOfDeath } from './engine-process.ts'
import type { ExecutionOutcome } from './execution.ts'
import type { ExecutionOptions } from './execution-options.ts'
import type { NodeState } from './ledger.ts'
import type { ProcessOptions, Work } from './messages.ts'
import { abandonAll, abortAll, type OpenCommits, settle } from './settlement.ts'
import { problemOf } from './system-problems.ts'

/** How long a request while drawing may take before its process is killed, in ms. */
const designDeadline = 30_000
/** How long a cancelled run may take to stop by itself, in ms. */
const cancelDeadline = 1_200

/**
 * An engine whose work happens in local child processes: one for design, and one for each run, of
 * which a spare is kept warm. `close` ends them all.
 */
export function createEngine(options: EngineOptions): Engine {
  mkdirSync(options.work, { recursive: true })
  mkdirSync(options.roots.files, { recursive: true })
  for (const name of readdirSync(options.work))
    rmSync(path.join(options.work, name), { recursive: true, force: true })
  return new LocalEngine(
    {
      roots: options.roots,
      work: path.resolve(options.work),
      keys: options.keys === undefined ? undefined : path.resolve(options.keys),
      memoryLimit: options.memoryLimit ?? 2 ** 30,
      inputLimit: options.inputLimit ?? 50 * 2 ** 30,
      spillLimit: options.spillLimit ?? 20 * 2 ** 30,
    },
    options.warm ?? false,
    options.connections ?? noConnections,
    options.sharedFolders ?? false,
  )
}

class LocalEngine implements Engine {
  readonly #options: ProcessOptions
  #designer: EngineProcess | undefined
  #spare: EngineProcess | undefined
  readonly #running = new Set<EngineProcess>()
  readonly #warm: boolean
  readonly #connections: Connections
  readonly #sharedFolders: boolean
  /** Tokens of what was decided on and is not known to have become true. */
  readonly #unsettled = new Map<string, readonly Token[]>()
  #closed = false

  constructor(options: ProcessOptions, warm: boolean, connections: Connections, sharedFolders: boolean) {
    this.#sharedFolders = sharedFolders
    this.#options = options
    this.#connections = connections
    this.#warm = warm
    this.#warmUp()
  }

  infer: Engine['infer'] = (flow) => this.#design('infer', [flow])
  renameColumn: Engine['renameColumn'] = (request) => this.#design('renameColumn', [request])
  breakages: Engine['breakages'] = (request) => this.#design('breakages', [request])
  lineage: Engine['lineage'] = (request) => this.#design('lineage', [request])
  compareRows: Engine['compareRows'] = (request) => this.#design('compareRows', [request])
  captureGolden: Engine['captureGolden'] = (request) => this.#design('captureGolden', [request])
  testGoldens: Engine['testGoldens'] = (flow, tests) => this.#design('testGoldens', [flow, tests])
  preview: Engine['preview'] = (request) => this.#design('preview', [request])
  evaluate: Engine['evaluate'] = (request) => this.#design('evaluate', [request])
  detect: Engine['detect'] = (kind, settings) => this.#design('detect', [kind, settings])
  plan: Engine['plan'] = (flow) => this.#design('plan', [flow])
  readChanges: Engine['readChanges'] = (folder, query) => this.#design('readChanges', [folder, query])
  searchRejects: Engine['searchRejects'] = (request) => this.#design('searchRejects', [request])
  readRejects: Engine['readRejects'] = (folder, query) => this.#design('readRejects', [folder, query])

  /** Design work of one user may take its process down; the next request has a new one. */
  async #design<Name extends keyof Work, Result>(name: Name, parameters: Work[Name]): Promise<Result> {
    if (this.#closed) throw new Error('the engine is closed')
    if (!this.#designer?.alive) this.#designer = new EngineProcess(this.#options, this.#connections)
    try {
      return await this.#designer.call<Name, Result>(name, parameters, { deadline: designDeadline })
    } catch (error) {
      if (error instanceof ProcessDied)
        throw new ProblemError(problemOfDeath(error, this.#options.memoryLimit))
      throw error
    }
  }

  #takeProcess(): EngineProcess {
    const taken = this.#spare?.alive ? this.#spare : new EngineProcess(this.#options, this.#connections)
    this.#spare = undefined
    return taken
  }

  #warmUp(): void {
    if (this.#warm && !this.#closed && !this.#spare?.alive)
      this.#spare = new EngineProcess(this.#options, this.#connections)
  }

  run: Engine['run'] = async (request) => {
    const { flow: whole, problems } = wholeFlow(request)
    const unapproved = request.dry || request.approved ? undefined : missingApproval(request.flow)
    const problem = problems[0] ?? unapproved
    if (problem) return new NodeStates({ ...request, flow: whole }).interrupted(problem, false, 0)
    if (!request.replay) return this.#run({ ...request, flow: whole }, undefined)
    const { nodeId, columns, rows } = request.replay
    try {
      const { flow, sourceId } = replayFlow(whole, nodeId, `replay-${request.runId.slice(0, 8)}`)
      return await this.#run({ ...request, flow, cursors: {} }, { columns, rows, sourceId })
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error
      return new NodeStates(request).interrupted(error.problem, false, 0)
    }
  }

  async #run(request: RunRequest, replay: ExecutionOptions['replay']): Promise<RunResult> {
    const started = performance.now()
    const states = new NodeStates(request)
    const workFolder = await mkdtemp(path.join(this.#options.work, 'run-'))
    const engineProcess = this.#takeProcess()
    this.#running.add(engineProcess)
    let killer: NodeJS.Timeout | undefined
    let killed = false
    const decision = { isMade: false }
    const cancel = () => {
      engineProcess.cancel()
      killer ??= setTimeout(() => engineProcess.kill(), cancelDeadline)
    }
    request.signal?.addEventListener('abort', cancel, { once: true })
    if (request.signal?.aborted) cancel()
    try {
      const {
        flow,
        runId,
        clock,
        parameters,
        resultFolder,
        cursors = {},
        backfill,
        dry = false,
        approved,
        usualRows = {},
        resumes,
      } = request
      const outcome = await engineProcess.call<'run', ExecutionOutcome>(
        'run',
        [
          {
            replay,
            flow,
            runId,
            clock,
            parameters,
            resultFolder,
            workFolder,
            cursors,
            backfill,
            dry,
            approved,
            usualRows,
            resumes,
          },
        ],
        {
          onEvent: (event) => states.note(event),
          onHold: (violations) => request.onHold?.(violations) ?? Promise.resolve('discard'),
        },
      )
      return await this.#conclude(request, outcome, started, engineProcess, decision)
    } catch (error) {
      // What was decided is made true by `recover`, and by nothing else.
      if (decision.isMade) throw error
      killed = true
      return states.interrupted(
        this.#problemOf(error, states),
        request.signal?.aborted ?? false,
        performance.now() - started,
      )
    } finally {
      clearTimeout(killer)
      request.signal?.removeEventListener('abort', cancel)
      await engineProcess.stop()
      this.#running.delete(engineProcess)
      if (killed) {
        await abandonAll(request.flow, request, this.#connections)
        if (!this.#sharedFolders) await this.sweep()
      }
      await rm(workFolder, { recursive: true, force: true })
      if (this.#running.size === 0) this.#warmUp()
    }
  }

  #problemOf(error: unknown, states: NodeStates): Problem {
    if (error instanceof ProcessDied) return problemOfDeath(error, this.#options.memoryLimit, states.running)
    return problemOf(error, states.running)
  }

  /** Commits what was prepared, or undoes it; nothing is committed before the tokens are stored. */
  async #conclude(
    request: RunRequest,
    outcome: ExecutionOutcome,
    started: number,
    engineProcess: EngineProcess,
    decision: { isMade: boolean },
  ): Promise<RunResult> {
    const result = (status: RunResult['status'], more: Partial<RunResult> = {}): RunResult => ({
      status,
      durationMs: Math.round(performance.now() - started),
      nodes: outcome.nodes,
      outputs: [],
      problems: outcome.problems,
      balanced: outcome.balanced,
      rejected: outcome.rejected,
      kept: outcome.kept,
      cursors: {},
      changes: outcome.changes,
      ...more,
    })
    const { targets } = outcome.prepared
    const undone = async (status: 'failed' | 'cancelled', problem?: Problem): Promise<RunResult> => {
      // An open session lets go of what it holds when its process is gone.
      await engineProcess.stop()
      await abortAll(targets, this.#connections)
      return result(status, {
        nodes: outcome.succeeded ? withTargets(outcome, request, () => status) : outcome.nodes,
        ...(problem && { problems: [...outcome.problems, problem] }),
      })
    }
    const cancelled = request.signal?.aborted ?? false
    if (!outcome.succeeded || cancelled) return undone(cancelled ? 'cancelled' : 'failed')
    if (request.dry) return result('succeeded')
    try {
      await request.onPrepared(outcome.prepared)
      decision.isMade = true
    } catch (error) {
      return undone('failed', problemOf(error, targets[0]?.nodeId))
    }
    const settlement = await this.#settle(
      targets,
      await commitOpen(engineProcess, targets, this.#options.memoryLimit),
    )
    if (settlement.outcome === 'aborted') {
      const kept = await engineProcess.call<'keep', boolean>('keep', []).catch(() => false)
      return { ...(await undone('failed', settlement.problem)), kept }
    }
    const isLost = (nodeId: string) =>
      settlement.outcome === 'partly' && !settlement.committed.includes(nodeId)
    return result(settlement.outcome === 'committed' ? 'succeeded' : 'failed', {
      nodes: withTargets(outcome, request, (nodeId) => (isLost(nodeId) ? 'failed' : 'succeeded')),
      outputs: targets
        .filter(({ nodeId }) => !isLost(nodeId))
        .map(({ nodeId, output }) => ({ nodeId, ...output })),
      ...(settlement.outcome === 'committed'
        ? { cursors: outcome.prepared.cursors }
        : { problems: [...outcome.problems, settlement.problem] }),
    })
  }

  recover: Engine['recover'] = (targets) => this.#settle(targets)

  /** Until it is settled, what was prepared must not be swept away. */
  async #settle(targets: readonly PreparedTarget[], commits?: OpenCommits): Promise<Settlement> {
    const tokens = targets.map(({ token }) => token)
    const key = JSON.stringify(tokens)
    this.#unsettled.set(key, tokens)
    const settlement = await settle(targets, this.#connections, commits)
    this.#unsettled.delete(key)
    return settlement
  }

  abandon: Engine['abandon'] = async ({ flow, ...run }) => {
    const [problem] = await abandonAll(wholeFlow({ flow, ...run }).flow, run, this.#connections)
    if (problem) throw new ProblemError(problem)
  }

  sweep: Engine['sweep'] = async () => {
    if (this.#running.size > 0) return 0
    const { files, folders } = this.#options.roots
    const kept = new Set([...this.#unsettled.values()].flat().flatMap((token) => Object.values(token)))
    const counts = await Promise.all(
      [files, ...Object.values(folders)].map((folder) => sweepFolder(folder, kept)),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }

  async close(): Promise<void> {
    this.#closed = true
    const all = [this.#designer, this.#spare, ...this.#running]
    await Promise.all(all.map((engineProcess) => engineProcess?.stop()))
  }
}

/** The flow of a run with those that it uses in their places, and why it cannot run. */
function wholeFlow({
  flow,
  parameters,
  clock,
  runId,
}: Pick<RunRequest, 'flow' | 'parameters' | 'clock' | 'runId'>): Expansion {
  const { flow: whole, problems } = expandFlow(flow, bindParameters(flow, parameters, clock, runId))
  const fed = whole.nodes.filter(
    ({ kind, disabled, settings }) => kind === inputSpec.kind && !disabled && settings['inside'] !== true,
  )
  const alone = fed.map(({ id }) => createProblem('flow.inputAlone', {}, { nodeId: id }))
  return { flow: whole, problems: [...problems, ...alone] }
}

/** Temporary files of targets begin so; see connectors/. */
const temporaryPrefix = '.millrace-'

async function sweepFolder(folder: string, kept: ReadonlySet<unknown>): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => [])
  const strays = entries
    .filter((entry) => entry.isFile() && entry.name.startsWith(temporaryPrefix))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !kept.has(file))
  for (const stray of strays) await rm(stray, { force: true })
  return strays.length
}

/** Lets the process commit what it holds open; whatever it does not confirm has to be asked for. */
async function commitOpen(
  engineProcess: EngineProcess,
  targets: readonly PreparedTarget[],
  memoryLimit: number,
): Promise<OpenCommits> {
  if (!targets.some(({ open }) => open)) return { committed: [], problem: null }
  return engineProcess.call<'commitOpen', OpenCommits>('commitOpen', []).catch((error: unknown) => ({
    committed: [],
    problem: error instanceof ProcessDied ? problemOfDeath(error, memoryLimit) : problemOf(error, undefined),
  }))
}

/** The nodes with the final state of the targets, which only the commit decides. */
function withTargets(
  outcome: ExecutionOutcome,
  request: RunRequest,
  stateOf: (nodeId: string) => NodeState,
): RunResult['nodes'] {
  const endedAt = new Date().toISOString()
  const targets = new Set(outcome.prepared.targets.map(({ nodeId }) => nodeId))
  return outcome.nodes.map((node) => {
    if (!targets.has(node.nodeId)) return node
    const state = stateOf(node.nodeId)
    request.onEvent({ type: 'node', nodeId: node.nodeId, state, problem: null })
    return { ...node, state, endedAt }
  })
}

/** What is known of the nodes when the process that knew all of it is gone. */
class NodeStates {
  readonly #request: RunRequest
  readonly #nodes = new Map<string, RunResult['nodes'][number]>()

  constructor(request: RunRequest) {
    this.#request = request
    for (const node of request.flow.nodes)
      this.#nodes.set(node.id, {
        nodeId: node.id,
        state: node.disabled ? 'skipped' : 'waiting',
        startedAt: null,
        endedAt: null,
        ledger: null,
        problem: null,
      })
  }

  get running(): string | undefined {
    return [...this.#nodes.values()].findLast(({ state }) => state === 'running')?.nodeId
  }

  note(event: RunEvent): void {
    if (event.type === 'node') {
      const node = this.#nodes.get(event.nodeId)
      const now = new Date().toISOString()
      if (node)
        this.#nodes.set(event.nodeId, {
          ...node,
          state: event.state,
          problem: event.problem,
          startedAt: node.startedAt ?? now,
          endedAt: event.state === 'running' ? null : now,
        })
    }
    this.#request.onEvent(event)
  }

  interrupted(problem: Problem, cancelled: boolean, durationMs: number): RunResult {
    const culprit = this.running
    for (const node of [...this.#nodes.values()]) {
      if (node.state !== 'running') continue
      const failed = !cancelled && node.nodeId === culprit
      this.note({
        type: 'node',
        nodeId: node.nodeId,
        state: failed ? 'failed' : 'cancelled',
        problem: failed ? problem : null,
      })
    }
    return {
      status: cancelled ? 'cancelled' : 'failed',
      durationMs: Math.round(durationMs),
      nodes: [...this.#nodes.values()],
      outputs: [],
      problems: cancelled ? [] : [problem],
      balanced: null,
      rejected: 0,
      kept: false,
      changes: [],
      cursors: {},
    }
  }
}
