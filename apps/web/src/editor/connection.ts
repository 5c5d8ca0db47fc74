import { edgeId, type Flow, type FlowEdge, type Label, nodeKinds } from '@millrace/engine'

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
  noPort: { en: 'There is no such port.', zh: '端口不存在。' },
} as const satisfies Record<string, Label>

/** Why an edge may not be added to the flow, or undefined when it may. */
export function refusal(flow: Pick<Flow, 'nodes' | 'edges'>, edge: FlowEdge): Label | undefined {
  if (edge.from.node === edge.to.node) return refusals.itself
  const from = flow.nodes.find((node) => node.id === edge.from.node)
  const to = flow.nodes.find((node) => node.id === edge.to.node)
  const outputs = from && nodeKinds.get(from.kind)?.outputs(from.settings)
  const input = to && nodeKinds.get(to.kind)?.inputs.find((port) => port.name === edge.to.port)
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
export function downstream(edges: readonly FlowEdge[], nodeId: string): Set<string> {
  const reached = new Set<string>()
  const waiting = [nodeId]
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
    for (const edge of edges)
      if (edge.from.node === id && !reached.has(edge.to.node)) {
        reached.add(edge.to.node)
        waiting.push(edge.to.node)
      }
  return reached
}

/** The first input of a node that can take an edge from the output given. */
export function freeInput(
  flow: Pick<Flow, 'nodes' | 'edges'>,
  from: FlowEdge['from'],
  nodeId: string,
): FlowEdge | undefined {
  const node = flow.nodes.find((item) => item.id === nodeId)
  const inputs = (node && nodeKinds.get(node.kind)?.inputs) ?? []
  return inputs
    .map((port): FlowEdge => ({ from, to: { node: nodeId, port: port.name } }))
    .find((edge) => refusal(flow, edge) === undefined)
}
