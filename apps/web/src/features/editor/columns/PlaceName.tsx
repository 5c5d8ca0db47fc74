import { nodeKinds } from '@millrace/engine'
import { useDocument } from '../../../editor/document-store.ts'
import { fieldName } from '../../../editor/setting-name.ts'
import { useView } from '../../../editor/view-store.ts'
import { useText } from '../../../i18n/index.ts'
import styles from './columns.module.css'

interface PlaceNameProps {
  readonly nodeId: string
  /** The path of a setting, where it is about one. */
  readonly field?: string
  /** The column that is named there. */
  readonly column?: string
}

export function useNodeName(): (nodeId: string) => string {
  const { label } = useText()
  const flow = useDocument((state) => state.flow)
  return (nodeId) => {
    const node = flow.nodes.find(({ id }) => id === nodeId)
    const kind = node && nodeKinds.get(node.kind)
    return node?.label || (kind ? label(kind.label) : nodeId)
  }
}

/** A node, with a setting or a column of it; pressed, it leads there. */
export function PlaceName({ nodeId, field, column }: PlaceNameProps) {
  const { label } = useText()
  const nameOf = useNodeName()
  const kind = useDocument(({ flow }) => flow.nodes.find(({ id }) => id === nodeId)?.kind)
  const jump = useView((state) => state.jump)
  const names = kind !== undefined && field !== undefined ? fieldName(kind, field) : []
  const place = names.map((part) => (typeof part === 'object' ? label(part) : String(part))).join(' › ')
  return (
    <button type="button" className={styles['place']} onClick={() => jump(nodeId, field)}>
      <strong>{nameOf(nodeId)}</strong>
      {place !== '' && <span>{place}</span>}
      {column !== undefined && <code>{column}</code>}
    </button>
  )
}
