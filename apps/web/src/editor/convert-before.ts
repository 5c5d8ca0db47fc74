import { type Flow, nodeKinds, sameName } from '@millrace/engine'
import { type Change, nodeEdit } from './changes.ts'
import { insertion } from './graph-edits.ts'
import { newNode } from './new-node.ts'

const isConversion = (row: unknown): row is { readonly column: string; readonly name?: string } =>
  typeof row === 'object' && row !== null && 'column' in row && typeof row.column === 'string'

/**
 * Gives a column that arrives at a node another type by a Convert node before it, so that values which do not
 * fit are rejected: by the one that is there, where nothing else reads from it, else by a new one. Undefined where
 * no edge leads to the node, or the Convert node there makes this column already.
 */
export function convertBefore(
  flow: Flow,
  nodeId: string,
  column: string,
  type: string,
): { readonly change: Change; readonly convertId: string } | undefined {
  const kind = nodeKinds.get('convert')
  const into = flow.edges.find((edge) => edge.to.node === nodeId)
  const before = flow.nodes.find(({ id }) => id === into?.from.node)
  if (!kind || !into || !before) return undefined
  const label = { en: `Convert ${column}`, zh: `转换“${column}”` }
  const conversion = { column, type }
  const readers = flow.edges.filter(({ from }) => from.node === before.id && from.port === into.from.port)
  if (before.kind === kind.kind && into.from.port === 'out' && readers.length === 1 && !before.disabled) {
    const { columns = [] } = before.settings
    const rows: unknown[] = Array.isArray(columns) ? columns : []
    const isMade = (row: unknown) =>
      isConversion(row) && [row.column, row.name ?? ''].some((name) => sameName(name, column))
    if (rows.some(isMade)) return undefined
    const settings = { ...before.settings, columns: [...rows, conversion] }
    const change = nodeEdit(flow, (node) => (node === before ? { ...node, settings } : node), label)
    return { change, convertId: before.id }
  }
  const node = newNode(flow, kind, before.position, { columns: [conversion] })
  const change = insertion(flow, node, into)
  return change && { change: { ...change, label }, convertId: node.id }
}
