import {
  diffFlows,
  edgeId,
  type Flow,
  type FlowDifference,
  type FlowEdge,
  type FlowNode,
} from '@millrace/engine'
import type { DiffMark } from '../../ui/DiffBadge.tsx'

/** Two flows as one picture. */
export interface Union {
  /** All nodes and edges of the newer flow, and those of the older one that it has no more. */
  readonly flow: Pick<Flow, 'nodes' | 'edges' | 'groups' | 'notes'>
  readonly difference: FlowDifference
  readonly nodes: ReadonlyMap<string, DiffMark>
  /** By the ids of edges. */
  readonly edges: ReadonlyMap<string, DiffMark>
}

const cardSize = { width: 240, height: 112 }

/** Beside nothing else: a node that replaced another one often lies just where that lay. */
function freed(node: FlowNode, others: readonly FlowNode[]): FlowNode {
  const position = { ...node.position }
  const hits = ({ position: at }: FlowNode) =>
    Math.abs(at.x - position.x) < cardSize.width && Math.abs(at.y - position.y) < cardSize.height
  while (others.some(hits)) position.y += cardSize.height + 16
  return { ...node, position }
}

/** What `after` has that `before` has not, and the other way round, drawn into each other. */
export function unionOf(before: Flow, after: Flow): Union {
  const difference = diffFlows(before, after)
  const nodes = [...after.nodes]
  for (const found of difference.nodes) if (found.kind === 'removed') nodes.push(freed(found.before, nodes))
  const marksOf = (edges: readonly FlowEdge[], mark: DiffMark) =>
    edges.map((edge): [string, DiffMark] => [edgeId(edge), mark])
  return {
    difference,
    flow: {
      nodes,
      edges: [...after.edges, ...difference.edges.removed],
      ...(after.groups && { groups: after.groups }),
      ...(after.notes && { notes: after.notes }),
    },
    nodes: new Map(difference.nodes.map(({ id, kind }) => [id, kind])),
    edges: new Map([
      ...marksOf(difference.edges.added, 'added'),
      ...marksOf(difference.edges.removed, 'removed'),
    ]),
  }
}
