import type { Node, NodeProps } from '@xyflow/react'
import { memo } from 'react'
import { useText } from '../i18n/index.ts'
import { useCanvas } from './canvas-context.ts'
import styles from './note.module.css'

export type FrameNode = Node<{ readonly group: string }, 'frame'>

/** The box around the nodes of a group; its title is what it is held by. */
export const Frame = memo(function Frame({ data }: NodeProps<FrameNode>) {
  const { t } = useText()
  const { groups, renaming, readOnly, onSelectGroup, onRetitle } = useCanvas()
  const group = groups.get(data.group)
  if (!group) return null
  const title = group.title || t('editor.group.untitled')
  return (
    <div className={styles['frame']} data-color={group.color}>
      {renaming === `group:${group.id}` ? (
        <input
          className={`${styles['frameInput']} nodrag nopan`}
          aria-label={t('editor.group.title')}
          defaultValue={group.title}
          maxLength={200}
          // The user has just asked for this field.
          ref={(input) => input?.focus()}
          onBlur={(event) => onRetitle?.(group.id, event.currentTarget.value.trim())}
          onKeyDown={(event) => {
            event.stopPropagation()
            if (event.key === 'Enter') event.currentTarget.blur()
            if (event.key === 'Escape') onRetitle?.(group.id, group.title)
          }}
        />
      ) : (
        <button
          type="button"
          className={`${styles['frameTitle']} frame-title`}
          title={title}
          disabled={readOnly}
          onClick={() => onSelectGroup?.(group.id, false)}
          onDoubleClick={() => onSelectGroup?.(group.id, true)}
        >
          {title}
        </button>
      )}
    </div>
  )
})
