import { Graph, layout } from '@dagrejs/dagre'
import type { Flow } from '@millrace/engine'
import { columnStep, gridStep } from './new-node.ts'

const card = { width: 224, height: 88 }

/** Places for all nodes, left to right along the edges; top left corners in canvas pixels. */
export function layoutPlaces(flow: Pick<Flow, 'nodes' | 'edges'>): Map<string, { x: number; y: number }> {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 48, ranksep: columnStep - card.width })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const node of flow.nodes) graph.setNode(node.id, { ...card })
  for (const edge of flow.edges) graph.setEdge(edge.from.node, edge.to.node)
  layout(graph)
  const snap = (value: number) => Math.round(value / gridStep) * gridStep
  return new Map(
    flow.nodes.map(({ id }) => {
      const { x = 0, y = 0 } = graph.node(id)
      return [id, { x: snap(x - card.width / 2), y: snap(y - card.height / 2) }]
    }),
  )
}
