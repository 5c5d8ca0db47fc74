import type { Flow } from '../model/index.ts'
import { type ColumnContext, renamesOf } from './column-context.ts'
import { type WalkedNode, walkColumns } from './column-walk.ts'
import { type AskedColumn, type DrawnFlow, distinct, drawnNodeId, placesOf } from './drawn-columns.ts'
import { writtenColumns } from './rename.ts'
import { isInnerId, nameInside } from './subflows.ts'

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
 * that break when it goes, and the targets that lose it. What a flow that is used names inside breaks at
 * the node that uses it. Undefined where there is no such column.
 */
export async function breakagesOf(
  flow: DrawnFlow,
  asked: AskedColumn,
  context: ColumnContext,
): Promise<BreakagesResult | undefined> {
  const places = placesOf(flow, asked, context.ports)
  const [first] = places
  if (!first) return undefined
  const renames = renamesOf(first.column, goneName(first.column, context))
  const walked: WalkedNode[] = []
  // The ports of a node that uses a flow are those of several nodes inside.
  for (const [nodeId, here] of Map.groupBy(places, (place) => place.nodeId)) {
    const settings = flow.whole.nodes.find(({ id }) => id === nodeId)?.settings ?? {}
    const everywhere = Object.fromEntries(here.map(({ port }) => [port, renames]))
    const start = { nodeId, settings, renames: everywhere, guess: renames, inPlace: false }
    walked.push(...(await walkColumns(flow.whole, start, context)))
  }
  return {
    breakages: distinct(walked.flatMap(breakagesAt).map((breakage) => asDrawn(breakage, flow.whole))),
    targets: distinct(
      writtenColumns(walked).map(({ nodeId: target, before }) => ({ nodeId: target, column: before })),
    ),
  }
}

/** What names the column inside of a flow that is used is told by the name of the node there. */
const asDrawn = (breakage: Breakage, whole: Flow): Breakage =>
  isInnerId(breakage.nodeId)
    ? {
        nodeId: drawnNodeId(breakage.nodeId),
        field: 'uses',
        text: nameInside(breakage.nodeId, whole),
        places: [],
        column: breakage.column,
      }
    : breakage

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
