import type { NodeState } from '@millrace/engine'
import {
  type Icon,
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleMinus,
  IconClock,
  IconLoader2,
} from '@tabler/icons-react'
import type { NodeRun } from '../editor/run-store.ts'
import { useText } from '../i18n/index.ts'
import styles from './canvas.module.css'

const icons: Readonly<Record<NodeState, Icon>> = {
  waiting: IconClock,
  running: IconLoader2,
  succeeded: IconCircleCheckFilled,
  failed: IconAlertTriangleFilled,
  cancelled: IconCircleMinus,
  skipped: IconCircleDashed,
}

/** The state of a node in a run: colour, icon and word; which attempt it is, where it tries again. */
export function NodeStateMark({ state, retry }: Pick<NodeRun, 'state' | 'retry'>) {
  const { t } = useText()
  const Mark = icons[state]
  return (
    <span className={styles['state']} data-state={state}>
      <Mark size={14} aria-hidden />
      {state === 'running' && retry ? t('state.attempt', { ...retry }) : t(`state.${state}`)}
    </span>
  )
}
