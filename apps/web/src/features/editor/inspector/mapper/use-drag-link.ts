import { useEffect, useState } from 'react'

interface Drag {
  readonly source: string
  /** In px of the window: where it began, and where the pointer is. */
  readonly start: { readonly x: number; readonly y: number }
  readonly at: { readonly x: number; readonly y: number }
}

/** Less than this, in px, is a click. */
const slack = 6

/** Dragging a source to a target: `over` is the target below the pointer. */
export function useDragLink(onDrop: (source: string, target: number) => void) {
  const [drag, setDrag] = useState<Drag | undefined>()
  const isMoving =
    drag !== undefined && Math.hypot(drag.at.x - drag.start.x, drag.at.y - drag.start.y) > slack
  useEffect(() => {
    if (!drag) return
    const move = ({ clientX: x, clientY: y }: PointerEvent) => setDrag({ ...drag, at: { x, y } })
    const drop = ({ clientX, clientY }: PointerEvent) => {
      const target = document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>('[data-target]')
      if (isMoving && target) onDrop(drag.source, Number(target.dataset['target']))
      setDrag(undefined)
    }
    const stop = () => setDrag(undefined)
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', drop)
    window.addEventListener('pointercancel', stop)
    return () => {
      window.removeEventListener('pointermove', move)
      window.removeEventListener('pointerup', drop)
      window.removeEventListener('pointercancel', stop)
    }
  }, [drag, isMoving, onDrop])
  return {
    drag: isMoving ? drag : undefined,
    begin(source: string, { clientX: x, clientY: y, button }: React.PointerEvent) {
      if (button === 0) setDrag({ source, start: { x, y }, at: { x, y } })
    },
  }
}
