import { type Node, type NodeProps, NodeResizer } from '@xyflow/react'
import { memo } from 'react'
import { useText } from '../i18n/index.ts'
import { useCanvas } from './canvas-context.ts'
import styles from './note.module.css'

export type NoteNode = Node<{ readonly note: string }, 'note'>

/** A note that belongs to no node: a text that is written where it stands. */
export const StickyNote = memo(function StickyNote({ data, selected }: NodeProps<NoteNode>) {
  const { t } = useText()
  const { notes, readOnly, onNote } = useCanvas()
  const note = notes.get(data.note)
  if (!note) return null
  return (
    <div className={styles['note']} data-color={note.color} data-selected={selected || undefined}>
      {!readOnly && (
        <NodeResizer
          isVisible={selected}
          minWidth={96}
          minHeight={64}
          lineClassName={styles['noteLine']}
          handleClassName={styles['noteHandle']}
          onResizeEnd={(_event, { x, y, width, height }) =>
            onNote?.(note.id, { position: { x, y }, size: { width, height } })
          }
        />
      )}
      <textarea
        className={`${styles['noteText']} ${selected ? 'nodrag nopan' : ''} nowheel`}
        aria-label={t('editor.note.text')}
        placeholder={t('editor.note.placeholder')}
        readOnly={readOnly || !selected}
        value={note.text}
        maxLength={20_000}
        onChange={(event) => onNote?.(note.id, { text: event.currentTarget.value })}
        onKeyDown={(event) => {
          event.stopPropagation()
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
      />
    </div>
  )
})
