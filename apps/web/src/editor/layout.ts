import { Graph, layout } from '@dagrejs/dagre'
import type { Flow } from '@millrace/engine'
import { columnStep, gridStep } from './new-node.ts'

const card = { width: 224, height: 88 }

export type Places = Map<string, { x: number; y: number }>

/** Places for all nodes, left to right along the edges; top left corners in canvas pixels. */
export function layoutPlaces(flow: Pick<Flow, 'nodes' | 'edges'>): Places {
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

/** Places for some nodes, laid out among themselves with their top left corner where it was. */
export function selectionPlaces(flow: Pick<Flow, 'nodes' | 'edges'>, ids: ReadonlySet<string>): Places {
  const nodes = flow.nodes.filter(({ id }) => ids.has(id))
  const edges = flow.edges.filter(({ from, to }) => ids.has(from.node) && ids.has(to.node))
  const places = layoutPlaces({ nodes, edges })
  const corner = (of: readonly { x: number; y: number }[]) => ({
    x: Math.min(...of.map(({ x }) => x)),
    y: Math.min(...of.map(({ y }) => y)),
  })
  const was = corner(nodes.map(({ position }) => position))
  const is = corner([...places.values()])
  return new Map([...places].map(([id, { x, y }]) => [id, { x: x - is.x + was.x, y: y - is.y + was.y }]))
}

export type Alignment = 'left' | 'top' | 'middle' | 'across' | 'down'

/**
 * Places of nodes in line: at the leftmost edge, the highest, on one middle line, or with equal gaps across
 * or down between the outermost two, which stay.
 */
export function alignedPlaces(nodes: Flow['nodes'], alignment: Alignment): Places {
  const places: Places = new Map(nodes.map(({ id, position }) => [id, { ...position }]))
  const xs = nodes.map(({ position }) => position.x)
  const ys = nodes.map(({ position }) => position.y)
  const axis = alignment === 'across' ? 'x' : 'y'
  if (alignment === 'left') for (const place of places.values()) place.x = Math.min(...xs)
  else if (alignment === 'top') for (const place of places.values()) place.y = Math.min(...ys)
  else if (alignment === 'middle') {
    // All cards are equally high, so equal tops are equal middles.
    const y = Math.round((Math.min(...ys) + Math.max(...ys)) / 2 / gridStep) * gridStep
    for (const place of places.values()) place.y = y
  } else {
    const inLine = [...places.values()].toSorted((a, b) => a[axis] - b[axis])
    const [first, last] = [inLine[0], inLine.at(-1)]
    if (!first || !last) return places
    const gap = (last[axis] - first[axis]) / (inLine.length - 1)
    const start = first[axis]
    for (const [n, place] of inLine.entries()) place[axis] = Math.round(start + gap * n)
  }
  return places
}
