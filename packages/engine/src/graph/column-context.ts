import type { Problem } from '../problems/index.ts'
import type { Input } from '../spec/index.ts'
import { empty } from '../sql/sql.ts'
import type { Arrival, ConnectedNode, ParseTrees, PortColumns } from './references.ts'
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
export type PortRenames = Readonly<Record<string, Renames>>

export const renamesOf = (from: string, to: string): Renames => new Map([[from.toLowerCase(), to]])

type Settings = Readonly<Record<string, unknown>>

/** The SQL of each output port of a node, and what was wrong with it. */
export interface Compilation {
  readonly outputs: Readonly<Record<string, string>>
  readonly problems: readonly Problem[]
}

/** The name of an edge’s relation in that SQL, and in `TableColumn.table`. */
export const relationOf = ({ from }: Arrival): string => `${from.node}.${from.port}`

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
