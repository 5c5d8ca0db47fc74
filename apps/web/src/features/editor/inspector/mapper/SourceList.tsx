import { TextInput } from '@mantine/core'
import type { Preview } from '@millrace/contract'
import { type Column, kindOf } from '@millrace/engine'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useText } from '../../../../i18n/index.ts'
import { KindMark } from '../../data/KindMark.tsx'
import styles from './mapper.module.css'

interface Props {
  readonly columns: readonly Column[]
  readonly preview: Preview | undefined
  readonly used: ReadonlySet<string>
  readonly selected: string | undefined
  readonly onSelect: (name: string) => void
  readonly onDrag: (name: string, event: React.PointerEvent) => void
}

/** The arriving columns, with type and sample values; selected to be linked, or dragged to where they belong. */
export function SourceList({ columns, preview, used, selected, onSelect, onDrag }: Props) {
  const { t } = useText()
  const [search, setSearch] = useState('')
  const samples = (name: string): string => {
    const at = preview?.columns.findIndex((column) => column.name === name) ?? -1
    const values = (preview?.rows ?? []).flatMap((row) => row[at] ?? [])
    return [...new Set(values)].slice(0, 3).join(' · ')
  }
  const shown = columns.filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()))
  return (
    <section className={styles['side']} aria-label={t('editor.rules.map.sources')}>
      <div className={styles['sideHead']}>
        <h3>{t('editor.rules.map.sources')}</h3>
        <span className={styles['quiet']}>{columns.length}</span>
      </div>
      <TextInput
        size="xs"
        aria-label={t('editor.rules.map.searchSources')}
        placeholder={t('editor.rules.map.searchSources')}
        leftSection={<IconSearch size={14} />}
        value={search}
        onChange={(event) => setSearch(event.currentTarget.value)}
      />
      <ul className={styles['list']} data-list>
        {columns.length === 0 && <li className={styles['quiet']}>{t('editor.rules.map.none')}</li>}
        {shown.map(({ name, type }) => (
          <li key={name}>
            <button
              type="button"
              className={styles['item']}
              data-source={name}
              aria-pressed={selected === name}
              onClick={() => onSelect(name)}
              onPointerDown={(event) => onDrag(name, event)}
            >
              <KindMark kind={kindOf(type)} />
              <span className={styles['name']}>
                {name}
                <small>{samples(name) || ' '}</small>
              </span>
              {!used.has(name) && <span className={styles['tag']}>{t('editor.rules.map.unused')}</span>}
              <span className={styles['dot']} data-linked={used.has(name) || undefined} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
