import type { Column, Flow } from '../model/index.ts'
import { createProblem, type Problem } from '../problems/index.ts'
import type { Input } from '../spec/index.ts'
import { escapePlaceholders, renameReferences } from '../sql/column-references.ts'
import { type QueryColumns, queryColumns, type TableColumn } from '../sql/query-columns.ts'
import { empty } from '../sql/sql.ts'
import { withRejectColumns } from './infer.ts'
import {
  type Arrival,
  type ConnectedNode,
  connectedNodes,
  inputsOfArrivals,
  nodeReferences,
  type ParseTrees,
  type PortColumns,
  type SettingReference,
  textsToParse,
} from './references.ts'
import { type Bindings, resolveSettings } from './settings.ts'

/** What is known about a flow besides its text. */
export interface ColumnContext {
  readonly ports: PortColumns
  readonly trees: ParseTrees
  readonly bindings: Bindings
  /** Names of the keys that operators may use. */
  readonly keys?: readonly string[] | undefined
}

/** New names by old ones (lower case, as DuckDB compares them). */
export type Renames = ReadonlyMap<string, string>
type PortRenames = Readonly<Record<string, Renames>>

export const renamesOf = (from: string, to: string): Renames => new Map([[from.toLowerCase(), to]])

/** A setting with another text. */
export interface SettingChange {
  readonly nodeId: string
  readonly field: string
  readonly before: string
  readonly after: string
}

type Settings = Readonly<Record<string, unknown>>

/** What renaming does to one node. */
export interface WalkedNode {
  readonly node: ConnectedNode
  readonly settings: Settings
  readonly changes: readonly SettingChange[]
  /** The references that had to be rewritten, and those that cannot be. */
  readonly references: readonly SettingReference[]
  readonly fixed: readonly Omit<SettingReference, 'place'>[]
  /** New names of columns that arrive. */
  readonly arriving: readonly { readonly arrival: Arrival; readonly from: string; readonly to: string }[]
  readonly problems: readonly Problem[]
}

/** Where a walk begins: what happens to the columns of a node, by port, and its settings by then. */
export interface WalkStart {
  readonly nodeId: string
  readonly settings: Settings
  /** Undefined: as its SQL shows. */
  readonly renames: PortRenames | undefined
  /** The name that goes, for a first guess at what the SQL will show. */
  readonly guess: Renames
}

interface Compilation {
  readonly outputs: Readonly<Record<string, string>>
  readonly problems: readonly Problem[]
}

interface Step extends WalkedNode {
  readonly renamesOfRelation: ReadonlyMap<string, Renames>
  readonly inputs: Readonly<Record<string, readonly Input[]>>
  readonly outputs: PortRenames
  readonly before: Compilation | undefined
  readonly after: Compilation | undefined
}

interface Verified {
  readonly renames: PortRenames
  readonly problems: readonly Problem[]
}

const relationOf = ({ from }: Arrival): string => `${from.node}.${from.port}`

export function compileNode(
  { node, kind }: ConnectedNode,
  settings: Settings,
  inputs: Readonly<Record<string, readonly Input[]>>,
  { bindings, keys }: ColumnContext,
): Compilation | undefined {
  if (kind.role !== 'operator') return undefined
  const resolved = resolveSettings({ ...node, settings: { ...settings } }, kind, bindings)
  if (!resolved.settings) return { outputs: {}, problems: resolved.problems }
  const problems: Problem[] = []
  const report = (problem: Problem) =>
    void problems.push({ ...problem, location: { nodeId: node.id, ...problem.location } })
  const compiled = kind.operator.compile({ settings: resolved.settings, inputs, carry: empty, report, keys })
  return {
    outputs: Object.fromEntries(Object.entries(compiled.outputs).map(([port, { text }]) => [port, text])),
    problems,
  }
}

/** Whether inference got through to a node, so that it can be compiled. */
export const isInferred = ({ node, arrivals }: ConnectedNode, { ports }: ColumnContext): boolean =>
  Object.hasOwn(ports, node.id) && arrivals.every(({ columns }) => columns.length > 0)

