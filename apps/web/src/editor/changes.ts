import {
  edgeId,
  type Flow,
  type FlowEdge,
  type FlowGroup,
  type FlowNode,
  type FlowNote,
  type Label,
  nodeKinds,
  withParameterNames,
} from '@millrace/engine'

/** The parts of a flow that are neither nodes nor edges. */
export type FlowHeader = Pick<Flow, 'name' | 'description' | 'parameters' | 'requiresApproval'>

/** One reversible step. `before` null: it was not there; `after` null: it is gone. */
export type Step =
  | {
      readonly of: 'node'
      readonly index: number
      readonly before: FlowNode | null
      readonly after: FlowNode | null
    }
  | {
      readonly of: 'edge'
      readonly index: number
      readonly before: FlowEdge | null
      readonly after: FlowEdge | null
    }
  | {
      readonly of: 'group'
      readonly index: number
      readonly before: FlowGroup | null
      readonly after: FlowGroup | null
    }
  | {
      readonly of: 'note'
      readonly index: number
      readonly before: FlowNote | null
      readonly after: FlowNote | null
    }
  | { readonly of: 'header'; readonly before: FlowHeader; readonly after: FlowHeader }

/** What one action of the user did to the flow; knows its inverse. */
export interface Change {
  readonly label: Label
  readonly steps: readonly Step[]
  /** Changes with the same key that follow each other closely are undone as one (typing). */
  readonly mergeKey?: string
}

/** The change that takes back `change`. */
export const invert = (change: Change): Change => ({
  ...change,
  steps: change.steps.toReversed().map((step) => swap(step)),
})

function swap(step: Step): Step {
  switch (step.of) {
    case 'node':
      return { ...step, before: step.after, after: step.before }
    case 'edge':
      return { ...step, before: step.after, after: step.before }
    case 'group':
      return { ...step, before: step.after, after: step.before }
    case 'note':
      return { ...step, before: step.after, after: step.before }
    case 'header':
      return { ...step, before: step.after, after: step.before }
  }
}

/** A flow with the change made to it; the flow given stays as it is. */
export function apply(flow: Flow, change: Change): Flow {
  let { nodes, edges, groups = [], notes = [], ...rest } = flow
  for (const step of change.steps) {
    if (step.of === 'node') nodes = put(nodes, step, idOf)
    else if (step.of === 'edge') edges = put(edges, step, edgeId)
    else if (step.of === 'group') groups = put(groups, step, idOf)
    else if (step.of === 'note') notes = put(notes, step, idOf)
    else rest = { ...rest, ...step.after }
  }
  // A flow without groups and notes does not mention them.
  return { ...rest, nodes, edges, ...(groups.length > 0 && { groups }), ...(notes.length > 0 && { notes }) }
}

const idOf = ({ id }: { readonly id: string }) => id

function put<Item>(
  list: Item[],
  { index, before, after }: { index: number; before: Item | null; after: Item | null },
  keyOf: (item: Item) => string,
): Item[] {
  if (!before) return after ? list.toSpliced(Math.min(index, list.length), 0, after) : list
  const key = keyOf(before)
  const at = list.findIndex((item) => keyOf(item) === key)
  if (at < 0) return list
  return after ? list.with(at, after) : list.toSpliced(at, 1)
}

/** Two changes, one after the other, as one. */
export const join = (first: Change, second: Change): Change => ({
  ...second,
  steps: [...first.steps, ...second.steps],
})

export const addition = (
  flow: Flow,
  nodes: readonly FlowNode[],
  edges: readonly FlowEdge[],
  label: Label,
): Change => ({
  label,
  steps: [
    ...nodes.map((after, n): Step => ({ of: 'node', index: flow.nodes.length + n, before: null, after })),
    ...edges.map((after, n): Step => ({ of: 'edge', index: flow.edges.length + n, before: null, after })),
  ],
})

/** Removes nodes with all edges at them and their places in groups, and further edges and notes (by id). */
export function removal(
  flow: Flow,
  nodeIds: ReadonlySet<string>,
  otherIds: ReadonlySet<string>,
  label: Label,
): Change {
  const steps: Step[] = []
  // From the end, so that the indices hold again when the inverse puts things back in turn.
  for (const [index, edge] of [...flow.edges.entries()].toReversed())
    if (nodeIds.has(edge.from.node) || nodeIds.has(edge.to.node) || otherIds.has(edgeId(edge)))
      steps.push({ of: 'edge', index, before: edge, after: null })
  for (const [index, group] of [...(flow.groups ?? []).entries()].toReversed()) {
    const nodes = group.nodes.filter((id) => !nodeIds.has(id))
    if (nodes.length === group.nodes.length) continue
    steps.push({ of: 'group', index, before: group, after: nodes.length > 0 ? { ...group, nodes } : null })
  }
  for (const [index, note] of [...(flow.notes ?? []).entries()].toReversed())
    if (otherIds.has(note.id)) steps.push({ of: 'note', index, before: note, after: null })
  for (const [index, node] of [...flow.nodes.entries()].toReversed())
    if (nodeIds.has(node.id)) steps.push({ of: 'node', index, before: node, after: null })
  return { label, steps }
}

/** Replaces nodes by what `edit` makes of them; nodes that `edit` returns as they are stay out. */
export function nodeEdit(
  flow: Flow,
  edit: (node: FlowNode) => FlowNode,
  label: Label,
  mergeKey?: string,
): Change {
  const steps = flow.nodes.flatMap((before, index): Step[] => {
    const after = edit(before)
    return after === before ? [] : [{ of: 'node', index, before, after }]
  })
  return mergeKey === undefined ? { label, steps } : { label, steps, mergeKey }
}

export function headerEdit(flow: Flow, edit: Partial<FlowHeader>, label: Label, mergeKey?: string): Change {
  const { name, description, parameters, requiresApproval } = flow
  const before: FlowHeader = { name, description, parameters, requiresApproval }
  const step: Step = { of: 'header', before, after: { ...before, ...edit } }
  return mergeKey === undefined ? { label, steps: [step] } : { label, steps: [step], mergeKey }
}

/** Renames a parameter, also where the settings of nodes name it. */
export function parameterRename(flow: Flow, from: string, to: string): Change {
  const label = { en: 'Rename parameter', zh: '重命名参数' }
  const parameters = flow.parameters.map((one) => (one.name === from ? { ...one, name: to } : one))
  const nodes = nodeEdit(
    flow,
    (node) => {
      const kind = nodeKinds.get(node.kind)
      if (!kind) return node
      const settings = withParameterNames(kind, node.settings, (name) => (name === from ? to : undefined))
      return JSON.stringify(settings) === JSON.stringify(node.settings) ? node : { ...node, settings }
    },
    label,
  )
  return { label, steps: [...headerEdit(flow, { parameters }, label).steps, ...nodes.steps] }
}

/** Puts a group or a note in, replaces it, or takes it out (`after` null). */
export const groupEdit = (
  flow: Flow,
  before: FlowGroup | null,
  after: FlowGroup | null,
  label: Label,
): Change => ({ label, steps: [{ of: 'group', index: indexOf(flow.groups, before), before, after }] })

export const noteEdit = (
  flow: Flow,
  before: FlowNote | null,
  after: FlowNote | null,
  label: Label,
): Change => ({
  label,
  steps: [{ of: 'note', index: indexOf(flow.notes, before), before, after }],
  ...(before && after && { mergeKey: `note ${before.id}` }),
})

function indexOf<Item>(list: readonly Item[] = [], item: Item | null): number {
  const at = item === null ? -1 : list.indexOf(item)
  return at < 0 ? list.length : at
}
