import type { Column } from '../model/index.ts'
import { createProblem, type Problem } from '../problems/index.ts'
import type { Input } from '../spec/index.ts'
import { type QueryColumns, queryColumns, type TableColumn } from '../sql/query-columns.ts'
import {
  type ColumnContext,
  type Compilation,
  type PortRenames,
  type Renames,
  relationOf,
  tablesOf,
} from './column-context.ts'
import { withRejectColumns } from './infer.ts'
import type { ConnectedNode } from './references.ts'

/** A node before and after columns that arrive at it were renamed. */
export interface ProvableNode {
  readonly node: ConnectedNode
  /** New names of what arrives, by relation. */
  readonly renamesOfRelation: ReadonlyMap<string, Renames>
  /** The inputs under the new names. */
  readonly inputs: Readonly<Record<string, readonly Input[]>>
  /** Undefined where the node cannot be compiled: a source, a target, or a node that was not inferred. */
  readonly before: Compilation | undefined
  readonly after: Compilation | undefined
}

export interface Verified {
  readonly renames: PortRenames
  readonly problems: readonly Problem[]
}

/** What the SQL of a node shows: the new names of its columns, and whether its rows mean the same. */
export function verifyNode(step: ProvableNode, context: ColumnContext): Verified {
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

function rejectNames({ node, inputs }: ProvableNode): string[] {
  const first = node.kind.inputs(node.node.settings)[0]?.name ?? 'in'
  return withRejectColumns(inputs[first]?.[0]?.columns ?? []).map(({ name }) => name)
}

/** The names of a port’s columns by then; undefined where they would not be the same columns. */
function provenNames(
  { node, inputs, before, after, renamesOfRelation }: ProvableNode,
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
