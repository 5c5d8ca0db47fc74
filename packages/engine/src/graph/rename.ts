import { type Flow, sameName } from '../model/index.ts'
import { createProblem, type Problem } from '../problems/index.ts'
import { hiddenPrefix } from '../sql/index.ts'
import { type ColumnContext, renamesOf } from './column-context.ts'
import { renameAtMaker, wayToMaker } from './column-maker.ts'
import { type SettingChange, type WalkedNode, walkColumns } from './column-walk.ts'
import { type DrawnFlow, distinct, drawnNodeId, placeAsDrawn, placesOf } from './drawn-columns.ts'
import { columnsAt, connectedNodes, type PortColumn } from './references.ts'
import { usedFlow } from './subflow-kind.ts'
import { drawnProblems, isInnerId, nameInside } from './subflows.ts'

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
  /** The drawn flow, as it was where a problem is an error. */
  readonly flow: Flow
  /** The drawn node that gives the column its name, or uses a flow that does; the asked one or one upstream of it. */
  readonly maker: PortColumn | undefined
  readonly changes: readonly SettingChange[]
  readonly written: readonly WrittenColumn[]
  readonly problems: readonly Problem[]
}

/**
 * Renames a column where it gets its name and rewrites every setting downstream that names it, as far
 * as it keeps that name, also behind flows that are used and let it through. Nothing is changed where
 * the flow would then mean something else, or a flow that is used would have to be changed: it stays the
 * version that was published.
 */
export async function renameColumn(
  flow: DrawnFlow,
  { nodeId, port, from, to }: RenameRequest,
  context: ColumnContext,
): Promise<RenameResult> {
  const refused = (problems: readonly Problem[], maker?: PortColumn): RenameResult => ({
    flow: flow.drawn,
    maker,
    changes: [],
    written: [],
    problems,
  })
  const [asked] = placesOf(flow, { nodeId, port, column: from }, context.ports)
  if (!asked) return refused([createProblem('column.unknown', { column: from }, { nodeId, port })])
  const nodes = connectedNodes(flow.whole, context.ports)
  const nodeOf = (id: string) => nodes.find((candidate) => candidate.node.id === id)
  const way = await wayToMaker(nodes, asked, context)
  const maker = way.at(-1) ?? asked
  const seen = way.flatMap((place) => placeAsDrawn(place, nodeOf(place.nodeId)?.node) ?? []).at(-1) ?? asked
  if (to === asked.column) return refused([], seen)
  if (isInnerId(maker.nodeId)) {
    const location = { nodeId: seen.nodeId, port: seen.port }
    return refused(
      [createProblem('rename.madeInside', { column: from, flow: nameOf(flow, seen.nodeId) }, location)],
      seen,
    )
  }
  const node = nodeOf(maker.nodeId)
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
    flow.whole,
    {
      nodeId: maker.nodeId,
      settings: renaming.node.settings,
      renames: node.kind.role === 'source' ? { [maker.port]: renames } : undefined,
      guess: renames,
      inPlace: true,
    },
    context,
  )
  const isInside = ({ node: { node: at } }: WalkedNode) => isInnerId(at.id)
  const [inside, outside] = [walked.filter(isInside), walked.filter((step) => !isInside(step))]
  const problems = [
    ...drawnProblems(
      walked.flatMap((step) => step.problems),
      flow.drawn,
      flow.whole,
    ),
    ...insideProblems(inside, flow),
    ...outside.flatMap(fixedProblems),
  ]
  if (problems.some(({ severity }) => severity === 'error')) return refused(problems, maker)
  const settings = new Map(walked.map((step) => [step.node.node.id, step.settings]))
  return {
    flow: {
      ...flow.drawn,
      nodes: flow.drawn.nodes.map((each) => {
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

const fixedProblems = ({ node: { node }, fixed }: WalkedNode): Problem[] =>
  fixed.map(({ field, column }) => createProblem('rename.fixed', { column }, { nodeId: node.id, field }))

/** Why what is renamed cannot go into a flow that is used: each column that nodes inside of it name. */
function insideProblems(steps: readonly WalkedNode[], flow: DrawnFlow): Problem[] {
  const named = steps.flatMap((step) => {
    const { id } = step.node.node
    return namedColumns(step).map((column) => ({ column, nodeId: drawnNodeId(id), id }))
  })
  const groups = Map.groupBy(named, ({ nodeId, column }) => JSON.stringify([nodeId, column]))
  return [...groups.values()].flatMap((group) => {
    const names = group.map(({ id }) => `“${nameInside(id, flow.whole)}”`)
    const nodes = { en: names.join(', '), zh: names.join('、') }
    return group
      .slice(0, 1)
      .map(({ column, nodeId }) =>
        createProblem(
          'rename.subflow',
          { column, flow: nameOf(flow, nodeId), nodes },
          { nodeId, field: 'uses' },
        ),
      )
  })
}

/** What a drawn node that uses a flow is called. */
function nameOf({ drawn }: DrawnFlow, nodeId: string): string {
  const node = drawn.nodes.find(({ id }) => id === nodeId)
  return node?.label || (usedFlow.safeParse(node?.settings['uses']).data?.content.name ?? nodeId)
}

/** The columns that arrive at a node under another name and that it names. */
function namedColumns({ references, fixed, changes, arriving, problems }: WalkedNode): string[] {
  const named = new Set([
    ...[...references, ...fixed].map(({ column }) => column),
    ...problems.filter(({ severity }) => severity === 'error').map(({ parameters }) => parameters['column']),
  ])
  const all = distinct(arriving.map(({ from }) => from))
  const found = all.filter((column) => named.has(column))
  // A node that calculates a column anew under its old name need not name the one that arrives.
  return found.length === 0 && changes.length > 0 ? all : found
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

/** What the targets of a flow, also of flows that it uses, write under another name, at the nodes that are drawn. */
export const writtenColumns = (walked: readonly WalkedNode[]): WrittenColumn[] =>
  distinct(
    walked.flatMap(({ node, arriving }) =>
      node.kind.role === 'target'
        ? arriving.map(({ from, to }) => ({ nodeId: drawnNodeId(node.node.id), before: from, after: to }))
        : [],
    ),
  )
