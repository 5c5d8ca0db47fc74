import { z } from 'zod'
import type { Flow, FlowEdge, FlowNode } from '../model/index.ts'
import { fail } from '../problems/index.ts'
import { defineConnector, defineSource, fieldsOf, isShown, outPort, rejectsPort } from '../spec/index.ts'
import { buildGraph, type Graph, type GraphNode } from './graph.ts'
import { type NodeKind, nodeKinds } from './kinds.ts'

/** The node that feeds rejected rows in again where no source of the flow does. */
export const replayNodeId = 'replayed rows'

const end = defineSource({
  kind: 'replay.source',
  label: { en: 'Replayed rows', zh: '重放的行' },
  summary: { en: 'Rows that were rejected and are fed in again.', zh: '曾被拒绝、现重新送入的行。' },
  settings: z.strictObject({}),
  rejects: true,
  describe: () => ({ en: 'Rejected before', zh: '此前被拒绝' }),
})
const connector = defineConnector({
  name: 'replay',
  label: end.label,
  icon: 'IconRotateClockwise',
  extensions: [],
  source: end,
})
const replayKind: NodeKind = {
  ...end,
  role: 'source',
  connector,
  end,
  icon: connector.icon,
  category: 'source',
  inputs: () => [],
  outputs: () => [outPort, rejectsPort],
  describe: () => end.describe({}),
}

/** What a node of a replay can be. Only a run has the source of replayed rows; no flow that is stored does. */
export const replayKinds: ReadonlyMap<string, NodeKind> = new Map(nodeKinds).set(end.kind, replayKind)

export interface ReplayFlow {
  /** Of the same nodes, those that have nothing to do disabled; and the source of the rows, unless the rejecting node is it. */
  readonly flow: Flow
  /** The source that gives the replayed rows, and only those. */
  readonly sourceId: string
}

/**
 * The flow that feeds rejected rows in again at the node that rejected them. What lies upstream of
 * its first input is left out; other inputs, of the node and of those downstream, run as usual, so
 * that lookups and joins find what they found. Rows that other branches bring to a union are left
 * out. Targets that replace everything would lose it to a few rows: they append, mirrors upsert, and
 * files are written beside the one that is there, with `mark` in their names.
 *
 * Throws a located problem where the outcome would be wrong: a node downstream looks at all rows
 * together, or the rows come to it as what other rows are compared with.
 */
export function replayFlow(flow: Flow, nodeId: string, mark: string): ReplayFlow {
  const graph = buildGraph(flow)
  const start = graph.byId.get(nodeId)
  if (!start) fail('replay.gone', {}, { nodeId })
  const isSource = start.kind.role === 'source'
  const below = downstreamOf(graph, start)
  const edges: FlowEdge[] = []
  const kept = new Set<string>(below.keys())
  const keepAbove = (edge: FlowEdge): void => {
    edges.push(edge)
    const above = graph.byId.get(edge.from.node)
    if (!above || kept.has(above.node.id)) return
    kept.add(above.node.id)
    for (const each of [...above.incoming.values()].flat()) keepAbove(each)
  }
  for (const node of below.values()) {
    const first = node.kind.inputs(node.node.settings)[0]?.name
    const isStart = node === start
    const fed = new Set(
      isStart
        ? [first]
        : [...node.incoming].flatMap(([port, list]) =>
            list.some(({ from }) => below.has(from.node)) ? [port] : [],
          ),
    )
    if (!isStart) assertRowByRow(node, fed)
    for (const [port, list] of node.incoming)
      for (const edge of list) {
        if (!fed.has(port)) keepAbove(edge)
        else if (!isStart && below.has(edge.from.node)) edges.push(edge)
      }
  }
  const { position } = start.node
  const source: FlowNode = {
    id: replayNodeId,
    kind: end.kind,
    label: '',
    note: '',
    disabled: false,
    position: { x: position.x - 300, y: position.y },
    settings: {},
  }
  const input = start.kind.inputs(start.node.settings)[0]?.name ?? 'in'
  const nodes = flow.nodes.map((node) =>
    kept.has(node.id)
      ? below.has(node.id)
        ? withoutReplacing(node, mark)
        : node
      : { ...node, disabled: true },
  )
  if (isSource) return { flow: { ...flow, nodes, edges }, sourceId: nodeId }
  const entry = { from: { node: replayNodeId, port: 'out' }, to: { node: nodeId, port: input } }
  return { flow: { ...flow, nodes: [source, ...nodes], edges: [entry, ...edges] }, sourceId: replayNodeId }
}

