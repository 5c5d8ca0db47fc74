import { type Flow, nodeKinds } from '@millrace/engine'

/** What a person calls a node: its label, else its kind, else its id. */
export function nameOf(flow: Flow | undefined, nodeId: string): string {
  const node = flow?.nodes.find(({ id }) => id === nodeId)
  return node?.label || nodeId || (node && nodeKinds.get(node.kind)?.label.en) || nodeId
}
