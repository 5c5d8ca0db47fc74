import { type Flow, type FlowNode, sameName } from '../model/index.ts'
import { outputSpec } from '../operators/output/spec.ts'
import { nodeKinds } from './kinds.ts'
import { columnsAt, type PortColumn, type PortColumns } from './references.ts'
import { isInnerId, pathOfId, placeOfPort } from './subflows.ts'

/** A flow as it is drawn, and with the flows that it uses in their places. */
export interface DrawnFlow {
  readonly drawn: Flow
  readonly whole: Flow
}

/** A column at a node that is drawn. */
export interface AskedColumn {
  readonly nodeId: string
  /** An output port; undefined: each that has the column. */
  readonly port?: string | undefined
  readonly column: string
}

/** Where a column of a drawn node stands in the whole flow, by its output ports; `ports` are those of the whole. */
export function placesOf(
  { drawn, whole }: DrawnFlow,
  { nodeId, port, column }: AskedColumn,
  ports: PortColumns,
): PortColumn[] {
  const node = drawn.nodes.find(({ id }) => id === nodeId)
  const all = (node && nodeKinds.get(node.kind)?.outputs(node.settings)) ?? []
  return all.flatMap(({ name }) => {
    const at = (port ?? name) === name ? placeOfPort(drawn, whole, { node: nodeId, port: name }) : undefined
    const found =
      at && columnsAt(ports, at.node, at.port).find((candidate) => sameName(candidate.name, column))
    return at && found ? [{ nodeId: at.node, port: at.port, column: found.name }] : []
  })
}

/** The node that is drawn for a node of the whole flow. */
export const drawnNodeId = (nodeId: string): string => pathOfId(nodeId)[0] ?? nodeId

/** What is told of nodes inside of one that is drawn is told once. */
export const distinct = <T>(items: readonly T[]): T[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
]

/** Where a column at `node` is seen in the drawn flow; undefined: only inside of a node. */
export function placeAsDrawn(place: PortColumn, node: FlowNode | undefined): PortColumn | undefined {
  if (!isInnerId(place.nodeId)) return place
  const [outer = '', ...rest] = pathOfId(place.nodeId)
  const isGiven = rest.length === 1 && node?.kind === outputSpec.kind
  return isGiven ? { ...place, nodeId: outer, port: String(node.settings['name']) } : undefined
}
