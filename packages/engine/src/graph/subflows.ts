import type { Flow, FlowEdge, FlowNode, Parameter } from '../model/index.ts'
import { createProblem, type Problem } from '../problems/index.ts'
import { nodeKinds } from './kinds.ts'
import {
  type Bindings,
  bindInner,
  bindParameters,
  clockNames,
  resolveSettings,
  withParameterNames,
} from './settings.ts'
import {
  type FlowPort,
  inputsOfFlow,
  outputsOfFlow,
  type SubflowSettings,
  subflowSpec,
  usedFlow,
} from './subflow-kind.ts'

/** Flows in flows, at most. */
const deepest = 10

/** No id that a person gives has this character, so that ids of inner nodes clash with none. */
const mark = '~'

/** The id that an inner node has where its flow is put in the place of the node that uses it. */
export const innerId = (outer: string, inner: string): string => `${outer}${mark}${inner}`

/** An id as the ids of the nodes that it leads through, the outermost first. */
export const pathOfId = (id: string): string[] => id.split(mark)

export const isInnerId = (id: string): boolean => id.includes(mark)

/** A flow with all flows that it uses put in the place of the nodes that stand for them. */
export interface Expansion {
  readonly flow: Flow
  /** Why a node could not be replaced; it stands where it stood. */
  readonly problems: readonly Problem[]
}

interface Scope {
  /** Ids of the flows around this one, the outermost first. */
  readonly around: readonly string[]
  readonly bindings: Bindings
}

/**
 * Puts every flow that a flow uses in the place of its node: inner nodes get `innerId`s, inner
 * parameters become parameters of the whole with the bound values as their defaults. What is done to
 * the result (inference, plan, run) treats inner nodes like any other. A flow that uses none comes
 * back as it is. Nodes that are disabled are left as they are.
 */
export function expandFlow(flow: Flow, bindings: Bindings): Expansion {
  return expand(flow, { around: [], bindings })
}

function expand(flow: Flow, scope: Scope): Expansion {
  const problems: Problem[] = duplicatePorts(flow)
  const expanded = new Map<string, Expanded>()
  for (const node of flow.nodes) {
    if (node.kind !== subflowSpec.kind || node.disabled) continue
    const result = expandNode(node, scope)
    if ('obstacles' in result) problems.push(...result.obstacles)
    else {
      expanded.set(node.id, result)
      problems.push(...result.problems)
    }
  }
  if (expanded.size === 0) return { flow, problems }
  const edges = flow.edges.flatMap((edge): FlowEdge[] => {
    const from = place(edge.from, expanded, ({ outputs }) => outputs, 'out')
    const to = place(edge.to, expanded, ({ inputs }) => inputs, 'in')
    for (const [end, found] of [
      [edge.from, from],
      [edge.to, to],
    ] as const)
      if (!found)
        problems.push(
          createProblem('edge.unknownEnd', { end: `${end.node}:${end.port}` }, { nodeId: end.node }),
        )
    return from && to ? [{ from, to }] : []
  })
  const all = [...expanded.values()]
  return {
    flow: {
      ...flow,
      parameters: [...flow.parameters, ...all.flatMap(({ parameters }) => parameters)],
      nodes: flow.nodes.flatMap((node) => expanded.get(node.id)?.nodes ?? [node]),
      edges: [...edges, ...all.flatMap((each) => each.edges)],
    },
    problems,
  }
}

function place(
  end: FlowEdge['from'],
  expanded: ReadonlyMap<string, Expanded>,
  ports: (each: Expanded) => readonly FlowPort[],
  boundary: string,
): FlowEdge['from'] | undefined {
  const within = expanded.get(end.node)
  if (!within) return end
  const port = ports(within).find(({ name }) => name === end.port)
  return port && { node: innerId(end.node, port.nodeId), port: boundary }
}

interface Expanded extends Pick<Flow, 'nodes' | 'edges' | 'parameters'> {
  readonly inputs: readonly FlowPort[]
  readonly outputs: readonly FlowPort[]
  readonly problems: readonly Problem[]
}

