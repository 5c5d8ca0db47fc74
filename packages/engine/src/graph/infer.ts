import type { Column, Flow, FlowNode } from '../model/index.ts'
import { inputNames } from '../operators/sql/input-names.ts'
import { createProblem, type Location, type Problem, ProblemError } from '../problems/index.ts'
import { saidIn } from '../problems/said-in.ts'
import type { Compiled, Input } from '../spec/index.ts'
import { placeOfProblem } from '../sql/character-offsets.ts'
import { checkSelect } from '../sql/check.ts'
import { empty, expression, hiddenPrefix, identifier, join, Sql, sql } from '../sql/index.ts'
import { bindExpression, type Expression, formProblems, fulfils } from './expression-problems.ts'
import { buildGraph, type Graph, type GraphNode } from './graph.ts'
import { InferenceMemo, type RememberedNode } from './inference-memo.ts'
import { type Inspector, SqlFault } from './inspector.ts'
import type { NodeKind } from './kinds.ts'
import { type Bindings, bindText, portRelation, resolveSettings, textsOf } from './settings.ts'

/** What the rejects port of every node carries besides the columns of the rejected row. */
export const rejectColumns: readonly Column[] = [
  { name: 'reject_column', type: 'VARCHAR' },
  { name: 'reject_value', type: 'VARCHAR' },
  { name: 'reject_reason', type: 'VARCHAR' },
]

/** A node with everything that can be known about it without data. */
export interface InferredNode extends GraphNode {
  readonly settings: Readonly<Record<string, unknown>>
  /** By input port. */
  readonly inputs: Readonly<Record<string, readonly Input[]>>
  /** Operators only. */
  readonly compiled: Compiled | undefined
  /** Columns by output port. */
  readonly columns: Readonly<Record<string, readonly Column[]>>
}

export interface InferredGraph {
  readonly graph: Graph
  /** In topological order; a node that could not be inferred, and all that hang on it, are missing. */
  readonly nodes: readonly InferredNode[]
  readonly problems: readonly Problem[]
}

export interface InferOptions {
  readonly bindings: Bindings
  /** What a node can be; every kind of the palette unless given. */
  readonly kinds?: ReadonlyMap<string, NodeKind>
  /** Part of a flow, for a preview: it need not have a target. */
  readonly isPart?: boolean
  /** Remembers from one inference to the next; for one inspector, one inference at a time. */
  readonly memo?: InferenceMemo
  /** The columns of a source; throws a ProblemError when they cannot be told. */
  sourceColumns(node: FlowNode, settings: Readonly<Record<string, unknown>>): Promise<readonly Column[]>
}

/** Computes the columns at every port and every problem of the flow, reading no data itself. */
export async function inferGraph(
  flow: Flow,
  inspector: Inspector,
  options: InferOptions,
): Promise<InferredGraph> {
  const graph = buildGraph(flow, options.kinds)
  const problems: Problem[] = [...graph.problems, ...options.bindings.problems]
  if (!options.isPart && !graph.nodes.some(({ kind }) => kind.role === 'target'))
    problems.push(createProblem('flow.noTarget', {}))
  const inferred = new Map<string, InferredNode>()
  const memo = options.memo ?? new InferenceMemo()
  for (const node of graph.nodes) {
    const result = await inferNode(node, inferred, inspector, { ...options, memo }, problems)
    if (result) inferred.set(node.node.id, result)
  }
  return { graph, nodes: [...inferred.values()], problems: problems.sort(bySeverity) }
}

const bySeverity = (a: Problem, b: Problem): number =>
  Number(a.severity === 'warning') - Number(b.severity === 'warning')

async function inferNode(
  graphNode: GraphNode,
  inferred: ReadonlyMap<string, InferredNode>,
  inspector: Inspector,
  options: InferOptions & { readonly memo: InferenceMemo },
  problems: Problem[],
): Promise<InferredNode | undefined> {
  const { node, kind } = graphNode
  const resolved = resolveSettings(node, kind, options.bindings)
  problems.push(...resolved.problems)
  const { settings } = resolved
  if (!settings) return undefined
  const inputs = inputsOf(graphNode, inferred)
  if (!inputs) return undefined
  const base = { ...graphNode, settings, inputs }
  if (kind.role === 'target') return { ...base, compiled: undefined, columns: {} }
  if (kind.role === 'source') {
    const columns = await sourceColumns(node, settings, options, problems)
    if (!columns) return undefined
    const ports: Record<string, readonly Column[]> = { out: columns }
    if (kind.end.rejects) ports['rejects'] = [...sourceRejectColumns, ...rejectColumns]
    return { ...base, compiled: undefined, columns: ports }
  }
  const arriving = Object.entries(inputs).map(([port, list]) => [
    port,
    list.map(({ relation, columns }) => [relation.text, columns]),
  ])
  const key = JSON.stringify([node.id, node.kind, settings, arriving, inspector.keyNames?.()])
  const known = options.memo.recall(key)
  const { result, problems: found } =
    known ?? (await inferOperator(graphNode, settings, inputs, inspector, options.memo))
  if (!known) options.memo.remember(key, { result, problems: found })
  problems.push(...found.map((problem) => placedAsWritten(problem, graphNode, options.bindings)))
  if (!result || resolved.problems.some(isError)) return undefined
  return { ...base, ...result }
}

