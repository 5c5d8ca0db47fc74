import { type Flow, sameName } from '../model/index.ts'
import { createProblem, type Problem } from '../problems/index.ts'
import { hiddenPrefix } from '../sql/index.ts'
import { type ColumnContext, renamesOf } from './column-context.ts'
import { makerOf, renameAtMaker } from './column-maker.ts'
import { type SettingChange, type WalkedNode, walkColumns } from './column-walk.ts'
import { columnsAt, connectedNodes, type PortColumn } from './references.ts'

export interface RenameRequest {
  readonly nodeId: string
  /** An output port; without it the first that has the column. */
  readonly port?: string | undefined
  readonly from: string
  readonly to: string
}

/** A column that a target writes, or would write, under another name. */
export interface WrittenColumn {
  readonly nodeId: string
  readonly before: string
  readonly after: string
}

export interface RenameResult {
  /** The flow as it was where a problem is an error. */
  readonly flow: Flow
  /** The node that gives the column its name; the asked one or one upstream of it. */
  readonly maker: PortColumn | undefined
  readonly changes: readonly SettingChange[]
  readonly written: readonly WrittenColumn[]
  readonly problems: readonly Problem[]
}

/**
 * Renames a column where it gets its name and rewrites every setting downstream that names it, as far
 * as it keeps that name. Nothing is changed where the flow would then mean something else.
 */
export async function renameColumn(
  flow: Flow,
  { nodeId, port, from, to }: RenameRequest,
  context: ColumnContext,
): Promise<RenameResult> {
  const refused = (problems: readonly Problem[], maker?: PortColumn): RenameResult => ({
    flow,
    maker,
    changes: [],
    written: [],
    problems,
  })
  const asked = findColumn(context, nodeId, port, from)
  if (!asked) return refused([createProblem('column.unknown', { column: from }, { nodeId, port })])
  const nodes = connectedNodes(flow, context.ports)
  const maker = await makerOf(nodes, asked, context)
  if (to === asked.column) return { ...refused([], maker) }
  const node = nodes.find((candidate) => candidate.node.id === maker.nodeId)
  const location = { nodeId: maker.nodeId, port: maker.port }
  const columns = columnsAt(context.ports, maker.nodeId, maker.port)
  const invalid = invalidName(to, maker, context)
  if (invalid) return refused([{ ...invalid, location }], maker)
  const renaming =
    node && maker.port !== 'rejects' ? renameAtMaker(node, maker.column, to, columns) : undefined
  if (!node || !renaming)
    return refused([createProblem('rename.notMadeHere', { column: from }, location)], maker)
  const renames = renamesOf(maker.column, to)
  const walked = await walkColumns(
    flow,
    {
      nodeId: maker.nodeId,
      settings: renaming.node.settings,
      renames: node.kind.role === 'source' ? { [maker.port]: renames } : undefined,
      guess: renames,
      inPlace: true,
    },
    context,
  )
  const problems = [
    ...walked.flatMap((step) => step.problems),
    ...walked.flatMap(({ node: { node: at }, fixed }) =>
      fixed.map(({ field, column }) => createProblem('rename.fixed', { column }, { nodeId: at.id, field })),
    ),
  ]
  if (problems.some(({ severity }) => severity === 'error')) return refused(problems, maker)
  const settings = new Map(walked.map((step) => [step.node.node.id, step.settings]))
  return {
    flow: {
      ...flow,
      nodes: flow.nodes.map((each) => {
        if (each.id === maker.nodeId) return renaming.node
        return { ...each, settings: { ...(settings.get(each.id) ?? each.settings) } }
      }),
    },
    maker,
    changes: [...renaming.changes, ...walked.flatMap(({ changes }) => changes)],
    written: writtenColumns(walked),
    problems,
  }
}

function findColumn(
  { ports }: ColumnContext,
  nodeId: string,
  port: string | undefined,
  column: string,
): PortColumn | undefined {
  const all = Object.hasOwn(ports, nodeId) ? Object.entries(ports[nodeId] ?? {}) : []
  for (const [name, columns] of all) {
    const found = columns.find((candidate) => sameName(candidate.name, column))
    if (found && (port ?? name) === name) return { nodeId, port: name, column: found.name }
  }
  return undefined
}

