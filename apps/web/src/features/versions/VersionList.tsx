import type { FlowVersion } from '@millrace/contract'
import { IconAlertTriangle, IconPencil, IconTag } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useSaving } from '../../editor/autosave.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import type { Side } from './sides.ts'
import styles from './versions.module.css'

interface VersionListProps {
  readonly versions: readonly FlowVersion[]
  readonly shown: Side
  /** The other side of a comparison. */
  readonly against: Side | undefined
  readonly onShow: (side: Side) => void
}

/** Draft and versions, newest first: who, when, and what they said. */
export function VersionList({ versions, shown, against, onShow }: VersionListProps) {
  const { t } = useText()
  const format = useFormat()
  const saving = useSaving()
  const isConflict = saving.state === 'conflict'
  const item = (side: Side, icon: ReactNode, title: string, lines: ReactNode) => (
    <li key={side}>
      <button
        type="button"
        className={styles['version']}
        aria-current={side === shown || undefined}
        data-against={side === against || undefined}
        onClick={() => onShow(side)}
      >
        <span className={styles['versionHead']}>
          {icon}
          <strong>{title}</strong>
        </span>
        {lines}
      </button>
    </li>
  )
  const draftText =
    saving.publishedVersion !== null && !saving.unpublished && !isConflict
      ? t('versions.draftSame', { version: saving.publishedVersion })
      : t('versions.draftChanged')
  return (
    <nav className={styles['list']} aria-label={t('versions.list')}>
      <ul>
        {item(
          'draft',
          <IconPencil size={15} aria-hidden />,
          isConflict ? t('versions.mine') : t('versions.draft'),
          <small>{draftText}</small>,
        )}
        {isConflict &&
          item(
            'saved',
            <IconAlertTriangle size={15} aria-hidden />,
            t('versions.saved'),
            <small>{t('versions.savedText')}</small>,
          )}
        {versions.map(({ version, message, author, publishedAt }) =>
          item(
            version,
            <IconTag size={15} aria-hidden />,
            t('versions.version', { version }),
            <>
              <span className={styles['message']} data-empty={message === '' || undefined}>
                {message || t('versions.noMessage')}
              </span>
              <small title={format.dateTime(publishedAt)}>
                {author || t('versions.nobody')} · {format.ago(publishedAt)}
              </small>
            </>,
          ),
        )}
      </ul>
      {versions.length === 0 && (
        <p className={styles['hint']}>
          <strong>{t('versions.none')}</strong>
          {t('versions.noneText')}
        </p>
      )}
    </nav>
  )
}