export const tablesOf = ({ arrivals }: ConnectedNode) =>
  arrivals.map((arrival) => ({
    name: relationOf(arrival),
    columns: arrival.columns.map(({ name }) => name),
  }))

/**
 * Follows renamed columns from a node downstream: rewrites the settings that name them and asks every
 * operator’s own SQL which of its columns are called something else by then. The SQL of all nodes is
 * parsed at once under a guess at the names; where a node shows others, what follows is done again.
 */
export async function walkColumns(
  flow: Flow,
  start: WalkStart,
  context: ColumnContext,
): Promise<WalkedNode[]> {
  const nodes = reachable(connectedNodes(flow, context.ports), start.nodeId)
  const compiled = new Map(
    nodes.map((node) => [
      node.node.id,
      isInferred(node, context)
        ? compileNode(node, node.node.settings, inputsOfArrivals(node), context)
        : undefined,
    ]),
  )
  await context.trees.load(
    nodes.flatMap((node) => [
      ...textsToParse(node),
      ...Object.values(compiled.get(node.node.id)?.outputs ?? {}),
    ]),
  )
  const verified = new Map<string, Verified>()
  if (start.renames) verified.set(start.nodeId, { renames: start.renames, problems: [] })
  for (;;) {
    const steps = guessSteps(nodes, start, compiled, verified, context)
    await context.trees.load(steps.flatMap(({ after }) => Object.values(after?.outputs ?? {})))
    const surprise = steps.find((step) => {
      if (verified.has(step.node.node.id)) return false
      const found = verify(step, context)
      verified.set(step.node.node.id, found)
      return !sameRenames(found.renames, step.outputs)
    })
    if (!surprise)
      return steps.map((step) => ({
        ...step,
        problems: [...step.problems, ...(verified.get(step.node.node.id)?.problems ?? [])],
      }))
    const at = steps.indexOf(surprise)
    for (const { node } of steps.slice(at + 1)) verified.delete(node.node.id)
  }
}

/** The node and all that hang on it, in topological order. */
export function reachable(nodes: readonly ConnectedNode[], nodeId: string): ConnectedNode[] {
  const found = new Set([nodeId])
  for (const { node, arrivals } of nodes)
    if (arrivals.some(({ from }) => found.has(from.node))) found.add(node.id)
  return nodes.filter(({ node }) => found.has(node.id))
}

function guessSteps(
  nodes: readonly ConnectedNode[],
  start: WalkStart,
  compiled: ReadonlyMap<string, Compilation | undefined>,
  verified: ReadonlyMap<string, Verified>,
  context: ColumnContext,
): Step[] {
  const outputs = new Map<string, PortRenames>()
  const steps: Step[] = []
  for (const node of nodes) {
    const isStart = node.node.id === start.nodeId
    const renamesOfRelation = new Map(
      node.arrivals.flatMap((arrival) => {
        const renames = outputs.get(arrival.from.node)?.[arrival.from.port]
        return renames && renames.size > 0 ? [[relationOf(arrival), renames] as const] : []
      }),
    )
    if (!isStart && renamesOfRelation.size === 0) continue
    const rewritten = rewrite(node, renamesOfRelation, context)
    const settings = isStart ? start.settings : rewritten.settings
    const inputs = renamedInputs(node, renamesOfRelation)
    const before = compiled.get(node.node.id)
    const after = before && compileNode(node, settings, inputs, context)
    const arriving = node.arrivals.flatMap((arrival) =>
      arrival.columns.flatMap(({ name }) => {
        const to = renamesOfRelation.get(relationOf(arrival))?.get(name.toLowerCase())
        return to === undefined ? [] : [{ arrival, from: name, to }]
      }),
    )
    const known = verified.get(node.node.id)?.renames
    const guess = isStart ? start.guess : merge([...renamesOfRelation.values()])
    const guessed = known ?? guessOutputs(node, guess, before, context)
    outputs.set(node.node.id, guessed)
    const problems = after ? newProblems(before, after) : []
    steps.push({
      ...rewritten,
      node,
      settings,
      arriving,
      problems,
      renamesOfRelation,
      inputs,
      outputs: guessed,
      before,
      after,
    })
  }
  return steps
}

