import { edgeId, type Flow, type FlowEdge, type FlowNode, type Label, nodeKinds } from '@millrace/engine'

const refusals = {
  itself: { en: 'A node cannot feed itself.', zh: '节点不能连接到自身。' },
  cycle: {
    en: 'This would make the rows go round in a circle.',
    zh: '这样会形成环路，数据将循环流动。',
  },
  taken: {
    en: 'This input already has an edge. Remove it first, or put a union before it.',
    zh: '该输入端口已有连线。请先删除原连线，或在前面加入“合并”节点。',
  },
  twice: { en: 'These two ports are connected already.', zh: '这两个端口已经相连。' },
  noInput: { en: 'A source takes no rows.', zh: '数据源没有输入端口。' },
  noOutput: { en: 'A target gives no rows.', zh: '目标节点没有输出端口。' },
  noPort: { en: 'There is no such port.', zh: '端口不存在。' },
} as const satisfies Record<string, Label>

/** Why an edge may not be added to the flow, or undefined when it may. */
export function refusal(flow: Pick<Flow, 'nodes' | 'edges'>, edge: FlowEdge): Label | undefined {
  if (edge.from.node === edge.to.node) return refusals.itself
  const from = flow.nodes.find((node) => node.id === edge.from.node)
  const to = flow.nodes.find((node) => node.id === edge.to.node)
  const outputs = from && nodeKinds.get(from.kind)?.outputs(from.settings)
  const input =
    to &&
    nodeKinds
      .get(to.kind)
      ?.inputs(to.settings)
      .find((port) => port.name === edge.to.port)
  if (!input || !outputs?.some((port) => port.name === edge.from.port)) return refusals.noPort
  if (flow.edges.some((other) => edgeId(other) === edgeId(edge))) return refusals.twice
  if (
    !input.many &&
    flow.edges.some((other) => other.to.node === edge.to.node && other.to.port === edge.to.port)
  )
    return refusals.taken
  if (downstream(flow.edges, edge.to.node).has(edge.from.node)) return refusals.cycle
  return undefined
}

/** All nodes that rows leaving `nodeId` can reach. */
export const downstream = (edges: readonly FlowEdge[], nodeId: string): Set<string> =>
  reach(
    Map.groupBy(edges, (edge) => edge.from.node),
    nodeId,
    (edge) => edge.to.node,
  )

/** All nodes whose rows can reach `nodeId`. */
export const upstream = (edges: readonly FlowEdge[], nodeId: string): Set<string> =>
  reach(
    Map.groupBy(edges, (edge) => edge.to.node),
    nodeId,
    (edge) => edge.from.node,
  )

function reach(
  edgesAt: ReadonlyMap<string, readonly FlowEdge[]>,
  nodeId: string,
  next: (edge: FlowEdge) => string,
): Set<string> {
  const reached = new Set<string>()
  const waiting = [nodeId]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
    for (const edge of edgesAt.get(id) ?? []) {
      const other = next(edge)
      if (reached.has(other)) continue
      reached.add(other)
      waiting.push(other)
    }
  return reached
}

/** What a node answers to an edge that is being drawn: the edge that it would be, or why there is none. */
export type Answer = { readonly edge: FlowEdge } | { readonly reason: Label }

/** The answers of all nodes to an edge that is drawn from a port; that of its own node says why not. */
export function answers(
  flow: Pick<Flow, 'nodes' | 'edges'>,
  drawnFrom: FlowEdge['from'],
  side: 'output' | 'input',
): Map<string, Answer> {
  const circular = (side === 'output' ? upstream : downstream)(flow.edges, drawnFrom.node)
  const taken = new Set(flow.edges.map(({ to }) => `${to.node}:${to.port}`))
  const made = new Set(flow.edges.map(edgeId))
  const judge = (edge: FlowEdge, many: boolean): Answer => {
    if (made.has(edgeId(edge))) return { reason: refusals.twice }
    if (!many && taken.has(`${edge.to.node}:${edge.to.port}`)) return { reason: refusals.taken }
    return { edge }
  }
  const own = flow.nodes.find(({ id }) => id === drawnFrom.node)
  const ownInput =
    own &&
    nodeKinds
      .get(own.kind)
      ?.inputs(own.settings)
      .find(({ name }) => name === drawnFrom.port)
  const answerOf = (node: FlowNode): Answer => {
    if (node.id === drawnFrom.node) return { reason: refusals.itself }
    if (circular.has(node.id)) return { reason: refusals.cycle }
    const kind = nodeKinds.get(node.kind)
    if (side === 'output') {
      const judged = (kind?.inputs(node.settings) ?? []).map((input) =>
        judge({ from: drawnFrom, to: { node: node.id, port: input.name } }, input.many ?? false),
      )
      return judged.find((answer) => 'edge' in answer) ?? judged[0] ?? { reason: refusals.noInput }
    }
    const outputs = kind?.outputs(node.settings) ?? []
    const output = outputs.find(({ name }) => name !== 'rejects') ?? outputs[0]
    if (!output) return { reason: refusals.noOutput }
    return judge({ from: { node: node.id, port: output.name }, to: drawnFrom }, ownInput?.many ?? false)
  }
  return new Map(flow.nodes.map((node) => [node.id, answerOf(node)]))
}

/** The first input of a node that can take an edge from the output given. */
export function freeInput(
  flow: Pick<Flow, 'nodes' | 'edges'>,
  from: FlowEdge['from'],
  nodeId: string,
): FlowEdge | undefined {
  const node = flow.nodes.find((item) => item.id === nodeId)
  const inputs = (node && nodeKinds.get(node.kind)?.inputs(node.settings)) ?? []
  return inputs
    .map((port): FlowEdge => ({ from, to: { node: nodeId, port: port.name } }))
    .find((edge) => refusal(flow, edge) === undefined)
}