/** The nodes that a node's rows come to, itself included, in order. */
function downstreamOf(graph: Graph, start: GraphNode): Map<string, GraphNode> {
  const found = new Map<string, GraphNode>([[start.node.id, start]])
  for (const node of graph.nodes) {
    const comes = [...node.incoming.values()].flat().some(({ from }) => found.has(from.node))
    if (comes) found.set(node.node.id, node)
  }
  return found
}

/** Operators that do not keep rows one by one, and still give of some rows what they would have given of all. */
const byRow: Readonly<Record<string, (settings: Readonly<Record<string, unknown>>) => boolean>> = {
  union: () => true,
  join: ({ how = 'inner' }) => how !== 'right' && how !== 'full',
}
/** Operators that keep rows, but by what all of them are. */
const together = new Set(['distinct', 'limit'])

function assertRowByRow({ node, kind, incoming }: GraphNode, fed: ReadonlySet<string | undefined>): void {
  if (kind.role !== 'operator') return
  const first = kind.inputs(node.settings)[0]?.name
  const side = [...incoming.keys()].find((port) => fed.has(port) && port !== first)
  if (side !== undefined) fail('replay.sideInput', {}, { nodeId: node.id, port: side })
  const isByRow =
    byRow[node.kind]?.(node.settings) ??
    (kind.operator.spec.provenance === 'keep' && !together.has(node.kind))
  if (!isByRow) fail('replay.together', {}, { nodeId: node.id })
}

/** Whether a target is a file, as against the system behind a connection. */
function writesFile({ settings }: FlowNode, kind: NodeKind): boolean {
  const fields = fieldsOf(kind.settings)
  return fields.some((field) => field.meta.widget === 'newFile' && isShown(field, fields, settings))
}

/** A few rows must not take the place of all of them. */
function withoutReplacing(node: FlowNode, mark: string): FlowNode {
  const kind = nodeKinds.get(node.kind)
  if (kind?.role !== 'target') return node
  const { mode, path } = node.settings
  const instead = kind.settings.shape['mode'] ? { mode: partly[String(mode)] ?? mode } : {}
  const beside = typeof path === 'string' && writesFile(node, kind) ? { path: besides(path, mark) } : {}
  return { ...node, settings: { ...node.settings, ...instead, ...beside } }
}

/** Modes for some of the rows, where a mode is for all of them. */
const partly: Readonly<Record<string, string>> = { replace: 'append', mirror: 'upsert' }

/** `out/orders.csv.gz` becomes `out/orders.MARK.csv.gz`. */
function besides(path: string, mark: string): string {
  const [, stem = path, ending = ''] = /^(.*?[^/])((?:\.[A-Za-z0-9]{1,8}){0,2})$/.exec(path) ?? []
  return `${stem}.${mark}${ending}`
}

/** What becomes of a target's rows in a replay. */
export type ReplayEffect = 'by-key' | 'appended' | 'file-beside'

/** The targets that replayed rows come to, and how they take them. Throws as `replayFlow` does. */
export function replayTargets(
  flow: Flow,
  nodeId: string,
): { readonly nodeId: string; readonly effect: ReplayEffect }[] {
  return replayFlow(flow, nodeId, 'replay').flow.nodes.flatMap((node) => {
    const kind = nodeKinds.get(node.kind)
    if (node.disabled || kind?.role !== 'target') return []
    const mode = String(node.settings['mode'] ?? 'append')
    const effect = writesFile(node, kind) ? 'file-beside' : mode === 'append' ? 'appended' : 'by-key'
    return [{ nodeId: node.id, effect }]
  })
}
