import { type Flow, sameName } from '../model/index.ts'
import { type OutputColumn, queryColumns } from '../sql/query-columns.ts'
import { type ColumnContext, compileNode, isInferred, tablesOf } from './column-context.ts'
import {
  type Arrival,
  type ConnectedNode,
  columnsAt,
  connectedNodes,
  inputsOfArrivals,
  nodeReferences,
  type PortColumn,
  textsToParse,
} from './references.ts'

/** One column becomes another within a node, or arrives at a target (whose port is `in`). */
export interface LineageStep {
  readonly from: PortColumn
  readonly to: PortColumn
  /** The value is the same; else it goes into a calculation. */
  readonly copy: boolean
}

/** A setting that names the column without its value going on by it: a condition, a key, an order. */
export interface LineageUse {
  readonly nodeId: string
  readonly field: string
  readonly column: PortColumn
}

export interface Lineage {
  /** Towards the sources, each step once, nearest first. */
  readonly upstream: readonly LineageStep[]
  /** Towards the targets, nearest first. */
  readonly downstream: readonly LineageStep[]
  /** Where upstream ends. */
  readonly origins: readonly PortColumn[]
  /** Columns of targets where downstream ends. */
  readonly targets: readonly PortColumn[]
  /** Settings that name the column or what becomes of it. */
  readonly uses: readonly LineageUse[]
}

type StepsByColumn = ReadonlyMap<string, readonly LineageStep[]>

const keyOf = ({ nodeId, port, column }: PortColumn): string =>
  JSON.stringify([nodeId, port, column.toLowerCase()])

/**
 * Where a column comes from, through every expression that it is calculated by, and where it goes.
 * Read off the SQL of the operators, so that it holds for each of them. Undefined where there is no
 * such column. For a target, `port` is `in`.
 */
export async function lineageOf(
  flow: Flow,
  asked: PortColumn,
  context: ColumnContext,
): Promise<Lineage | undefined> {
  const nodes = connectedNodes(flow, context.ports)
  const start = startOf(nodes, asked, context)
  if (!start) return undefined
  const steps = await allSteps(nodes, context)
  const byTarget = Map.groupBy(steps, ({ to }) => keyOf(to))
  const bySource = Map.groupBy(steps, ({ from }) => keyOf(from))
  const upstream = follow(start, byTarget, ({ from }) => from)
  const downstream = follow(start, bySource, ({ to }) => to)
  const ends = (
    all: readonly PortColumn[],
    onward: StepsByColumn,
    isEnd: (nodeId: string) => boolean,
  ): PortColumn[] => {
    const found = [start, ...all].filter(
      (column) => isEnd(column.nodeId) && (onward.get(keyOf(column)) ?? []).length === 0,
    )
    return [...new Map(found.map((column) => [keyOf(column), column])).values()]
  }
  const targetIds = new Set(nodes.flatMap(({ node, kind }) => (kind.role === 'target' ? [node.id] : [])))
  return {
    upstream,
    downstream,
    origins: ends(
      upstream.map(({ from }) => from),
      byTarget,
      () => true,
    ),
    targets: ends(
      downstream.map(({ to }) => to),
      bySource,
      (nodeId) => targetIds.has(nodeId),
    ),
    uses: usesOf(nodes, [start, ...downstream.map(({ to }) => to)], context),
  }
}

function startOf(
  nodes: readonly ConnectedNode[],
  { nodeId, port, column }: PortColumn,
  { ports }: ColumnContext,
): PortColumn | undefined {
  const node = nodes.find((candidate) => candidate.node.id === nodeId)
  const columns =
    node?.kind.role === 'target'
      ? node.arrivals.filter((arrival) => arrival.port === port).flatMap((arrival) => arrival.columns)
      : columnsAt(ports, nodeId, port)
  const found = columns.find(({ name }) => sameName(name, column))
  return found && { nodeId, port, column: found.name }
}

