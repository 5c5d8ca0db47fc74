import type { Rect, Viewport } from '@xyflow/react'

/** Below this zoom the texts of nodes cannot be read. */
export const legibleZoom = 0.75
const margin = 32

/**
 * What is shown of a flow when it is opened: all of it where that can be read, else its beginning (the
 * left), in the middle of the height where the height suffices.
 */
export function firstView(bounds: Rect, width: number, height: number): Viewport {
  const whole = Math.min((width - 2 * margin) / bounds.width, (height - 2 * margin) / bounds.height)
  const zoom = Math.max(legibleZoom, Math.min(1, whole))
  const along = (start: number, size: number, room: number) => {
    const shown = size * zoom
    const offset = shown + 2 * margin <= room ? (room - shown) / 2 : margin
    return offset - start * zoom
  }
  return { x: along(bounds.x, bounds.width, width), y: along(bounds.y, bounds.height, height), zoom }
}
