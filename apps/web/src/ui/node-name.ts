import { type Flow, isInnerId, nodeKinds, pathOfId, replayNodeId, usedFlow } from '@millrace/engine'
import { useText } from '../i18n/index.ts'

/** The flow that a node stands for. */
function contentOf({ settings }: Flow['nodes'][number]): Flow | undefined {
  const uses = usedFlow.safeParse(settings['uses'])
  return uses.success ? uses.data.content : undefined
}

/**
 * What a person calls a node: its label, else the flow that it stands for or its kind as the canvas shows it, with the id where
 * several nodes would be called the same.
 */
export function useNodeName(flow: Flow | undefined): (nodeId: string) => string {
  const { t, label } = useText()
  const plain = (node: Flow['nodes'][number]) => {
    const kind = nodeKinds.get(node.kind)
    return node.label || contentOf(node)?.name || (kind ? label(kind.label) : node.id)
  }
  /** A node inside a flow that is used: the names on the way to it. */
  const innerName = (whole: Flow, path: readonly string[]): string => {
    let at: Flow | undefined = whole
    const names = path.map((id) => {
      const node = at?.nodes.find((one) => one.id === id)
      at = node && contentOf(node)
      return node ? plain(node) : id
    })
    return names.join(' › ')
  }
  return (nodeId) => {
    if (nodeId === replayNodeId) return t('run.replayed')
    const node = flow?.nodes.find(({ id }) => id === nodeId)
    if (flow && !node && isInnerId(nodeId)) return innerName(flow, pathOfId(nodeId))
    if (!flow || !node) return nodeId
    const name = plain(node)
    return flow.nodes.some((other) => other.id !== nodeId && plain(other) === name)
      ? `${name} · ${nodeId}`
      : name
  }
}
