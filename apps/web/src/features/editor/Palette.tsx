import { CloseButton, TextInput, Tooltip } from '@mantine/core'
import { categories, categoryLabels, type NodeKind, nodeKinds } from '@millrace/engine'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { dragType, KindIcon } from '../../canvas/index.ts'
import { useText } from '../../i18n/index.ts'
import styles from './editor.module.css'

/** Whether a kind is what somebody searches for, in either language. */
export function matches(kind: NodeKind, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  const texts = [kind.label, kind.summary, categoryLabels[kind.category]]
  return wanted === '' || texts.some(({ en, zh }) => en.toLowerCase().includes(wanted) || zh.includes(wanted))
}

/** Every kind of node: click adds it, dragging puts it where it is dropped. */
export function Palette({ onAdd }: { onAdd: (kind: NodeKind) => void }) {
  const { t, label } = useText()
  const [search, setSearch] = useState('')
  const found = [...nodeKinds.values()].filter((kind) => matches(kind, search))
  return (
    <div className={styles['palette']}>
      <div className={styles['paletteSearch']}>
        <TextInput
          size="sm"
          aria-label={t('editor.palette.search')}
          placeholder={t('editor.palette.search')}
          leftSection={<IconSearch size={15} aria-hidden />}
          rightSection={
            search !== '' && (
              <CloseButton size="sm" aria-label={t('action.cancel')} onClick={() => setSearch('')} />
            )
          }
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            const [first] = found
            if (event.key === 'Enter' && first) onAdd(first)
          }}
        />
      </div>
      <div className={styles['paletteList']}>
        {categories.map((category) => {
          const kinds = found.filter((kind) => kind.category === category)
          if (kinds.length === 0) return null
          return (
            <section key={category} aria-label={label(categoryLabels[category])}>
              <h3 className={styles['paletteHead']}>{label(categoryLabels[category])}</h3>
              {kinds.map((kind) => (
                <Tooltip
                  key={kind.kind}
                  label={label(kind.summary)}
                  position="right"
                  openDelay={500}
                  multiline
                  maw={260}
                >
                  <button
                    type="button"
                    className={styles['paletteItem']}
                    data-category={category}
                    aria-label={label(kind.label)}
                    draggable
                    onDragStart={(event) => {
                      event.dataTransfer.setData(dragType, kind.kind)
                      event.dataTransfer.effectAllowed = 'copy'
                    }}
                    onClick={() => onAdd(kind)}
                  >
                    <span className={styles['glyph']}>
                      <KindIcon name={kind.icon} size={16} />
                    </span>
                    {label(kind.label)}
                  </button>
                </Tooltip>
              ))}
            </section>
          )
        })}
        {found.length === 0 && <p className={styles['quiet']}>{t('editor.palette.none', { search })}</p>}
      </div>
    </div>
  )
}