const merge = (all: readonly Renames[]): Renames => new Map(all.flatMap((renames) => [...renames]))

/** Most often a column that arrives under a new name leaves under it too. */
function guessOutputs(
  { node }: ConnectedNode,
  guess: Renames,
  before: Compilation | undefined,
  { ports }: ColumnContext,
): PortRenames {
  if (!before) return {}
  return Object.fromEntries(
    Object.entries(ports[node.id] ?? {}).map(([port, columns]) => [port, within(columns, guess)]),
  )
}

const within = (columns: readonly Column[], renames: Renames): Renames =>
  new Map(
    columns.flatMap(({ name }) => {
      const to = renames.get(name.toLowerCase())
      return to === undefined ? [] : [[name.toLowerCase(), to] as const]
    }),
  )

const keyOf = ({ code, location, message }: Problem): string =>
  JSON.stringify([code, location.field, location.port, message.en])

function newProblems(before: Compilation | undefined, after: Compilation): Problem[] {
  const known = new Set((before?.problems ?? []).map(keyOf))
  return after.problems.filter((problem) => !known.has(keyOf(problem)))
}

function renamedInputs(
  node: ConnectedNode,
  renames: ReadonlyMap<string, Renames>,
): Record<string, readonly Input[]> {
  return inputsOfArrivals({
    ...node,
    arrivals: node.arrivals.map((arrival) => ({
      ...arrival,
      columns: arrival.columns.map((column) => ({
        ...column,
        name: renames.get(relationOf(arrival))?.get(column.name.toLowerCase()) ?? column.name,
      })),
    })),
  })
}

/** A node’s settings under the new names. */
function rewrite(
  node: ConnectedNode,
  renames: ReadonlyMap<string, Renames>,
  { trees }: ColumnContext,
): Pick<Step, 'settings' | 'changes' | 'references' | 'fixed'> {
  const newName = ({ arrival, column }: Pick<SettingReference, 'arrival' | 'column'>) =>
    renames.get(relationOf(arrival))?.get(column.toLowerCase())
  const all = nodeReferences(node, trees)
  const references = all.references.filter((reference) => newName(reference) !== undefined)
  const fixed = all.fixed.filter((reference) => newName(reference) !== undefined)
  let settings: Settings = node.node.settings
  const changes: SettingChange[] = []
  for (const [field, group] of Map.groupBy(references, (reference) => reference.field)) {
    const before = group[0]?.text ?? ''
    const places = group.flatMap(({ place, ...rest }) =>
      place ? [{ ...place, column: { table: '', column: '' }, to: newName(rest) ?? '' }] : [],
    )
    const [whole] = group.filter(({ place }) => place === undefined)
    const after = whole ? escapePlaceholders(newName(whole) ?? '') : renameReferences(before, places)
    if (after === before) continue
    settings = withText(settings, field, after)
    changes.push({ nodeId: node.node.id, field, before, after })
  }
  return { settings, changes, references, fixed }
}

/** Settings with another text at a path; what the path leads through is there already. */
export function withText(settings: Settings, field: string, text: string): Settings {
  const put = (value: unknown, [head, ...rest]: readonly string[]): unknown => {
    if (head === undefined) return text
    if (Array.isArray(value))
      return value.map((item, index) => (String(index) === head ? put(item, rest) : item))
    const record = typeof value === 'object' && value !== null ? value : {}
    const child = Object.entries(record).find(([key]) => key === head)?.[1]
    return { ...record, [head]: put(child, rest) }
  }
  const [head = '', ...rest] = field.split('.')
  return { ...settings, [head]: put(Object.hasOwn(settings, head) ? settings[head] : undefined, rest) }
}