function invalidName(
  to: string,
  { nodeId, port, column }: PortColumn,
  context: ColumnContext,
): Problem | undefined {
  const label = { en: 'New name', zh: '新名称' }
  if (to.trim() === '') return createProblem('setting.required', { label })
  if (to.toLowerCase().startsWith(hiddenPrefix))
    return createProblem('column.reserved', { prefix: hiddenPrefix, column: to })
  const taken = columnsAt(context.ports, nodeId, port).some(
    ({ name }) => sameName(name, to) && !sameName(name, column),
  )
  return taken ? createProblem('column.duplicate', { column: to }) : undefined
}

const writtenColumns = (walked: readonly WalkedNode[]): WrittenColumn[] =>
  walked.flatMap(({ node, arriving }) =>
    node.kind.role === 'target'
      ? arriving.map(({ from, to }) => ({ nodeId: node.node.id, before: from, after: to }))
      : [],
  )

/** A setting that would no longer hold if a column went. */
export interface Breakage {
  readonly nodeId: string
  /** The path of the setting. */
  readonly field: string
  readonly text: string
  /** Where in the text the column is named, in UTF-16 units; empty: all of it. */
  readonly places: readonly { readonly start: number; readonly end: number }[]
  readonly column: string
}

export interface BreakagesResult {
  readonly breakages: readonly Breakage[]
  /** Targets that would no longer be given the column. */
  readonly targets: readonly { readonly nodeId: string; readonly column: string }[]
}

/**
 * What names a column downstream of a node, itself or what becomes of it under its name: the settings
 * that break when it goes, and the targets that lose it.
 */
export async function breakagesOf(
  flow: Flow,
  request: { readonly nodeId: string; readonly port?: string | undefined; readonly column: string },
  context: ColumnContext,
): Promise<BreakagesResult | undefined> {
  const { nodeId, port, column } = request
  const asked = findColumn(context, nodeId, port, column)
  const node = flow.nodes.find(({ id }) => id === nodeId)
  if (!asked || !node) return undefined
  const renames = renamesOf(asked.column, goneName(asked.column, context))
  const ports = Object.entries(context.ports[nodeId] ?? {}).filter(
    ([name]) => port === undefined || name === asked.port,
  )
  const everywhere = Object.fromEntries(
    ports
      .filter(([, columns]) => columns.some(({ name }) => sameName(name, asked.column)))
      .map(([name]) => [name, renames]),
  )
  const start = { nodeId, settings: node.settings, renames: everywhere, guess: renames, inPlace: false }
  const walked = await walkColumns(flow, start, context)
  return {
    breakages: walked.flatMap(breakagesAt),
    targets: writtenColumns(walked).map(({ nodeId: target, before }) => ({ nodeId: target, column: before })),
  }
}

/** A name that no column has. */
function goneName(column: string, { ports }: ColumnContext): string {
  const taken = new Set(
    Object.values(ports).flatMap((byPort) =>
      Object.values(byPort).flatMap((columns) => columns.map(({ name }) => name.toLowerCase())),
    ),
  )
  let name = `${column} gone`
  while (taken.has(name.toLowerCase())) name += ' gone'
  return name
}

function breakagesAt({ node, references, fixed, problems }: WalkedNode): Breakage[] {
  const nodeId = node.node.id
  const named = [...references, ...fixed.map((reference) => ({ ...reference, place: undefined }))]
  const byField = [...Map.groupBy(named, ({ field, column }) => JSON.stringify([field, column])).values()]
  const found = byField.flatMap((group): Breakage[] => {
    const [first] = group
    if (!first) return []
    const places = group.flatMap(({ place }) => place ?? [])
    return [{ nodeId, field: first.field, text: first.text, places, column: first.column }]
  })
  // A setting that speaks of two inputs names a column of one of them only.
  const others = problems.flatMap(({ severity, location: { field }, parameters }): Breakage[] =>
    severity === 'error' && field !== undefined && !found.some((each) => each.field === field)
      ? [{ nodeId, field, text: '', places: [], column: parameters['column'] ?? '' }]
      : [],
  )
  return [...found, ...others]
}
