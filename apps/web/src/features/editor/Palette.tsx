import { CloseButton, TextInput, Tooltip } from '@mantine/core'
import type { UsableFlow } from '@millrace/contract'
import { categories, categoryLabels, type NodeKind, nodeKinds } from '@millrace/engine'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { dragType, KindIcon } from '../../canvas/index.ts'
import { subflowKind } from '../../editor/used-flows.ts'
import { useText } from '../../i18n/index.ts'
import styles from './editor.module.css'
import { FlowItems, useFlowsToUse } from './FlowItems.tsx'

/** Whether a kind is what somebody searches for, in either language. */
export function matches(kind: NodeKind, search: string): boolean {
  const wanted = search.trim().toLowerCase()
  const texts = [kind.label, kind.summary, categoryLabels[kind.category]]
  return wanted === '' || texts.some(({ en, zh }) => en.toLowerCase().includes(wanted) || zh.includes(wanted))
}

interface PaletteProps {
  readonly onAdd: (kind: NodeKind) => void
  readonly onAddFlow: (flow: UsableFlow) => void
}

/** Every kind of node and every flow to use: click adds it, dragging puts it where it is dropped. */
export function Palette({ onAdd, onAddFlow }: PaletteProps) {
  const { t, label } = useText()
  const [search, setSearch] = useState('')
  const found = [...nodeKinds.values()].filter((kind) => kind !== subflowKind() && matches(kind, search))
  const flows = useFlowsToUse(search)
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
            const [flow] = flows
            if (event.key !== 'Enter') return
            if (first) onAdd(first)
            else if (flow) onAddFlow(flow)
          }}
        />
      </div>
      <div className={styles['paletteList']}>
        {categories.map((category) => {
          const kinds = found.filter((kind) => kind.category === category)
          const used = category === 'flow' ? flows : []
          if (kinds.length + used.length === 0) return null
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
              <FlowItems flows={used} onAdd={onAddFlow} />
            </section>
          )
        })}
        {found.length + flows.length === 0 && (
          <p className={styles['quiet']}>{t('editor.palette.none', { search })}</p>
        )}
      </div>
    </div>
  )
}
