import type { InferredNode } from '../graph/infer.ts'

/** A port, as `node.port`: the name of its relation. */
type PortName = string

export interface Stage {
  /** `land`: the rows of a port become a table. `write`: a target gets its rows. */
  readonly type: 'land' | 'write'
  readonly nodeId: string
  readonly port: string
  /** Every node whose work this one statement does, the stage's own last. */
  readonly nodeIds: readonly string[]
}

export interface Plan {
  readonly stages: readonly Stage[]
  readonly landed: ReadonlySet<PortName>
  /** Landed ports that keep each row's position in its source, for rejects further down. */
  readonly positioned: ReadonlySet<PortName>
}

/** Functions that give another value at each evaluation; rows that depend on them are computed once. */
const volatile =
  /\b(random|uuid|gen_random_uuid|uuidv4|uuidv7|millrace_encrypt)\s*\(|\b(?:USING SAMPLE|TABLESAMPLE)\b/i

const consumers = (node: InferredNode, port: string): number => node.outgoing.get(port)?.length ?? 0

/** How often the rows of a port are read: once for each output in use of each node that they reach. */
const readings = (node: InferredNode, port: string, nodes: ReadonlyMap<string, InferredNode>): number =>
  (node.outgoing.get(port) ?? []).reduce((sum, edge) => {
    const reader = nodes.get(edge.to.node)
    const outputs = [...(reader?.outgoing ?? [])].filter(
      ([name, edges]) => name !== 'rejects' && edges.length > 0,
    )
    return sum + Math.max(1, outputs.length)
  }, 0)

const isRejecting = (node: InferredNode): boolean => node.compiled?.rejects !== undefined

/** Whether each output row of the node still is one row of its first input. */
const keepsRows = (node: InferredNode): boolean =>
  node.kind.role === 'source' ||
  (node.kind.role === 'operator' && node.kind.operator.spec.provenance === 'keep')

/**
 * Decides which ports become tables. Everything else stays a view and is fused by DuckDB into the
 * statement of the stage that reads it.
 *
 * Rewrites, each with what makes it necessary:
 * - *land shared*: a port that is read more than once (by several edges, or by a node with several
 *   outputs in use) is computed once, so that all of its readers see the same rows;
 * - *land volatile*: what `random()` and its kin decide is decided once;
 * - *land counted*: what a node counts while it computes its rows is counted once, in their table;
 * - *land before rejects*: structural faults of a source are known only after it has been read to its end.
 */
export function planFlow(nodes: readonly InferredNode[]): Plan {
  const landed = new Set<PortName>()
  const byId = new Map(nodes.map((node) => [node.node.id, node]))
  for (const node of nodes) {
    for (const port of Object.keys(node.columns)) {
      if (port === 'rejects') continue
      const select = node.compiled?.outputs[port]?.text ?? ''
      const needsRejects = node.kind.role === 'source' && consumers(node, 'rejects') > 0
      const isCounted = node.compiled?.counted?.port === port
      if (readings(node, port, byId) > 1 || isCounted || volatile.test(select) || needsRejects)
        landed.add(`${node.node.id}.${port}`)
    }
  }
  const stages: Stage[] = []
  for (const node of nodes) {
    if (node.kind.role === 'target')
      stages.push({ type: 'write', nodeId: node.node.id, port: 'in', nodeIds: fused(node, byId, landed) })
    for (const port of Object.keys(node.columns))
      if (landed.has(`${node.node.id}.${port}`))
        stages.push({ type: 'land', nodeId: node.node.id, port, nodeIds: fused(node, byId, landed) })
  }
  const order = (stage: Stage) => (stage.type === 'land' ? 0 : 1)
  return {
    stages: stages.sort((a, b) => order(a) - order(b)),
    landed,
    positioned: positionedPorts(nodes, landed),
  }
}

/** The node and all upstream of it up to the next landed port, in topological order. */
function fused(
  node: InferredNode,
  byId: ReadonlyMap<string, InferredNode>,
  landed: ReadonlySet<PortName>,
): string[] {
  const ids = new Set<string>()
  const visit = (current: InferredNode) => {
    for (const edge of [...current.incoming.values()].flat()) {
      const upstream = byId.get(edge.from.node)
      if (upstream && !ids.has(edge.from.node) && !landed.has(`${edge.from.node}.${edge.from.port}`))
        visit(upstream)
    }
    ids.add(current.node.id)
  }
  visit(node)
  return [...ids]
}

/** Landed ports from which rows reach a node that can reject them, through nodes that keep rows. */
function positionedPorts(nodes: readonly InferredNode[], landed: ReadonlySet<PortName>): Set<PortName> {
  const wantsPosition = new Set<string>()
  const positioned = new Set<PortName>()
  for (const node of nodes.toReversed()) {
    const reached = [...node.outgoing].some(([, edges]) =>
      edges.some((edge) => wantsPosition.has(edge.to.node)),
    )
    if (isRejecting(node) || (reached && keepsRows(node))) wantsPosition.add(node.node.id)
    if (!reached || !keepsRows(node)) continue
    for (const port of Object.keys(node.columns))
      if (landed.has(`${node.node.id}.${port}`)) positioned.add(`${node.node.id}.${port}`)
  }
  return positioned
}
