import { useElementSize } from '@mantine/hooks'
import type { ReactNode } from 'react'
import { resizePane, usePaneSizes } from '../../editor/pane-sizes.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import { ColumnPanels } from './columns/ColumnOverlays.tsx'
import { DataPane } from './data/DataPane.tsx'
import { EditCanvas } from './EditCanvas.tsx'
import styles from './editor.module.css'
import { Inspector } from './inspector/Inspector.tsx'
import { Palette } from './Palette.tsx'
import { Splitter } from './Splitter.tsx'
import type { Actions } from './use-actions.tsx'

/** Palette, canvas, settings and data, each as wide or high as the person likes. */
export function Designer({ actions, children }: { actions: Actions; children: ReactNode }) {
  const { t } = useText()
  const { palette, inspector, data } = useView()
  const { ref, width, height } = useElementSize()
  const sizes = usePaneSizes()
  const narrow = width > 0 && width < 1100
  const left = Math.min(sizes.palette, narrow ? 176 : 360)
  const right = Math.min(sizes.inspector, narrow ? 304 : 640)
  const below = Math.min(sizes.data, Math.max(120, height - 200))
  const tracks = [
    ...(palette ? [`${left}px 1px`] : []),
    'minmax(0, 1fr)',
    ...(inspector ? [`1px ${right}px`] : []),
  ]
  return (
    <div ref={ref} className={styles['body']} style={{ gridTemplateColumns: tracks.join(' ') }}>
      {palette && (
        <>
          <section className={styles['pane']} data-area="palette" aria-label={t('editor.palette.title')}>
            <Palette onAdd={actions.add} onAddFlow={actions.addFlow} />
          </section>
          <Splitter
            pane={t('editor.palette.title')}
            orientation="vertical"
            size={left}
            min={160}
            max={360}
            after={false}
            onSize={(size) => resizePane('palette', size)}
          />
        </>
      )}
      <div
        className={styles['center']}
        style={{ gridTemplateRows: data ? `minmax(0, 1fr) 1px ${below}px` : 'minmax(0, 1fr)' }}
      >
        <div className={styles['canvas']} data-area="canvas">
          <EditCanvas actions={actions} />
          <ColumnPanels />
          {children}
        </div>
        {data && (
          <>
            <Splitter
              pane={t('editor.data.title')}
              orientation="horizontal"
              size={below}
              min={120}
              max={640}
              after
              onSize={(size) => resizePane('data', size)}
            />
            <section className={styles['pane']} data-area="data" aria-label={t('editor.data.title')}>
              <DataPane />
            </section>
          </>
        )}
      </div>
      {inspector && (
        <>
          <Splitter
            pane={t('editor.inspector.title')}
            orientation="vertical"
            size={right}
            min={264}
            max={640}
            after
            onSize={(size) => resizePane('inspector', size)}
          />
          <section className={styles['pane']} data-area="settings" aria-label={t('editor.inspector.title')}>
            <Inspector />
          </section>
        </>
      )}
    </div>
  )
}
