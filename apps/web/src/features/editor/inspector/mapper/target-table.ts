import type { CatalogColumn } from '@millrace/contract'
import {
  type Column,
  type Flow,
  type FlowNode,
  nodeKinds,
  parseTableName,
  sameName,
  typeName,
} from '@millrace/engine'
import { useCatalogColumns } from '../../../../api/queries.ts'
import { useDocument } from '../../../../editor/document-store.ts'
import { useInference } from '../../../../editor/inference.ts'
import { textOf } from '../field-context.ts'
import { withDefaults } from '../parameter-defaults.ts'

type Ports = Readonly<Record<string, Readonly<Record<string, readonly Column[]>> | undefined>>

/** The database target that takes the columns of a node as they leave it; what lies between changes none of them. */
export function tableTarget(
  flow: Pick<Flow, 'nodes' | 'edges'>,
  ports: Ports,
  nodeId: string,
): FlowNode | undefined {
  const shapeAt = (id: string) => ports[id]?.['out']?.map(({ name, type }) => `${name}\0${type}`).join('\0')
  const seen = new Set([nodeId])
  // The set grows while it is walked: what passes the columns on is looked behind as well.
  for (const id of seen)
    for (const { from, to } of flow.edges) {
      if (from.node !== id || from.port !== 'out') continue
      const node = flow.nodes.find((one) => one.id === to.node)
      if (!node || node.disabled) continue
      const isTable = textOf(node.settings['connection']) !== '' && textOf(node.settings['table']) !== ''
      if (nodeKinds.get(node.kind)?.role === 'target') {
        if (isTable) return node
      } else if (shapeAt(node.id) !== undefined && shapeAt(node.id) === shapeAt(nodeId)) seen.add(node.id)
    }
  return undefined
}

export interface TargetTable {
  /** As the settings of the target name it. */
  readonly name: string
  readonly columns: readonly CatalogColumn[]
  /** A new row must have a value there: the target inserts rows, and the table neither fills it nor leaves it empty. */
  isMandatory(column: string): boolean
  /** The type of a column, where values can be converted to it. */
  typeOf(column: string): string | undefined
}

const inserting = ['append', 'replace', 'upsert', 'mirror']

export function targetTable(target: FlowNode, columns: readonly CatalogColumn[]): TargetTable {
  const find = (column: string) => columns.find(({ name }) => sameName(name, column))
  const inserts = inserting.includes(textOf(target.settings['mode']) || 'append')
  return {
    name: textOf(target.settings['table']),
    columns,
    isMandatory(column) {
      const found = find(column)
      return inserts && found !== undefined && !found.nullable && !found.filled
    },
    typeOf(column) {
      const parsed = typeName.safeParse(find(column)?.type)
      return parsed.success ? parsed.data : undefined
    },
  }
}

/** The table that the columns of a node are written to; undefined until it was read, and where there is none. */
export function useTargetTable(nodeId: string): TargetTable | undefined {
  const flow = useDocument((state) => state.flow)
  const ports = useInference((state) => state.ports)
  const target = tableTarget(flow, ports, nodeId)
  const bound = (name: string) => withDefaults(textOf(target?.settings[name]), flow.parameters)
  const connection = bound('connection')
  const parsed = parseTableName(bound('table'))
  const path = parsed ? [...(parsed.schema === '' ? [] : [parsed.schema]), parsed.table] : []
  const { data } = useCatalogColumns(connection, path, connection !== '' && path.length > 0)
  return target && data && targetTable(target, data)
}
