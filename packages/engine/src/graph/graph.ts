import { edgeId, type Flow, type FlowEdge, type FlowNode } from '../model/index.ts'
import { createProblem, type Problem } from '../problems/index.ts'
import { type NodeKind, nodeKinds } from './kinds.ts'

export interface GraphNode {
  readonly node: FlowNode
  readonly kind: NodeKind
  /** The edges that arrive, by input port, in the order of the flow. */
  readonly incoming: ReadonlyMap<string, readonly FlowEdge[]>
  /** The edges that leave, by output port. */
  readonly outgoing: ReadonlyMap<string, readonly FlowEdge[]>
}

export interface Graph {
  /** In an order in which every node comes after those that feed it; disabled nodes are left out. */
  readonly nodes: readonly GraphNode[]
  readonly byId: ReadonlyMap<string, GraphNode>
  readonly problems: readonly Problem[]
}

/**
 * Builds the graph of a flow's enabled nodes and reports what is wrong with its shape. Edges with
 * a missing end are reported and left out, so the rest of the flow can still be inferred. `known`
 * are the kinds that a node can be.
 */
export function buildGraph(flow: Flow, known: ReadonlyMap<string, NodeKind> = nodeKinds): Graph {
  const problems: Problem[] = []
  const kinds = new Map<string, { node: FlowNode; kind: NodeKind }>()
  for (const node of flow.nodes) {
    if (kinds.has(node.id)) {
      problems.push(createProblem('node.duplicateId', { id: node.id }, { nodeId: node.id }))
      continue
    }
    const kind = known.get(node.kind)
    if (kind) kinds.set(node.id, { node, kind })
    else problems.push(createProblem('node.unknownKind', { kind: node.kind }, { nodeId: node.id }))
  }

  const edges = soundEdges(flow, kinds, problems)
  const isEnabled = (id: string) => kinds.get(id)?.node.disabled === false
  const active = edges.filter((edge) => isEnabled(edge.from.node) && isEnabled(edge.to.node))
  const incoming = Map.groupBy(active, (edge) => edge.to.node)
  const outgoing = Map.groupBy(active, (edge) => edge.from.node)
  const graphNodes = new Map<string, GraphNode>()
  for (const [id, { node, kind }] of kinds) {
    if (node.disabled) continue
    graphNodes.set(id, {
      node,
      kind,
      incoming: Map.groupBy(incoming.get(id) ?? [], (edge) => edge.to.port),
      outgoing: Map.groupBy(outgoing.get(id) ?? [], (edge) => edge.from.port),
    })
  }
  for (const graphNode of graphNodes.values()) checkInputs(graphNode, problems)

  const { order, circle } = sort(graphNodes)
  if (circle.length > 0)
    problems.push(createProblem('flow.cycle', { nodes: circle.join(', ') }, { nodeId: circle[0] }))
  return { nodes: order, byId: graphNodes, problems }
}

function soundEdges(
  flow: Flow,
  kinds: ReadonlyMap<string, { node: FlowNode; kind: NodeKind }>,
  problems: Problem[],
): FlowEdge[] {
  const seen = new Set<string>()
  return flow.edges.filter((edge) => {
    const id = edgeId(edge)
    if (seen.has(id)) return false
    seen.add(id)
    const from = kinds.get(edge.from.node)
    const to = kinds.get(edge.to.node)
    const knowsFrom = from?.kind.outputs(from.node.settings).some((port) => port.name === edge.from.port)
    const knowsTo = to?.kind.inputs(to.node.settings).some((port) => port.name === edge.to.port)
    if (!knowsFrom && (from || !to))
      problems.push(
        createProblem(
          'edge.unknownEnd',
          { end: `${edge.from.node}:${edge.from.port}` },
          { nodeId: edge.from.node },
        ),
      )
    if (!knowsTo && (to || !from))
      problems.push(
        createProblem(
          'edge.unknownEnd',
          { end: `${edge.to.node}:${edge.to.port}` },
          { nodeId: edge.to.node },
        ),
      )
    return knowsFrom === true && knowsTo === true
  })
}

function checkInputs({ node, kind, incoming }: GraphNode, problems: Problem[]): void {
  for (const port of kind.inputs(node.settings)) {
    const count = incoming.get(port.name)?.length ?? 0
    const location = { nodeId: node.id, port: port.name }
    if (count === 0 && !port.optional)
      problems.push(createProblem('port.unconnected', { port: port.label }, location))
    if (count > 1 && !port.many) problems.push(createProblem('port.tooMany', { port: port.label }, location))
  }
}

/** Kahn's algorithm; what never becomes free is (or hangs on) a circle. */
function sort(nodes: ReadonlyMap<string, GraphNode>): { order: GraphNode[]; circle: string[] } {
  const waiting = new Map([...nodes].map(([id, { incoming }]) => [id, [...incoming.values()].flat().length]))
  const ready = [...nodes.values()].filter(({ node }) => waiting.get(node.id) === 0)
  const order: GraphNode[] = []
  for (let next = ready.shift(); next; next = ready.shift()) {
    order.push(next)
    for (const edge of [...next.outgoing.values()].flat()) {
      const left = (waiting.get(edge.to.node) ?? 0) - 1
      waiting.set(edge.to.node, left)
      const target = nodes.get(edge.to.node)
      if (left === 0 && target) ready.push(target)
    }
  }
  const placed = new Set(order.map(({ node }) => node.id))
  return { order, circle: [...nodes.keys()].filter((id) => !placed.has(id)) }
}