function expandNode(
  node: FlowNode,
  { around, bindings }: Scope,
): Expanded | { obstacles: readonly Problem[] } {
  const kind = nodeKinds.get(node.kind)
  const resolved = kind && resolveSettings(node, kind, bindings)
  // Inference reports settings that do not hold, of this node as of any other.
  if (!resolved?.settings || resolved.problems.length > 0) return { obstacles: [] }
  // The schema of this very kind has just accepted them.
  const { uses, parameters: given } = resolved.settings as SubflowSettings
  const { content } = uses
  const at = { nodeId: node.id }
  if (around.includes(uses.flow))
    return { obstacles: [createProblem('subflow.recursion', { flow: content.name }, at)] }
  if (around.length >= deepest)
    return { obstacles: [createProblem('subflow.tooDeep', { most: String(deepest) }, at)] }
  const bound = bindInner(content, given, bindings)
  if (bound.problems.length > 0)
    return {
      obstacles: bound.problems.map((problem) => ({
        ...problem,
        location: { ...at, field: `parameters.${problem.parameters['name'] ?? ''}` },
      })),
    }
  const { flow, problems } = expand(content, { around: [...around, uses.flow], bindings: bound })
  const [unsound] = duplicatePorts(content)
  if (unsound) return { obstacles: [{ ...unsound, location: at }] }
  const values = (parameter: Parameter): Parameter => ({
    ...parameter,
    name: innerId(node.id, parameter.name),
    default: bound.values.get(parameter.name)?.value ?? parameter.default,
  })
  // What the node has to give is what its output has to; of several outputs, the first.
  const [guarded] = outputsOfFlow(content)
  const isBoundary = new Set(
    [...inputsOfFlow(content), ...outputsOfFlow(content)].map(({ nodeId }) => nodeId),
  )
  const end = (each: FlowEdge['from']) => ({ ...each, node: innerId(node.id, each.node) })
  return {
    inputs: inputsOfFlow(content),
    outputs: outputsOfFlow(content),
    parameters: flow.parameters.map(values),
    nodes: flow.nodes.map((inner) => {
      const settings = isBoundary.has(inner.id) ? { ...inner.settings, inside: true } : inner.settings
      const { pinned: _, ...rest } = inner
      const isGuarded = node.guard !== undefined && inner.id === guarded?.nodeId
      return {
        ...(isBoundary.has(inner.id) ? rest : inner),
        ...(isGuarded && { guard: node.guard }),
        id: innerId(node.id, inner.id),
        settings: withParametersOf(node.id, inner.kind, settings),
      }
    }),
    edges: flow.edges.map(({ from, to }) => ({ from: end(from), to: end(to) })),
    problems: problems.map((problem) => ({
      ...problem,
      location: { ...problem.location, nodeId: innerId(node.id, problem.location.nodeId ?? '') },
    })),
  }
}

/** The texts of an inner node with the names that the parameters of its flow have in the whole. */
function withParametersOf(
  outer: string,
  kindName: string,
  settings: FlowNode['settings'],
): FlowNode['settings'] {
  const kind = nodeKinds.get(kindName)
  if (!kind) return settings
  return withParameterNames(kind, settings, (name) =>
    clockNames.has(name) ? undefined : innerId(outer, name),
  )
}

function duplicatePorts(flow: Flow): Problem[] {
  return [inputsOfFlow(flow), outputsOfFlow(flow)].flatMap((ports) =>
    ports
      .filter(({ name }, index) => ports.findIndex((other) => other.name === name) < index)
      .map(({ name, nodeId }) => createProblem('subflow.duplicatePort', { name }, { nodeId, field: 'name' })),
  )
}

/** Where the rows of a port of a drawn node stand once the flow is expanded; undefined: there is no such port. */
export function placeOfPort(drawn: Flow, expanded: Flow, at: FlowEdge['from']): FlowEdge['from'] | undefined {
  if (expanded.nodes.some(({ id }) => id === at.node)) return at
  const node = drawn.nodes.find(({ id }) => id === at.node)
  const ports = (node && nodeKinds.get(node.kind)?.outputs(node.settings)) ?? []
  const port = (ports as readonly FlowPort[]).find(({ name }) => name === at.port)
  return port && { node: innerId(at.node, port.nodeId), port: 'out' }
}

/** What an inner node is called at the drawn node around it. */
export function nameInside(id: string, expanded: Pick<Flow, 'nodes'>): string {
  const inner = expanded.nodes.find((node) => node.id === id)
  return inner?.label || pathOfId(id).slice(1).join(' › ')
}

/** Problems of an expanded flow where a person who draws sees them: those of inner nodes at the node around them. */
export function drawnProblems(problems: readonly Problem[], drawn: Flow, expanded: Flow): Problem[] {
  const own = new Set(drawn.nodes.map(({ id }) => id))
  return problems.map((problem) => {
    const id = problem.location.nodeId
    if (id === undefined || own.has(id) || !isInnerId(id)) return problem
    const [outer = '', ...rest] = pathOfId(id)
    const inner = expanded.nodes.find((node) => node.id === id)
    if (rest.length === 1 && inner?.settings['inside'] === true)
      return { ...problem, location: { nodeId: outer, port: String(inner.settings['name']) } }
    const inside = createProblem(
      'subflow.inside',
      { node: nameInside(id, expanded), detail: problem.message },
      { nodeId: outer },
    )
    return { ...inside, severity: problem.severity, actor: problem.actor }
  })
}

/**
 * A flow with all flows that it uses in their places, for what does not depend on the values of
 * parameters: ids, kinds and edges.
 */
export const wholeFlow = (flow: Flow): Flow =>
  expandFlow(flow, bindParameters(flow, {}, new Date(0).toISOString(), 'whole')).flow

/** Ids of the flows that a flow uses, also inside those that it uses. */
export function usedFlowIds(flow: Flow): Set<string> {
  const found = new Set<string>()
  for (const { kind, settings } of flow.nodes) {
    const uses = kind === subflowSpec.kind ? usedFlow.safeParse(settings['uses']) : undefined
    if (!uses?.success) continue
    found.add(uses.data.flow)
    for (const id of usedFlowIds(uses.data.content)) found.add(id)
  }
  return found
}
