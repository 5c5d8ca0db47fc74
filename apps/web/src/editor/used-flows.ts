import type { UsableFlow } from '@millrace/contract'
import { type Flow, nodeKinds, subflowSpec, type UsedFlow, usedFlow } from '@millrace/engine'
import { call } from '../api/client.ts'
import { useDocument } from './document-store.ts'

/** What the palette hands to the canvas while a flow is dragged, in the place of a node's kind. */
export const usedFlowMark = 'subflow:'

/** The kind that a node has that stands for a flow. */
export function subflowKind() {
  const kind = nodeKinds.get(subflowSpec.kind)
  if (!kind) throw new Error('no kind stands for a flow')
  return kind
}

/** The settings of a new node that stands for a flow. Rejects when the version cannot be read. */
export async function settingsFor({ flow, version }: Pick<UsableFlow, 'flow' | 'version'>) {
  const content = await call('getVersion', { params: { id: flow, version: String(version) } })
  const uses: UsedFlow = { flow, version, content }
  return { uses, parameters: {} }
}

/** The flow that a node stands for; undefined: it stands for none. */
export function usedBy(node: Flow['nodes'][number] | undefined): UsedFlow | undefined {
  if (node?.kind !== subflowSpec.kind) return undefined
  const parsed = usedFlow.safeParse(node.settings['uses'])
  return parsed.success ? parsed.data : undefined
}

/** Flows that the flow which is drawn can use: not itself, and none that uses it. */
export const usableIn = (flows: readonly UsableFlow[], flowId: string | null): UsableFlow[] =>
  flows.filter(({ flow, uses }) => flow !== flowId && !(flowId !== null && uses.includes(flowId)))

/** Takes another version of the flow that a node stands for, as one step that can be undone. */
export async function takeVersion(
  nodeId: string,
  usable: Pick<UsableFlow, 'flow' | 'version'>,
): Promise<void> {
  const { uses } = await settingsFor(usable)
  const { flow, setSettings } = useDocument.getState()
  const node = flow.nodes.find(({ id }) => id === nodeId)
  if (node) setSettings(nodeId, { ...node.settings, uses }, 'uses')
}