/** What the SQL of a node shows: the new names of its columns, and whether its rows mean the same. */
function verify(step: Step, context: ColumnContext): Verified {
  const { node, before, after, renamesOfRelation } = step
  const renames: Record<string, Renames> = {}
  const problems: Problem[] = []
  if (!before || !after) return { renames, problems }
  const nodeId = node.node.id
  for (const [port, columns] of Object.entries(context.ports[nodeId] ?? {})) {
    const names = port === 'rejects' ? rejectNames(step) : provenNames(step, port, columns, problems, context)
    const found = names?.length === columns.length ? names : undefined
    if (!found && after.problems.length === 0)
      problems.push(createProblem('rename.changesMeaning', {}, { nodeId, port }))
    const changed = (found ?? []).flatMap((name, index) => {
      const old = columns[index]?.name
      return old === undefined || name === old ? [] : [[old.toLowerCase(), name] as const]
    })
    renames[port] = new Map(changed)
    const taken = (found ?? []).find(
      (name, index) => found?.findIndex((other) => other.toLowerCase() === name.toLowerCase()) !== index,
    )
    if (taken !== undefined && renamesOfRelation.size > 0)
      problems.push(createProblem('column.duplicate', { column: taken }, { nodeId, port }))
  }
  return { renames, problems }
}

function rejectNames({ node, inputs }: Step): string[] {
  const first = node.kind.inputs[0]?.name ?? 'in'
  return withRejectColumns(inputs[first]?.[0]?.columns ?? []).map(({ name }) => name)
}

/** The names of a port’s columns by then; undefined where they would not be the same columns. */
function provenNames(
  { node, inputs, before, after, renamesOfRelation }: Step,
  port: string,
  columns: readonly Column[],
  problems: Problem[],
  { trees }: ColumnContext,
): string[] | undefined {
  const [old, now] = [before?.outputs[port], after?.outputs[port]]
  const [oldTree, nowTree] = [old, now].map((text) =>
    text === undefined ? undefined : trees.statement(text),
  )
  if (!oldTree || !nowTree) return undefined
  const tables = tablesOf(node)
  const renamedTables = node.arrivals.map((arrival) => ({
    name: relationOf(arrival),
    columns: (inputs[arrival.port] ?? [])
      .filter(
        (_, index) => node.arrivals.filter(({ port: other }) => other === arrival.port)[index] === arrival,
      )
      .flatMap((input) => input.columns.map(({ name }) => name)),
  }))
  const [was, is] = [
    queryColumns(oldTree, tables, undefined),
    queryColumns(nowTree, renamedTables, undefined),
  ]
  const rename = ({ table, column }: TableColumn): TableColumn => ({
    table,
    column: renamesOfRelation.get(table)?.get(column.toLowerCase()) ?? column,
  })
  if (shapeOf(was, rename) !== shapeOf(is, (column) => column)) return undefined
  if (JSON.stringify(was.texts) !== JSON.stringify(is.texts))
    problems.push(createProblem('rename.becomesValue', {}, { nodeId: node.node.id, port }))
  return is.outputs.map(({ name, origins }, index) => {
    const isRenamed = [...origins].some(({ table, column }) =>
      [...(renamesOfRelation.get(table)?.values() ?? [])].includes(column),
    )
    if (name === undefined && isRenamed)
      problems.push(createProblem('rename.unnamed', {}, { nodeId: node.node.id, port }))
    return name ?? columns[index]?.name ?? ''
  })
}

/** All that a query reads, in order, under the names of one side. */
function shapeOf({ outputs, named }: QueryColumns, rename: (column: TableColumn) => TableColumn): string {
  const text = (column: TableColumn) => {
    const { table, column: name } = rename(column)
    return [table, name]
  }
  return JSON.stringify([
    named.map(({ column }) => text(column)),
    outputs.map(({ origins }) => [...origins].map(text)),
  ])
}

const sameRenames = (a: PortRenames, b: PortRenames): boolean => textOfRenames(a) === textOfRenames(b)

const textOfRenames = (ports: PortRenames): string =>
  JSON.stringify(
    Object.entries(ports)
      .filter(([, renames]) => renames.size > 0)
      .map(([port, renames]) => [port, [...renames].sort()])
      .sort(),
  )
