import { Loader } from '@mantine/core'
import type { Golden, GoldenOutcome } from '@millrace/contract'
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconPlus,
} from '@tabler/icons-react'
import { useDocument } from '../../editor/document-store.ts'
import { useText } from '../../i18n/index.ts'
import { useNodeName } from '../../ui/node-name.ts'
import styles from './goldens.module.css'

interface GoldenListProps {
  readonly goldens: readonly Golden[]
  readonly outcomes: readonly GoldenOutcome[]
  readonly isRunning: boolean
  readonly chosen: string | undefined
  readonly onChoose: (id: string) => void
  readonly onNew: () => void
}

/** The tests and how each came out. */
export function GoldenList({ goldens, outcomes, isRunning, chosen, onChoose, onNew }: GoldenListProps) {
  const { t } = useText()
  const nameOf = useNodeName(useDocument((state) => state.flow))
  return (
    <nav className={styles['list']} aria-label={t('golden.list')}>
      <ul>
        {goldens.map(({ id, name, nodeId, port }) => (
          <li key={id}>
            <button
              type="button"
              className={styles['item']}
              aria-current={id === chosen || undefined}
              onClick={() => onChoose(id)}
            >
              <Mark outcome={outcomes.find((outcome) => outcome.id === id)} isRunning={isRunning} />
              <span>
                <strong>{name}</strong>
                <small>
                  {port === 'in' || port === 'out' ? nameOf(nodeId) : `${nameOf(nodeId)} · ${port}`}
                </small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {goldens.length > 0 && (
        <button type="button" className={styles['item']} onClick={onNew}>
          <IconPlus size={16} aria-hidden />
          {t('golden.new')}
        </button>
      )}
    </nav>
  )
}

function Mark({ outcome, isRunning }: { outcome: GoldenOutcome | undefined; isRunning: boolean }) {
  const { t } = useText()
  if (!outcome)
    return isRunning ? (
      <Loader size={16} aria-label={t('golden.running')} />
    ) : (
      <IconCircleDashed size={17} role="img" aria-label={t('golden.notRun')} />
    )
  const Shown = outcome.passed ? IconCircleCheckFilled : IconAlertTriangleFilled
  return (
    <span className={styles['mark']} data-passed={outcome.passed}>
      <Shown size={17} role="img" aria-label={t(outcome.passed ? 'golden.passed' : 'golden.failed')} />
    </span>
  )
}
