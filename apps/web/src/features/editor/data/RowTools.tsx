import { CloseButton, Loader, TextInput } from '@mantine/core'
import { IconPencilBolt, IconSearch } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useText } from '../../../i18n/index.ts'
import styles from './data.module.css'

interface RowToolsProps {
  readonly figures: string
  /** What there is less room for. */
  readonly width?: string
  readonly isBusy: boolean
  readonly search: string
  readonly onSearch: (search: string) => void
  /** Undefined where it cannot be told which rows changed. */
  readonly changedOnly: boolean | undefined
  readonly onChangedOnly: (changedOnly: boolean) => void
  readonly children?: ReactNode
}

/** What stands over the rows of a port: how many, search, and the choice of changed rows. */
export function RowTools(props: RowToolsProps) {
  const { figures, width, isBusy, search, onSearch, changedOnly, onChangedOnly, children } = props
  const { t } = useText()
  return (
    <>
      <span className={styles['figure']} role="status">
        {figures}
      </span>
      {width !== undefined && <span className={styles['width']}>{width}</span>}
      {isBusy && <Loader size={12} />}
      <span className={styles['space']} />
      {children}
      {changedOnly !== undefined && (
        <button
          type="button"
          className={styles['tool']}
          aria-pressed={changedOnly}
          title={t('editor.data.changedOnlyHelp')}
          onClick={() => onChangedOnly(!changedOnly)}
        >
          <IconPencilBolt size={14} aria-hidden />
          <span>{t('editor.data.changedOnly')}</span>
        </button>
      )}
      <TextInput
        className={styles['search'] ?? ''}
        size="xs"
        radius="md"
        type="text"
        aria-label={t('editor.data.search')}
        placeholder={t('editor.data.search')}
        leftSection={<IconSearch size={13} aria-hidden />}
        rightSection={
          search !== '' && (
            <CloseButton size={18} aria-label={t('editor.data.clearSearch')} onClick={() => onSearch('')} />
          )
        }
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && onSearch('')}
      />
    </>
  )
}
