import { type Flow, nodeKinds, replayNodeId } from '@millrace/engine'
import { useText } from '../i18n/index.ts'

/**
 * What a person calls a node: its label, else its kind as the canvas shows it, with the id where
 * several nodes would be called the same.
 */
export function useNodeName(flow: Flow | undefined): (nodeId: string) => string {
  const { t, label } = useText()
  const plain = (node: Flow['nodes'][number]) => {
    const kind = nodeKinds.get(node.kind)
    return node.label || (kind ? label(kind.label) : node.id)
  }
  return (nodeId) => {
    if (nodeId === replayNodeId) return t('run.replayed')
    const node = flow?.nodes.find(({ id }) => id === nodeId)
    if (!flow || !node) return nodeId
    const name = plain(node)
    return flow.nodes.some((other) => other.id !== nodeId && plain(other) === name)
      ? `${name} · ${nodeId}`
      : name
  }
}
