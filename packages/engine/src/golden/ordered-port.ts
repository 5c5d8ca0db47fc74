import type { Flow } from '../model/index.ts'

/** Operators that give their rows in the order in which they arrive. */
const keepOrder: ReadonlySet<string> = new Set([
  'convert',
  'filter',
  'limit',
  'map',
  'mask',
  'replace',
  'route',
  'validate',
])

/** Whether the rows at a node are in an order that the flow gives them: it sorts, or all before it since a sort keep the order. */
export function isOrdered(flow: Pick<Flow, 'nodes' | 'edges'>, nodeId: string): boolean {
  const seen = new Set<string>()
  let at = flow.nodes.find(({ id }) => id === nodeId)
  while (at && !seen.has(at.id)) {
    seen.add(at.id)
    if (at.kind === 'sort' && !at.disabled) return true
    const keeps = at.disabled || keepOrder.has(at.kind) || at.kind.endsWith('.target')
    const [edge, ...others] = flow.edges.filter(({ to }) => to.node === at?.id)
    if (!keeps || !edge || others.length > 0 || edge.from.port === 'rejects') return false
    at = flow.nodes.find(({ id }) => id === edge.from.node)
  }
  return false
}
