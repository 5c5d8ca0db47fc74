import { ActionIcon, Modal } from '@mantine/core'
import { type Icon, IconArrowLeft } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useText } from '../i18n/index.ts'
import styles from './full-view.module.css'

interface FullViewProps {
  readonly title: string
  readonly icon: Icon
  /** What stands at the end of its head. */
  readonly actions: ReactNode
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A dialog as large as the window, over the editor, which it leads back to. */
export function FullView({ title, icon: Mark, actions, onClose, children }: FullViewProps) {
  const { t } = useText()
  return (
    <Modal.Root opened fullScreen onClose={onClose} transitionProps={{ duration: 0 }}>
      <Modal.Content className={styles['content'] ?? ''}>
        <div className={styles['head']}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('versions.back')}
            onClick={onClose}
          >
            <IconArrowLeft size={18} />
          </ActionIcon>
          <Mark size={18} aria-hidden />
          <Modal.Title className={styles['title'] ?? ''}>{title}</Modal.Title>
          <span className={styles['space']} />
          {actions}
        </div>
        {children}
      </Modal.Content>
    </Modal.Root>
  )
}
