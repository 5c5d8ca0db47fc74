import { CloseButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { closePanel } from '../../../editor/columns.ts'
import { useText } from '../../../i18n/index.ts'
import styles from './columns.module.css'

interface ColumnPanelProps {
  readonly title: string
  readonly foot?: ReactNode
  readonly children: ReactNode
}

/** What is told of a column beside the canvas; Esc closes it too. */
export function ColumnPanel({ title, foot, children }: ColumnPanelProps) {
  const { t } = useText()
  return (
    <aside className={styles['panel']} aria-label={title} data-column-panel>
      <header>
        <h2>{title}</h2>
        {foot}
        <CloseButton size="sm" aria-label={t('action.close')} onClick={closePanel} />
      </header>
      <div className={styles['panelBody']}>{children}</div>
    </aside>
  )
}
