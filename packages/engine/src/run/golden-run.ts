import { type GoldenTest, goldenSourceRows, mostGoldenRows } from '../golden/golden.ts'
import type { InferredNode } from '../graph/infer.ts'
import { nodeKinds } from '../graph/kinds.ts'
import { type Flow, type PinnedRows, sameName } from '../model/index.ts'
import { createProblem, fail, type Problem } from '../problems/index.ts'
import type { GoldenOutcome } from './engine.ts'
import { problemOf } from './system-problems.ts'
import type { PortTable, SourceRows, Workbench } from './workbench.ts'

/** Rows that differ which an outcome shows. */
const rowsShown = 200

/** What is known of a port before its rows are computed; see `Design`. */
export interface TestedPort {
  readonly byId: ReadonlyMap<string, InferredNode>
  readonly sources: ReadonlyMap<string, SourceRows>
  readonly problems: readonly Problem[]
  readonly at: { readonly node: string; readonly port: string } | undefined
}

/** The value of every parameter that a flow has: the given one, else its default. */
export const boundValues = (
  { parameters }: Flow,
  given: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    parameters.map(({ name, default: initial }) => [
      name,
      Object.hasOwn(given, name) ? (given[name] ?? initial) : initial,
    ]),
  )

/** The flow with the rows of a test in place of its sources. */
export const withRowsOf = (flow: Flow, sources: Readonly<Record<string, PinnedRows>>): Flow => ({
  ...flow,
  nodes: flow.nodes.map((node) =>
    Object.hasOwn(sources, node.id) ? { ...node, pinned: sources[node.id] } : node,
  ),
})

/** Sources before the tested node that a test has no rows for; `flow` holds no other nodes. */
export const sourcesWithoutRows = (flow: Flow, { sources }: Pick<GoldenTest, 'sources'>): Problem[] =>
  flow.nodes
    .filter(({ id, kind }) => nodeKinds.get(kind)?.role === 'source' && !Object.hasOwn(sources, id))
    .map(({ id }) => createProblem('golden.newSource', {}, { nodeId: id }))

async function tableOf(
  workbench: Workbench,
  { byId, sources, at, problems }: TestedPort,
): Promise<PortTable> {
  const node = at && byId.get(at.node)
  if (node) return workbench.port(node, at.port, byId, sources)
  const [problem] = problems
  return fail('golden.noPort', { detail: problem?.message ?? '' }, problem?.location ?? {})
}

const rowsOf = async (workbench: Workbench, table: PortTable, limit: number): Promise<PinnedRows> => ({
  columns: table.columns.map(({ name, type }) => ({ name, type })),
  rows: (await workbench.page(table, { limit })).rows,
})

/** The first rows of every source of a port, to be kept by a test. */
export async function keptRows(workbench: Workbench, port: TestedPort): Promise<GoldenTest['sources']> {
  const kept: GoldenTest['sources'] = {}
  for (const [nodeId, source] of port.sources) {
    const node = port.byId.get(nodeId)
    if (!node) continue
    kept[nodeId] =
      'pinned' in source
        ? source.pinned
        : await rowsOf(
            workbench,
            await workbench.port(node, 'out', port.byId, port.sources),
            goldenSourceRows,
          )
  }
  return kept
}

/** All rows of a port, as a test expects them from now on. Rejects where there are too many. */
export async function expectedRows(workbench: Workbench, port: TestedPort): Promise<GoldenTest['expected']> {
  const table = await tableOf(workbench, port)
  if (table.rows > mostGoldenRows) fail('golden.tooMany', { most: String(mostGoldenRows) })
  return rowsOf(workbench, table, mostGoldenRows)
}

/** The first row at which two tables of the same rows differ in their order, as a located problem. */
async function orderFault(
  workbench: Workbench,
  expected: PinnedRows,
  actual: PortTable,
  location: Problem['location'],
): Promise<Problem | undefined> {
  const found = await rowsOf(workbench, actual, mostGoldenRows)
  const places = expected.columns.map(({ name }) =>
    found.columns.findIndex((column) => sameName(column.name, name)),
  )
  for (const [index, cells] of expected.rows.entries()) {
    const row = places.map((place) => found.rows[index]?.[place] ?? null)
    if (cells.every((cell, place) => cell === row[place])) continue
    const text = (values: readonly (string | null)[]) =>
      values
        .map((value) => value ?? 'NULL')
        .join(', ')
        .slice(0, 200)
    const parameters = { row: String(index + 1), expected: text(cells), actual: text(row) }
    return createProblem('golden.order', parameters, location)
  }
  return undefined
}

/** Whether the rows of a port are those that a test expects: the same columns, the same rows, in their order where it counts. */
export async function outcomeOf(
  workbench: Workbench,
  { name, nodeId, port, expected, ordered = false }: GoldenTest,
  tested: TestedPort,
): Promise<GoldenOutcome> {
  const about = { name, nodeId, port, ordered }
  try {
    const actual = await tableOf(workbench, tested)
    const comparison = await workbench.compare(await workbench.written(expected), actual, {
      limit: rowsShown,
    })
    const { added, removed, changed } = comparison.counts
    const isSame = comparison.columns.every(({ before, after }) => before === after)
    const hasAll = isSame && added + removed + changed === 0
    const fault = hasAll && ordered ? await orderFault(workbench, expected, actual, { nodeId }) : undefined
    return { ...about, passed: hasAll && !fault, comparison, problems: fault ? [fault] : [] }
  } catch (error) {
    return { ...about, passed: false, comparison: null, problems: [problemOf(error, nodeId)] }
  }
}
