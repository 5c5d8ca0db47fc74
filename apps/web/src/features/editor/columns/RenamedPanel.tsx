import { closePanel, type Renamed } from '../../../editor/columns.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { useText } from '../../../i18n/index.ts'
import { ColumnPanel } from './ColumnPanel.tsx'
import styles from './columns.module.css'
import { PlaceName, useNodeName } from './PlaceName.tsx'

/** Everything that a rename has changed, before and after. */
export function RenamedPanel({ from, to, change, answer }: Renamed) {
  const { t, label } = useText()
  const nameOf = useNodeName()
  const isLast = useDocument((state) => state.done.at(-1) === change)
  const isDone = useDocument((state) => state.done.includes(change))
  const undo = useDocument((state) => state.undo)
  if (!isDone) return null
  const { changes, written, problems } = answer
  const nodes = new Set(changes.map(({ nodeId }) => nodeId)).size
  return (
    <ColumnPanel
      title={t('columns.renamed', { from, to })}
      foot={
        isLast && (
          <button
            type="button"
            className={styles['undo']}
            onClick={() => {
              undo()
              closePanel()
            }}
          >
            {t('columns.renamed.undo')}
          </button>
        )
      }
    >
      <p>{t('columns.renamed.count', { count: changes.length, nodes })}</p>
      <ul>
        {changes.map(({ nodeId, field, before, after }) => (
          <li key={`${nodeId} ${field}`}>
            <PlaceName nodeId={nodeId} field={field} />
            <code className={styles['text']}>
              {before !== '' && <del>{before}</del>} <ins>{after}</ins>
            </code>
          </li>
        ))}
        {written.map(({ nodeId, before, after }) => (
          <li key={`${nodeId} ${before}`}>
            <PlaceName nodeId={nodeId} column={after} />
            <small>{t('columns.renamed.written', { node: nameOf(nodeId), before, after })}</small>
          </li>
        ))}
        {problems.map(({ code, message, location }) => (
          <li key={`${code} ${location.nodeId} ${location.field}`} data-severity="warning">
            {location.nodeId !== undefined && (
              <PlaceName
                nodeId={location.nodeId}
                {...(location.field !== undefined && { field: location.field })}
              />
            )}
            <small>{label(message)}</small>
          </li>
        ))}
      </ul>
    </ColumnPanel>
  )
}
