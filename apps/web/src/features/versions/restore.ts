import { edgeId, type Flow } from '@millrace/engine'
import { addition, type Change, headerEdit, removal, type Step } from '../../editor/changes.ts'

/** The one change that makes `flow` what `wanted` is; taking it back gives `flow` again. */
export function restoration(flow: Flow, wanted: Flow, version: number): Change {
  const label = { en: `Restore version ${version}`, zh: `恢复版本 ${version}` }
  const nodeIds = new Set(flow.nodes.map(({ id }) => id))
  const otherIds = new Set([...flow.edges.map(edgeId), ...(flow.notes ?? []).map(({ id }) => id)])
  const bare: Flow = { ...flow, nodes: [], edges: [] }
  const { name, description, parameters } = wanted
  const rest = [
    ...(wanted.groups ?? []).map((after, index): Step => ({ of: 'group', index, before: null, after })),
    ...(wanted.notes ?? []).map((after, index): Step => ({ of: 'note', index, before: null, after })),
  ]
  return {
    label,
    steps: [
      ...removal(flow, nodeIds, otherIds, label).steps,
      ...headerEdit(flow, { name, description, parameters }, label).steps,
      ...addition(bare, wanted.nodes, wanted.edges, label).steps,
      ...rest,
    ],
  }
}
