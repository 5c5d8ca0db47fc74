import type { InferredNode } from '../graph/infer.ts'
import { nodeKinds } from '../graph/kinds.ts'
import { bindParameters } from '../graph/settings.ts'
import { subflowSpec } from '../graph/subflow-kind.ts'
import { type Expansion, expandFlow, placeOfPort } from '../graph/subflows.ts'
import { type Column, type Flow, type FlowNode, type PinnedRows, sameName } from '../model/index.ts'
import { inputSpec } from '../operators/input/spec.ts'
import type { Inference } from './engine.ts'
import type { Settings } from './samples.ts'

export const expanded = (
  flow: Flow,
  parameters: Readonly<Record<string, string>> = {},
  clock = new Date().toISOString(),
): Expansion => expandFlow(flow, bindParameters(flow, parameters, clock, 'preview'))

/** The same for what has to keep up with a flow that is used while its node is disabled. */
export const expandedThroughout = (flow: Flow): Expansion =>
  expanded({
    ...flow,
    nodes: flow.nodes.map((node) => (node.kind === subflowSpec.kind ? { ...node, disabled: false } : node)),
  })

/** Columns at the ports of the nodes that are drawn. */
export function drawnPorts(drawn: Flow, whole: Flow, columns: Inference['ports']): Inference['ports'] {
  const ports: Record<string, Record<string, readonly Column[]>> = {}
  for (const { id, kind, settings, disabled } of drawn.nodes) {
    if (columns[id]) ports[id] = { ...columns[id] }
    else if (kind === subflowSpec.kind && !disabled)
      for (const { name } of nodeKinds.get(kind)?.outputs(settings) ?? []) {
        const at = placeOfPort(drawn, whole, { node: id, port: name })
        const found = at && columns[at.node]?.[at.port]
        if (found) ports[id] = { ...ports[id], [name]: found }
      }
  }
  return ports
}

/** Rows that are written down for an input of a flow, in the columns that it declares by now. */
export function pinnedAs(pinned: PinnedRows, kind: string, settings: Settings | undefined): PinnedRows {
  const declared = kind === inputSpec.kind ? inputSpec.settings.safeParse(settings) : undefined
  if (!declared?.success) return pinned
  const { columns } = declared.data
  const places = columns.map(({ name }) => pinned.columns.findIndex((column) => sameName(column.name, name)))
  return { columns, rows: pinned.rows.map((row) => places.map((place) => row[place] ?? null)) }
}

/** Rows that are pinned in one of two flows stand for the same source in the other. */
export function withPinsOf(flow: Flow, other: Flow): Flow {
  const others = new Map(other.nodes.map((node) => [node.id, node]))
  const isSame = (node: FlowNode, twin: FlowNode | undefined) =>
    twin?.kind === node.kind && JSON.stringify(twin.settings) === JSON.stringify(node.settings)
  return {
    ...flow,
    nodes: flow.nodes.map((node) => {
      const twin = others.get(node.id)
      return isSame(node, twin) ? { ...node, pinned: twin?.pinned } : node
    }),
  }
}

/** The part of a flow that a node's rows depend on, the node included. */
export function upstreamOf(flow: Flow, nodeId: string): Flow {
  const wanted = new Set([nodeId])
  for (let size = 0; size !== wanted.size; ) {
    size = wanted.size
    for (const edge of flow.edges) if (wanted.has(edge.to.node)) wanted.add(edge.from.node)
  }
  return {
    ...flow,
    nodes: flow.nodes.filter((node) => wanted.has(node.id)),
    edges: flow.edges.filter((edge) => wanted.has(edge.from.node) && wanted.has(edge.to.node)),
  }
}

/** A target shows what it would be given: the output port at the other end of its edge. */
export function portToShow(
  node: InferredNode | undefined,
  port: string,
): { node: string; port: string } | undefined {
  if (!node) return undefined
  const incoming = node.incoming.get(port)?.[0]
  return Object.hasOwn(node.columns, port) ? { node: node.node.id, port } : incoming?.from
}