/** Problems are found in texts with the values of parameters in them; people see the texts without. */
function placedAsWritten(problem: Problem, { node, kind }: GraphNode, bindings: Bindings): Problem {
  const { field, position } = problem.location
  if (position === undefined) return problem
  const written = textsOf(kind.settings, node.settings, ['expression', 'sql']).find(
    ({ path }) => path === field,
  )
  if (!written?.text.includes('${')) return problem
  const origin = bindText(written.text, bindings, true).origin(position)
  return { ...problem, location: { ...problem.location, position: origin } }
}

const isError = (problem: Problem): boolean => problem.severity === 'error'

async function inferOperator(
  graphNode: GraphNode,
  settings: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, readonly Input[]>>,
  inspector: Inspector,
  memo: InferenceMemo,
): Promise<RememberedNode> {
  const { node, kind } = graphNode
  if (kind.role !== 'operator') throw new Error(`${kind.kind} is no operator`)
  const problems: Problem[] = []
  const expressions = await checkTexts(graphNode, settings, inputs, inspector, memo, problems)
  if (problems.some(isError)) return { problems, result: undefined }
  const expecting = expressions.filter(({ expects }) => expects !== undefined)
  const reported: Problem[] = []
  const report = (problem: Problem) =>
    void reported.push({ ...problem, location: { nodeId: node.id, ...problem.location } })
  const compiled = kind.operator.compile({
    settings,
    inputs,
    carry: empty,
    report,
    keys: inspector.keyNames?.(),
  })
  const first = reported.some(isError)
    ? undefined
    : await describeFirst(compiled, expecting, inputs, inspector)
  if (!first) await bindTogether(expecting, inspector, problems)
  if (problems.some(isError)) return { problems, result: undefined }
  problems.push(...reported)
  if (problems.some(isError)) return { problems, result: undefined }
  const columns = await describePorts(graphNode, compiled, inputs, inspector, problems, first)
  if (!columns) {
    // One of the expressions may be why; its own problem has a place.
    const located: Problem[] = []
    for (const each of expressions) located.push(...(await bindExpression(each, inspector)).problems)
    if (located.some(isError)) return { problems: located, result: undefined }
  }
  return { problems, result: columns && { compiled, columns } }
}

/** A row that could not be read has no columns yet: it is kept as it stands in the source. */
export const sourceRejectColumns: readonly Column[] = [
  { name: 'file', type: 'VARCHAR' },
  { name: 'line', type: 'BIGINT' },
  { name: 'row', type: 'VARCHAR' },
]

function inputsOf(
  { node, kind, incoming }: GraphNode,
  inferred: ReadonlyMap<string, InferredNode>,
): Record<string, readonly Input[]> | undefined {
  const inputs: Record<string, readonly Input[]> = {}
  for (const port of kind.inputs(node.settings)) {
    const edges = incoming.get(port.name) ?? []
    const found = edges.flatMap(({ from }) => {
      const columns = inferred.get(from.node)?.columns[from.port]
      return columns ? [{ relation: Sql.make(portRelation(from.node, from.port)), columns }] : []
    })
    if (found.length < edges.length || (edges.length === 0 && !port.optional)) return undefined
    inputs[port.name] = found
  }
  return inputs
}

async function sourceColumns(
  node: FlowNode,
  settings: Readonly<Record<string, unknown>>,
  options: InferOptions,
  problems: Problem[],
): Promise<readonly Column[] | undefined> {
  try {
    return await options.sourceColumns(node, settings)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    problems.push({ ...error.problem, location: { nodeId: node.id, ...error.problem.location } })
    return undefined
  }
}

/** Parses and checks every expression and query of the node by itself, so that a fault has a place. */
async function checkTexts(
  { node, kind }: GraphNode,
  settings: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, readonly Input[]>>,
  inspector: Inspector,
  memo: InferenceMemo,
  problems: Problem[],
): Promise<Expression[]> {
  const expressions: Expression[] = []
  for (const { path, text, meta } of textsOf(kind.settings, settings, ['expression', 'sql'])) {
    if (text.trim() === '') continue
    const location: Location = { nodeId: node.id, field: path }
    if (meta.widget !== 'expression') {
      const checked = checkSelect(await memo.parse(inspector, text), queryTables(settings, inputs))
      for (const problem of checked.problems)
        problems.push(
          createProblem(
            problem.code,
            { detail: saidIn(problem.detail) },
            { ...location, position: placeOfProblem(problem, text) },
          ),
        )
      continue
    }
    const input = inputs[meta.input ?? kind.inputs(node.settings)[0]?.name ?? 'in']?.[0]
    const parse = (statement: string) => memo.parse(inspector, statement)
    const malformed = await formProblems(text, input?.columns ?? [], parse, location)
    problems.push(...malformed)
    if (input && malformed.length === 0) expressions.push({ text, input, expects: meta.expects, location })
  }
  return expressions
}

