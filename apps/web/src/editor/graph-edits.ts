import {
  defaultSettings,
  edgeId,
  type Flow,
  type FlowEdge,
  type FlowNode,
  type NodeKind,
  nodeKinds,
} from '@millrace/engine'
import { addition, type Change, join, nodeEdit, removal, type Step } from './changes.ts'
import { downstream } from './connection.ts'
import { columnStep } from './new-node.ts'

const none: ReadonlySet<string> = new Set()

/** The ports by which a kind can stand in the middle of an edge; undefined: it cannot. */
export function throughPorts(kind: NodeKind | undefined, settings: unknown) {
  const input = kind?.inputs(settings)[0]
  const output = kind?.outputs(settings).find((port) => port.name !== 'rejects')
  return input && output && { input: input.name, output: output.name }
}

/**
 * Puts a node, new or one that lies in the flow without edges, into an edge. What comes after moves to the
 * right where there is no room; where there is, the node lies at `place`. Undefined when the node cannot stand in an edge.
 */
export function insertion(
  flow: Flow,
  node: FlowNode,
  into: FlowEdge,
  place: FlowNode['position'] = node.position,
): Change | undefined {
  const kind = nodeKinds.get(node.kind)
  const ports = throughPorts(kind, node.settings)
  const from = flow.nodes.find(({ id }) => id === into.from.node)
  const to = flow.nodes.find(({ id }) => id === into.to.node)
  if (!kind || !ports || !from || !to) return undefined
  const label = { en: `Insert ${kind.label.en}`, zh: `插入${kind.label.zh}` }
  const isNew = !flow.nodes.includes(node)
  const lacks = Math.max(0, from.position.x + 2 * columnStep - to.position.x)
  const isTight = lacks > 0 && lacks <= 2 * columnStep
  const later = downstream(flow.edges, to.id).add(to.id)
  const position = isTight
    ? { x: from.position.x + columnStep, y: Math.round((from.position.y + to.position.y) / 32) * 16 }
    : place
  const placed = { ...node, position }
  const moved = nodeEdit(
    flow,
    (one) => {
      if (one === node) return placed
      const makesRoom = isTight && later.has(one.id) && one.position.x >= to.position.x
      return makesRoom ? { ...one, position: { ...one.position, x: one.position.x + lacks } } : one
    },
    label,
  )
  const cut = removal(flow, none, new Set([edgeId(into)]), label)
  const edges: FlowEdge[] = [
    { from: into.from, to: { node: node.id, port: ports.input } },
    { from: { node: node.id, port: ports.output }, to: into.to },
  ]
  return join(join(moved, cut), addition(flow, isNew ? [placed] : [], edges, label))
}

/**
 * Makes a node one of another kind. It keeps its id, name, place and note, the settings that the new kind
 * knows by the same name and accepts, and the edges whose ports there are still, by name or as the only one.
 */
export function replacement(flow: Flow, nodeId: string, kind: NodeKind): Change | undefined {
  const node = flow.nodes.find(({ id }) => id === nodeId)
  if (!node || node.kind === kind.kind) return undefined
  const label = { en: `Replace by ${kind.label.en}`, zh: `替换为${kind.label.zh}` }
  const settings = defaultSettings(kind)
  for (const [name, schema] of Object.entries(kind.settings.shape))
    if (Object.hasOwn(node.settings, name) && accepts(schema, node.settings[name]))
      settings[name] = node.settings[name]
  const after: FlowNode = { ...node, kind: kind.kind, settings }
  const inputs = kind.inputs(settings).map(({ name }) => name)
  const outputs = kind.outputs(settings).map(({ name }) => name)
  const taken = new Set<string>()
  const portFor = (name: string, ports: readonly string[]) =>
    ports.includes(name) ? name : name !== 'rejects' && ports[0] !== 'rejects' ? ports[0] : undefined
  const steps: Step[] = []
  const gone: string[] = []
  for (const [index, edge] of flow.edges.entries()) {
    if (edge.from.node !== nodeId && edge.to.node !== nodeId) continue
    const isInput = edge.to.node === nodeId
    const port = isInput ? portFor(edge.to.port, inputs) : portFor(edge.from.port, outputs)
    const many = isInput && kind.inputs(settings).some((input) => input.name === port && input.many)
    if (port === undefined || (isInput && !many && taken.has(port))) {
      gone.push(edgeId(edge))
      continue
    }
    if (isInput) taken.add(port)
    const kept: FlowEdge = isInput
      ? { ...edge, to: { node: nodeId, port } }
      : { ...edge, from: { node: nodeId, port } }
    if (edgeId(kept) !== edgeId(edge)) steps.push({ of: 'edge', index, before: edge, after: kept })
  }
  const changed: Change = {
    label,
    steps: [{ of: 'node', index: flow.nodes.indexOf(node), before: node, after }, ...steps],
  }
  return join(changed, removal(flow, none, new Set(gone), label))
}

const accepts = (schema: unknown, value: unknown): boolean =>
  isSchema(schema) && schema.safeParse(value).success

interface Schema {
  safeParse(value: unknown): { readonly success: boolean }
}
const isSchema = (schema: unknown): schema is Schema =>
  typeof schema === 'object' && schema !== null && 'safeParse' in schema
