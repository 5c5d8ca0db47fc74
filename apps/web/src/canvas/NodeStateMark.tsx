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

/** The state of a node in a run: colour, icon and word. */
export function NodeStateMark({ state }: { state: NodeState }) {
  const { t } = useText()
  const Mark = icons[state]
  return (
    <span className={styles['state']} data-state={state}>
      <Mark size={14} aria-hidden />
      {t(`state.${state}`)}
    </span>
  )
}
