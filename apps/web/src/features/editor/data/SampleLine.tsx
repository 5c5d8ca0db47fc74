import type { Preview } from '@millrace/contract'
import { nodeKinds } from '@millrace/engine'
import { IconPinFilled, IconRefresh, IconTestPipe } from '@tabler/icons-react'
import { useDocument } from '../../../editor/document-store.ts'
import { useFormat, useText } from '../../../i18n/index.ts'
import styles from './data.module.css'

interface SampleLineProps {
  readonly sample: Preview['sample']
  readonly isRefreshing: boolean
  readonly onRefresh: () => void
}

/** Which rows of which sources stand behind what is shown, and a way to read them anew. */
export function SampleLine({ sample, isRefreshing, onRefresh }: SampleLineProps) {
  const { t, label } = useText()
  const format = useFormat()
  const nodes = useDocument((state) => state.flow.nodes)
  const sentences = sample.map(({ nodeId, rows, whole, pinned, takenAt }) => {
    const node = nodes.find(({ id }) => id === nodeId)
    const kind = node && nodeKinds.get(node.kind)
    const described = node && kind?.describe(node.settings)
    const name = (described && label(described)) || node?.label || (kind ? label(kind.label) : nodeId)
    // Pinned rows were not read from anywhere.
    if (pinned) return t('editor.data.sourcePinned', { rows: format.number(rows), name })
    const values = { rows: format.number(rows), name, time: format.time(takenAt).slice(0, 5) }
    return t(whole ? 'editor.data.sourceWhole' : 'editor.data.sourceFirst', values)
  })
  if (sentences.length === 0) return null
  const text = sentences.join(' · ')
  const isPinned = sample.every(({ pinned }) => pinned)
  const Mark = isPinned ? IconPinFilled : IconTestPipe
  return (
    <div className={styles['sample']}>
      <Mark size={13} aria-hidden />
      <span title={sentences.join('\n')}>{text}</span>
      {!isPinned && (
        <button
          type="button"
          className={styles['refresh']}
          data-busy={isRefreshing || undefined}
          disabled={isRefreshing}
          onClick={onRefresh}
        >
          <IconRefresh size={13} aria-hidden />
          <span>{t('editor.data.refresh')}</span>
        </button>
      )}
    </div>
  )
}
