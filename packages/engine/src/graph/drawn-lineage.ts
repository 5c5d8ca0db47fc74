import type { Flow } from '../model/index.ts'
import { drawnNodeId, placeAsDrawn } from './drawn-columns.ts'
import type { Lineage, LineageStep } from './lineage.ts'
import type { PortColumn } from './references.ts'
import { isInnerId } from './subflows.ts'

const keyOf = ({ nodeId, port, column }: PortColumn): string => JSON.stringify([nodeId, port, column])

const each = <T>(items: readonly T[], key: (item: T) => string): T[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
]

/**
 * The lineage of a flow that is expanded, at the nodes that are drawn: what happens inside of a flow that is
 * used becomes one step of its node, from each column that it is given to each that it gives.
 */
export function drawnLineage(whole: Lineage, expanded: Pick<Flow, 'nodes'>): Lineage {
  const byId = new Map(expanded.nodes.map((node) => [node.id, node]))
  /** Where a column stands that can be seen; undefined: only inside of a node. */
  const drawn = (place: PortColumn) => placeAsDrawn(place, byId.get(place.nodeId))
  /** The node around a column that is only inside of it. */
  const around = ({ nodeId, ...place }: PortColumn): PortColumn => ({
    ...place,
    nodeId: drawnNodeId(nodeId),
  })

  const visible = (steps: readonly LineageStep[]): LineageStep[] => {
    const byTarget = Map.groupBy(steps, ({ to }) => keyOf(to))
    const before = (place: PortColumn, copy: boolean, passed: ReadonlySet<string>): LineageStep[] =>
      (byTarget.get(keyOf(place)) ?? []).flatMap((step) => {
        const isCopy = copy && step.copy
        const from = drawn(step.from)
        if (from) return [{ from, to: place, copy: isCopy }]
        const key = keyOf(step.from)
        return passed.has(key) ? [] : before(step.from, isCopy, new Set([...passed, key]))
      })
    const found = steps.flatMap(({ to: place }) => {
      const to = drawn(place)
      return to ? before(place, true, new Set()).map((step) => ({ ...step, to })) : []
    })
    return each(found, ({ from, to }) => keyOf(from) + keyOf(to))
  }
  const ends = (places: readonly PortColumn[]) =>
    each(
      places.map((place) => drawn(place) ?? around(place)),
      keyOf,
    )
  return {
    upstream: visible(whole.upstream),
    downstream: visible(whole.downstream),
    origins: ends(whole.origins),
    targets: ends(whole.targets),
    uses: each(
      whole.uses.map(({ nodeId, field, column }) =>
        isInnerId(nodeId)
          ? // What names it there is no setting of the node that is drawn, but part of the flow that it uses.
            { nodeId: drawnNodeId(nodeId), field: 'uses', column: drawn(column) ?? around(column) }
          : { nodeId, field, column: drawn(column) ?? around(column) },
      ),
      (use) => JSON.stringify([use.nodeId, use.field, use.column.column]),
    ),
  }
}
