import { buildGraph } from '../graph/graph.ts'
import { bindParameters, resolveSettings } from '../graph/settings.ts'
import type { Flow } from '../model/index.ts'
import { createProblem, type Problem } from '../problems/index.ts'
import { type Connections, connectionAccess } from './connections.ts'
import type { PreparedTarget, Settlement } from './engine.ts'
import { targetRuntime } from './runtimes.ts'
import { problemOf } from './system-problems.ts'

/** What the process that holds open sessions says of its commits. */
export interface OpenCommits {
  readonly committed: readonly string[]
  /** Why it did not go on to the next. */
  readonly problem: Problem | null
}

const accessOf = (connections: Connections, { nodeId }: PreparedTarget) =>
  connectionAccess(connections, { nodeId })

/**
 * Makes true what was decided. Targets that only their own session can commit go first: as long as the
 * first of them has not committed, everything can still be undone; afterwards the others are committed,
 * which prepared targets can always be. Rejects while a system cannot be asked; calling it again goes on.
 */
export async function settle(
  targets: readonly PreparedTarget[],
  connections: Connections,
  commits: OpenCommits = { committed: [], problem: null },
): Promise<Settlement> {
  const open = targets.filter((target) => target.open)
  const lost: string[] = []
  for (const target of open)
    if (!commits.committed.includes(target.nodeId) && (await outcomeOf(target, connections)) === 'aborted')
      lost.push(target.nodeId)
  const [first] = lost
  const reason =
    first === undefined
      ? undefined
      : (commits.problem ?? createProblem('target.undone', {}, { nodeId: first }))
  if (reason && lost.length === open.length) {
    await abortAll(targets, connections)
    return { outcome: 'aborted', problem: reason }
  }
  const kept = targets.filter(({ nodeId }) => !lost.includes(nodeId))
  for (const target of kept)
    await targetRuntime(target.kind).commit(target.token, accessOf(connections, target))
  if (!reason) return { outcome: 'committed' }
  await abortAll(
    targets.filter(({ nodeId }) => lost.includes(nodeId)),
    connections,
  )
  const committed = kept.map(({ nodeId }) => nodeId)
  const detail = { committed: committed.join(', '), lost: lost.join(', '), reason: reason.message.en }
  return {
    outcome: 'partly',
    committed,
    problem: createProblem('target.partly', detail, { nodeId: lost[0] }),
  }
}

/** Undoes what a run that died before its decision left at its targets. Returns what could not be undone yet. */
export async function abandonAll(
  flow: Flow,
  run: {
    readonly runId: string
    readonly clock: string
    readonly parameters: Readonly<Record<string, string>>
  },
  connections: Connections,
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  const bindings = bindParameters(flow, run.parameters, run.clock, run.runId)
  for (const { node, kind } of buildGraph(flow).nodes) {
    const { settings } = resolveSettings(node, kind, bindings)
    if (kind.role !== 'target' || !settings) continue
    await targetRuntime(node.kind)
      .abandon?.(
        { runId: run.runId, nodeId: node.id },
        settings,
        connectionAccess(connections, { nodeId: node.id }),
      )
      .catch((error: unknown) => problems.push(problemOf(error, node.id)))
  }
  return problems
}

async function outcomeOf(target: PreparedTarget, connections: Connections) {
  const { outcome } = targetRuntime(target.kind)
  if (!outcome) throw new Error(`${target.kind} cannot tell what became of its session`)
  return outcome(target.token, accessOf(connections, target))
}

/** Removes what targets prepared; a system that cannot be reached keeps it until `recover` at the next start. */
export async function abortAll(
  targets: readonly PreparedTarget[],
  connections: Connections,
): Promise<readonly Problem[]> {
  const problems: Problem[] = []
  for (const target of targets)
    await targetRuntime(target.kind)
      .abort(target.token, accessOf(connections, target))
      .catch((error: unknown) => problems.push(problemOf(error, target.nodeId)))
  return problems
}
