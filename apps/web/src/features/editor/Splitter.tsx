import { useText } from '../../i18n/index.ts'
import styles from './editor.module.css'

interface SplitterProps {
  readonly pane: string
  /** A vertical bar stands between panes side by side. */
  readonly orientation: 'vertical' | 'horizontal'
  readonly size: number
  readonly min: number
  readonly max: number
  /** The pane lies after the bar (right or below): dragging towards it makes it smaller. */
  readonly after: boolean
  readonly onSize: (size: number) => void
}

/** The bar between two panes, moved by pointer or arrow keys. */
export function Splitter({ pane, orientation, size, min, max, after, onSize }: SplitterProps) {
  const { t } = useText()
  const put = (next: number) => onSize(Math.round(Math.min(max, Math.max(min, next))))
  const sign = after ? -1 : 1
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved; hr cannot take focus
    <div
      role="separator"
      tabIndex={0}
      aria-label={t('editor.resize', { pane })}
      aria-orientation={orientation}
      aria-valuenow={size}
      aria-valuemin={min}
      aria-valuemax={max}
      className={styles['splitter']}
      onPointerDown={(event) => {
        event.preventDefault()
        event.currentTarget.setPointerCapture(event.pointerId)
        const at = orientation === 'vertical' ? event.clientX : event.clientY
        const bar = event.currentTarget
        const move = (moved: PointerEvent) =>
          put(size + sign * ((orientation === 'vertical' ? moved.clientX : moved.clientY) - at))
        const stop = () => bar.removeEventListener('pointermove', move)
        bar.addEventListener('pointermove', move)
        bar.addEventListener('pointerup', stop, { once: true })
        bar.addEventListener('pointercancel', stop, { once: true })
      }}
      onKeyDown={(event) => {
        const step = { ArrowRight: 16, ArrowDown: 16, ArrowLeft: -16, ArrowUp: -16 }[event.key]
        if (step === undefined) return
        event.preventDefault()
        event.stopPropagation()
        put(size + sign * step)
      }}
    />
  )
}
