import type { Flow } from '@millrace/engine'
import { useMemo, useState } from 'react'
import { FlowCanvas } from '../../canvas/index.ts'
import { useText } from '../../i18n/index.ts'
import { DiffBadge, type DiffMark } from '../../ui/DiffBadge.tsx'
import { ChangeList } from './ChangeList.tsx'
import { DataEffect } from './DataEffect.tsx'
import { unionOf } from './union.ts'
import styles from './versions.module.css'

interface ComparisonProps {
  /** Undefined: `after` is only looked at. */
  readonly before: Flow | undefined
  readonly after: Flow
  /** What people call the two. */
  readonly titles: readonly [string, string]
}

const marks: readonly DiffMark[] = ['added', 'removed', 'changed', 'moved']

/** Two states of a flow in one picture, what is different in words, and what that does to the rows. */
export function Comparison({ before, after, titles }: ComparisonProps) {
  const { t } = useText()
  const [selected, setSelected] = useState<string>()
  const union = useMemo(() => before && unionOf(before, after), [before, after])
  const counts = new Map(
    marks.map((mark) => [mark, [...(union?.nodes.values() ?? [])].filter((one) => one === mark).length]),
  )
  const all = useMemo(() => union && new Map([...union.nodes, ...union.edges]), [union])
  return (
    <>
      <div className={styles['middle']}>
        <section className={styles['picture']} aria-label={t('versions.canvas')}>
          <FlowCanvas
            flow={union?.flow ?? after}
            {...(all && { marks: all })}
            isWhole
            readOnly
            selectedNodes={selected === undefined ? [] : [selected]}
            onSelect={([nodeId]) => setSelected(nodeId)}
          />
          {before && (
            <ul className={styles['legend']}>
              {marks.map((mark) => (
                <li key={mark}>
                  <DiffBadge mark={mark} /> {counts.get(mark)}
                </li>
              ))}
            </ul>
          )}
        </section>
        {before && union?.difference.isMeaningful && (
          <DataEffect before={before} after={after} selected={selected} />
        )}
      </div>
      <aside className={styles['changes']} aria-label={t('versions.changes')}>
        <h2>
          {before ? (
            <>
              {titles[0]} <span aria-hidden>→</span> {titles[1]}
            </>
          ) : (
            titles[1]
          )}
        </h2>
        {before && union ? (
          <ChangeList
            before={before}
            after={after}
            union={union}
            selected={selected}
            onSelect={setSelected}
          />
        ) : (
          <p className={styles['hint']}>{t('versions.showOnly', { side: titles[1] })}</p>
        )}
      </aside>
    </>
  )
}