/** What becomes of every column within every node. */
async function allSteps(nodes: readonly ConnectedNode[], context: ColumnContext): Promise<LineageStep[]> {
  const compiled = new Map(
    nodes.flatMap((node) => {
      const compilation = isInferred(node, context)
        ? compileNode(node, node.node.settings, inputsOfArrivals(node), context)
        : undefined
      return compilation ? [[node.node.id, compilation.outputs] as const] : []
    }),
  )
  await context.trees.load([
    ...[...compiled.values()].flatMap((outputs) => Object.values(outputs)),
    ...nodes.flatMap(textsToParse),
  ])
  return nodes.flatMap((node) => {
    const nodeId = node.node.id
    if (node.kind.role === 'target') return arrivalSteps(node)
    return Object.entries(compiled.get(nodeId) ?? {})
      .flatMap(([port, text]) => {
        const statement = context.trees.statement(text)
        const outputs = statement ? queryColumns(statement, tablesOf(node), undefined).outputs : []
        return outputSteps(node, port, outputs, context)
      })
      .concat(rejectSteps(node, context))
  })
}

const fromOf = ({ from }: Arrival, column: string): PortColumn => ({
  nodeId: from.node,
  port: from.port,
  column,
})

const arrivalSteps = ({ node, arrivals }: ConnectedNode): LineageStep[] =>
  arrivals.flatMap((arrival) =>
    arrival.columns.map(({ name }) => ({
      from: fromOf(arrival, name),
      to: { nodeId: node.id, port: arrival.port, column: name },
      copy: true,
    })),
  )

function outputSteps(
  { node, arrivals }: ConnectedNode,
  port: string,
  outputs: readonly OutputColumn[],
  { ports }: ColumnContext,
): LineageStep[] {
  const byRelation = new Map(
    arrivals.map((arrival) => [`${arrival.from.node}.${arrival.from.port}`, arrival]),
  )
  return columnsAt(ports, node.id, port).flatMap(({ name }, index) =>
    [...(outputs[index]?.origins ?? [])].flatMap(({ table, column }) => {
      const arrival = byRelation.get(table)
      if (!arrival) return []
      const copy = outputs[index]?.copyOf !== undefined
      return [{ from: fromOf(arrival, column), to: { nodeId: node.id, port, column: name }, copy }]
    }),
  )
}

/** Rejected rows have the columns of the first input. */
function rejectSteps({ node, kind, arrivals }: ConnectedNode, { ports }: ColumnContext): LineageStep[] {
  if (kind.role !== 'operator') return []
  const arrival = arrivals.find(({ port }) => port === kind.inputs(node.settings)[0]?.name)
  return columnsAt(ports, node.id, 'rejects').flatMap(({ name }) => {
    const found = arrival?.columns.find((column) => column.name === name)
    if (!arrival || !found) return []
    return [
      { from: fromOf(arrival, name), to: { nodeId: node.id, port: 'rejects', column: name }, copy: true },
    ]
  })
}

/** Every step that can be reached, breadth first. */
function follow(
  start: PortColumn,
  steps: StepsByColumn,
  next: (step: LineageStep) => PortColumn,
): LineageStep[] {
  const found: LineageStep[] = []
  const seen = new Set([keyOf(start)])
  const waiting = [start]
  for (let column = waiting.shift(); column; column = waiting.shift())
    for (const step of steps.get(keyOf(column)) ?? []) {
      found.push(step)
      const other = next(step)
      if (seen.has(keyOf(other))) continue
      seen.add(keyOf(other))
      waiting.push(other)
    }
  return found
}

function usesOf(
  nodes: readonly ConnectedNode[],
  columns: readonly PortColumn[],
  { trees }: ColumnContext,
): LineageUse[] {
  const wanted = new Map(columns.map((column) => [keyOf(column), column]))
  return nodes.flatMap((node) => {
    if (!node.arrivals.some(({ from }) => columns.some(({ nodeId }) => nodeId === from.node))) return []
    const { references, fixed } = nodeReferences(node, trees)
    const uses = [...references, ...fixed].flatMap(({ arrival, column, field }) => {
      const found = wanted.get(keyOf(fromOf(arrival, column)))
      return found ? [{ nodeId: node.node.id, field, column: found }] : []
    })
    return [...new Map(uses.map((use) => [JSON.stringify(use), use])).values()]
  })
}
