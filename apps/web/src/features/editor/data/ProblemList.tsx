import { nodeKinds } from '@millrace/engine'
import { IconAlertCircleFilled, IconAlertTriangleFilled } from '@tabler/icons-react'
import { useDocument } from '../../../editor/document-store.ts'
import { useInference } from '../../../editor/inference.ts'
import { useView } from '../../../editor/view-store.ts'
import { useText } from '../../../i18n/index.ts'
import styles from './data.module.css'

/** All problems of the flow; each leads to its node and field. */
export function ProblemList() {
  const { t, label } = useText()
  const problems = useInference((state) => state.problems)
  const nodes = useDocument((state) => state.flow.nodes)
  const jump = useView((state) => state.jump)
  if (problems.length === 0)
    return (
      <div className={styles['note']}>
        <strong>{t('editor.problems.none')}</strong>
        {t('editor.problems.noneText')}
      </div>
    )
  return (
    <ul className={styles['problems']} aria-label={t('editor.problems.tab')}>
      {problems.map(({ code, severity, message, location }) => {
        const node = nodes.find(({ id }) => id === location.nodeId)
        const kind = node && nodeKinds.get(node.kind)
        const Mark = severity === 'error' ? IconAlertCircleFilled : IconAlertTriangleFilled
        return (
          <li
            key={`${code} ${location.nodeId} ${location.port} ${location.field} ${location.position} ${message.en}`}
          >
            <button
              type="button"
              className={styles['problem']}
              data-severity={severity}
              onClick={() => node && jump(node.id, location.field)}
            >
              <Mark size={16} aria-hidden />
              <span>{label(message)}</span>
              <span>
                {node ? node.label || (kind ? label(kind.label) : node.id) : t('editor.problems.wholeFlow')}
              </span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
