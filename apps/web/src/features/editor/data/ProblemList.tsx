import { useInference } from '../../../editor/inference.ts'
import { useText } from '../../../i18n/index.ts'
import styles from './data.module.css'
import { ProblemLine } from './ProblemLine.tsx'

/** All problems of the flow; each leads to its node and field, and is mended where there is a suggestion. */
export function ProblemList() {
  const { t } = useText()
  const problems = useInference((state) => state.problems)
  if (problems.length === 0)
    return (
      <div className={styles['note']}>
        <strong>{t('editor.problems.none')}</strong>
        {t('editor.problems.noneText')}
      </div>
    )
  return (
    <ul className={styles['problems']} aria-label={t('editor.problems.tab')}>
      {problems.map((problem) => {
        const { code, location, message } = problem
        return (
          <li
            key={`${code} ${location.nodeId} ${location.port} ${location.field} ${location.position} ${message.en}`}
          >
            <ProblemLine problem={problem} />
          </li>
        )
      })}
    </ul>
  )
}