const unlessFaulty = <T>(described: Promise<T>): Promise<T | undefined> =>
  described.catch((error: unknown) => {
    if (error instanceof SqlFault) return undefined
    throw error
  })

const typeName = (index: number): string => `${hiddenPrefix}type_${index}`

/**
 * The usual case in one statement: the columns of the first port, together with the types of expressions.
 * Undefined where something of it does not bind or gives what is not expected, which must be asked one by one.
 */
async function describeFirst(
  { outputs }: Compiled,
  expressions: readonly Expression[],
  inputs: Readonly<Record<string, readonly Input[]>>,
  inspector: Inspector,
): Promise<Column[] | undefined> {
  const [statement] = Object.values(outputs)
  const [first] = expressions
  if (!statement || expressions.some(({ input }) => input !== first?.input)) return undefined
  const list = join(
    expressions.map(({ text }, index) => sql`${expression(text)} AS ${identifier(typeName(index))}`),
  )
  const whole = first
    ? sql`SELECT * FROM (${statement}) AS port, (SELECT ${list} FROM ${first.input.relation}) AS types`
    : statement
  const described = await unlessFaulty(inspector.describe(whole, Object.values(inputs).flat()))
  if (!described) return undefined
  const columns = described.slice(0, described.length - expressions.length)
  const types = described.slice(columns.length)
  const isExpected = expressions.every(
    ({ expects }, index) => types[index]?.name === typeName(index) && fulfils(types[index]?.type, expects),
  )
  return isExpected ? columns : undefined
}

/** Binds expressions, each by itself only if they do not all bind and give what is expected of them. */
async function bindTogether(
  expressions: readonly Expression[],
  inspector: Inspector,
  problems: Problem[],
): Promise<void> {
  const [first] = expressions
  if (!first) return
  const isSame = expressions.every(({ input }) => input === first.input)
  const list = join(
    expressions.map(({ text }, index) => sql`${expression(text)} AS ${identifier(`v${index}`)}`),
  )
  const types = isSame
    ? await unlessFaulty(inspector.describe(sql`SELECT ${list} FROM ${first.input.relation}`, [first.input]))
    : undefined
  if (types && expressions.every(({ expects }, index) => fulfils(types[index]?.type, expects))) return
  for (const each of expressions) problems.push(...(await bindExpression(each, inspector)).problems)
}

/** The tables that a query of the node may read: its inputs, as operators/sql names them. */
function queryTables(
  settings: Readonly<Record<string, unknown>>,
  inputs: Readonly<Record<string, readonly Input[]>>,
): string[] {
  const names = Array.isArray(settings['names']) ? settings['names'].map(String) : []
  return inputNames(names, inputs['in']?.length ?? 0)
}

async function describePorts(
  { node, kind }: GraphNode,
  compiled: Compiled,
  inputs: Readonly<Record<string, readonly Input[]>>,
  inspector: Inspector,
  problems: Problem[],
  first: readonly Column[] | undefined,
): Promise<Record<string, readonly Column[]> | undefined> {
  const columns: Record<string, readonly Column[]> = {}
  const statements = Object.entries(compiled.outputs)
  const relations = Object.values(inputs).flat()
  for (const [index, [port, statement]] of statements.entries()) {
    try {
      columns[port] = (index === 0 && first) || (await inspector.describe(statement, relations))
    } catch (error) {
      if (!(error instanceof SqlFault)) throw error
      problems.push(
        createProblem(
          'sql.invalid',
          { detail: saidIn(error.message) },
          { nodeId: node.id, port },
          error.candidates,
        ),
      )
      return undefined
    }
    for (const { name } of columns[port])
      if (name.startsWith(hiddenPrefix))
        problems.push(
          createProblem('column.reserved', { prefix: hiddenPrefix, column: name }, { nodeId: node.id, port }),
        )
  }
  const hasRejects = kind.outputs(node.settings).some((port) => port.name === 'rejects')
  if (hasRejects)
    columns['rejects'] = withRejectColumns(
      inputs[kind.inputs(node.settings)[0]?.name ?? 'in']?.[0]?.columns ?? [],
    )
  return columns
}

/** The columns of a rejects port: those of the row, then why it was rejected (replacing columns of those names). */
export function withRejectColumns(columns: readonly Column[]): Column[] {
  const reserved = new Set(rejectColumns.map((column) => column.name))
  return [...columns.filter((column) => !reserved.has(column.name.toLowerCase())), ...rejectColumns]
}

/** The relation of a port, for FROM. */
export const relationOf = (nodeId: string, port: string): Sql => identifier(`${nodeId}.${port}`)
