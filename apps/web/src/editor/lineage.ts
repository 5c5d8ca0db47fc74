import type { LineageResponse } from '@millrace/contract'
import {
  edgeId,
  type Flow,
  type FlowNode,
  fieldsOf,
  type Label,
  nodeKinds,
  rowSchemaOf,
  sameName,
} from '@millrace/engine'

export type PortColumn = LineageResponse['origins'][number]

/** Nodes and edges of a flow, by their ids, that a column goes through. */
export interface Passage {
  readonly nodes: ReadonlySet<string>
  readonly edges: ReadonlySet<string>
}

export function passageOf(
  flow: Pick<Flow, 'edges'>,
  { upstream, downstream }: LineageResponse,
  nodeId: string,
): Passage {
  const steps = [...upstream, ...downstream]
  const passed = new Set(steps.map(({ from, to }) => JSON.stringify([from.nodeId, from.port, to.nodeId])))
  return {
    nodes: new Set([nodeId, ...steps.flatMap(({ from, to }) => [from.nodeId, to.nodeId])]),
    edges: new Set(
      flow.edges
        .filter(({ from, to }) => passed.has(JSON.stringify([from.node, from.port, to.node])))
        .map(edgeId),
    ),
  }
}

/** What one column is made of at one node. */
export interface Making {
  readonly to: PortColumn
  readonly from: readonly PortColumn[]
  /** The value is the one that arrives. */
  readonly copy: boolean
}

/** Every step of a column from its origins to its targets, in this order. */
export function makingsOf({ upstream, downstream }: LineageResponse): Making[] {
  const steps = [...upstream.toReversed(), ...downstream]
  const groups = Map.groupBy(steps, ({ to }) => JSON.stringify(to))
  return [...groups.values()].flatMap((group): Making[] => {
    const [first] = group
    return first
      ? [{ to: first.to, from: group.map(({ from }) => from), copy: group.every(({ copy }) => copy) }]
      : []
  })
}

/** How a node calculates a column, as its settings say it: code, or words of its form. */
export function calculationOf(node: FlowNode, column: string): readonly (Label | string)[] {
  const kind = nodeKinds.get(node.kind)
  for (const list of kind ? fieldsOf(kind.settings) : []) {
    const rows: unknown = list.meta.widget === 'rows' ? node.settings[list.name] : undefined
    if (!Array.isArray(rows)) continue
    const fields = fieldsOf(rowSchemaOf(list.schema))
    const naming = fields.find(({ meta }) => meta.widget === 'text' && meta.makesColumn)
    const row = rows.map(recordOf).find((one) => naming && sameName(String(one[naming.name]), column))
    if (!row) continue
    return fields.flatMap(({ name, meta }): (Label | string)[] => {
      const value = row[name]
      if (typeof value !== 'string' || value === '') return []
      if (meta.widget === 'select')
        return meta.options.flatMap((one) => (one.value === value ? [one.label] : []))
      return meta.widget === 'expression' || meta.widget === 'column' ? [value] : []
    })
  }
  return []
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {}
