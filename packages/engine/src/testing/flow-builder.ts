import { emptyFlow, type Flow, type FlowEdge, type FlowNode, type Parameter } from '../model/index.ts'

type NodeOf = Pick<FlowNode, 'id' | 'kind'> & Partial<Pick<FlowNode, 'settings' | 'retry' | 'guard'>>

/** `a -> b` joins `out` to `in`; `a:rejects -> b:left` names the ports. */
function edgeOf(text: string): FlowEdge {
  const [from, to] = text.split('->').map((end) => end.trim().split(':'))
  return {
    from: { node: from?.[0] ?? '', port: from?.[1] ?? 'out' },
    to: { node: to?.[0] ?? '', port: to?.[1] ?? 'in' },
  }
}

/** A flow for a test, without the noise of positions and defaults. */
export function flowOf(
  nodes: readonly NodeOf[],
  edges: readonly string[],
  parameters: readonly Parameter[] = [],
): Flow {
  return {
    ...emptyFlow('test'),
    parameters: [...parameters],
    nodes: nodes.map(({ settings = {}, ...node }, index) => ({
      ...node,
      label: '',
      position: { x: index * 260, y: 0 },
      settings,
      disabled: false,
      note: '',
    })),
    edges: edges.map(edgeOf),
  }
}
