import { edgeId, type Flow, type FlowEdge, type FlowNode, type Parameter } from '../model/index.ts'

/** One value that differs. A side that has no such setting is undefined, which JSON never is. */
export interface ValueChange {
  /** From the node's own fields and settings down to the value: `['settings', 'columns', 2, 'name']`. */
  readonly path: readonly (string | number)[]
  readonly before: unknown
  readonly after: unknown
}

/**
 * `moved`: only its place, colour or note differ, so it does what it did. `changed`: it may do something
 * else; it may have been moved too.
 */
export type NodeDifference =
  | { readonly kind: 'added'; readonly id: string; readonly after: FlowNode }
  | { readonly kind: 'removed'; readonly id: string; readonly before: FlowNode }
  | {
      readonly kind: 'changed' | 'moved'
      readonly id: string
      readonly before: FlowNode
      readonly after: FlowNode
      readonly changes: readonly ValueChange[]
    }

export interface ParameterDifference {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly name: string
  readonly before: Parameter | undefined
  readonly after: Parameter | undefined
}

export interface FlowDifference {
  /** In the order of the newer flow, then what was removed in the order of the older. */
  readonly nodes: readonly NodeDifference[]
  readonly edges: { readonly added: readonly FlowEdge[]; readonly removed: readonly FlowEdge[] }
  readonly parameters: readonly ParameterDifference[]
  /** Name, description, groups and notes, which people read; and whether runs need an approval. */
  readonly texts: readonly ValueChange[]
  /** Whether a run of one can differ from a run of the other on the same data. */
  readonly isMeaningful: boolean
}

/** What of a node never changes the rows of a run. */
const appearance: ReadonlySet<string | number> = new Set(['position', 'note', 'color', 'label', 'pinned'])

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const own = (value: Readonly<Record<string, unknown>>, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined

/** The values in which two JSON values differ, as deep as their shapes agree. */
export function diffValues(
  before: unknown,
  after: unknown,
  path: readonly (string | number)[] = [],
): ValueChange[] {
  if (Object.is(before, after)) return []
  if (isObject(before) && isObject(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      diffValues(own(before, key), own(after, key), [...path, key]),
    )
  if (Array.isArray(before) && Array.isArray(after)) {
    const pairs = pairItems(before, after)
    if (pairs) return pairs.flatMap(([old, young, index]) => diffValues(old, young, [...path, index]))
  }
  return [{ path, before, after }]
}

/**
 * Which items of two lists belong together: what begins and ends the same is left aside, so that one row
 * put in between is one change. Undefined: the same items in another order, which is best shown whole.
 */
function pairItems(
  before: readonly unknown[],
  after: readonly unknown[],
): [unknown, unknown, number][] | undefined {
  const old = before.map((item) => JSON.stringify(item))
  const young = after.map((item) => JSON.stringify(item))
  if (old.length === young.length && old.toSorted().join() === young.toSorted().join())
    return old.join() === young.join() ? [] : undefined
  let start = 0
  while (start < Math.min(old.length, young.length) && old[start] === young[start]) start++
  let end = 0
  while (end < Math.min(old.length, young.length) - start && old.at(-1 - end) === young.at(-1 - end)) end++
  const count = Math.max(old.length, young.length) - start - end
  return Array.from({ length: count }, (_, index) => [
    start + index < old.length - end ? before[start + index] : undefined,
    start + index < young.length - end ? after[start + index] : undefined,
    start + index,
  ])
}

function diffNode(before: FlowNode, after: FlowNode): NodeDifference | undefined {
  const changes = diffValues(before, after)
  if (changes.length === 0) return undefined
  const isAppearance = changes.every(({ path }) => path[0] !== undefined && appearance.has(path[0]))
  return { kind: isAppearance ? 'moved' : 'changed', id: after.id, before, after, changes }
}

const byKey = <Item>(items: readonly Item[], key: (item: Item) => string): ReadonlyMap<string, Item> =>
  new Map(items.map((item) => [key(item), item]))

function diffParameters(before: readonly Parameter[], after: readonly Parameter[]): ParameterDifference[] {
  const old = byKey(before, ({ name }) => name)
  const young = byKey(after, ({ name }) => name)
  return [...new Set([...young.keys(), ...old.keys()])].flatMap((name) => {
    const [was, is] = [old.get(name), young.get(name)]
    if (diffValues(was, is).length === 0) return []
    return [{ kind: !was ? 'added' : !is ? 'removed' : 'changed', name, before: was, after: is } as const]
  })
}

const textsOf = ({ name, description, requiresApproval = false, groups = [], notes = [] }: Flow) => ({
  name,
  description,
  requiresApproval,
  groups,
  notes,
})

/**
 * What is different in `after`, as people ask for it: nodes and edges by their ids, parameters by their
 * names, settings by their paths. Pure; nodes with the same id are the same node.
 */
export function diffFlows(before: Flow, after: Flow): FlowDifference {
  const oldNodes = byKey(before.nodes, ({ id }) => id)
  const youngNodes = byKey(after.nodes, ({ id }) => id)
  const nodes = [
    ...after.nodes.flatMap((node): NodeDifference[] => {
      const old = oldNodes.get(node.id)
      const difference = old ? diffNode(old, node) : ({ kind: 'added', id: node.id, after: node } as const)
      return difference ? [difference] : []
    }),
    ...before.nodes.flatMap((node): NodeDifference[] =>
      youngNodes.has(node.id) ? [] : [{ kind: 'removed', id: node.id, before: node }],
    ),
  ]
  const oldEdges = byKey(before.edges, edgeId)
  const youngEdges = byKey(after.edges, edgeId)
  const edges = {
    added: after.edges.filter((edge) => !oldEdges.has(edgeId(edge))),
    removed: before.edges.filter((edge) => !youngEdges.has(edgeId(edge))),
  }
  const parameters = diffParameters(before.parameters, after.parameters)
  return {
    nodes,
    edges,
    parameters,
    texts: diffValues(textsOf(before), textsOf(after)),
    isMeaningful:
      nodes.some(({ kind }) => kind !== 'moved') ||
      edges.added.length + edges.removed.length > 0 ||
      parameters.length > 0 ||
      (before.requiresApproval ?? false) !== (after.requiresApproval ?? false),
  }
}
