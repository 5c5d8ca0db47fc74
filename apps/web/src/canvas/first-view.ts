import { getViewportForBounds, type Node, type Rect, type Viewport } from '@xyflow/react'
import { cardSize } from './ports.ts'

/** Below this zoom the texts of nodes cannot be read. */
export const legibleZoom = 0.75
/** Around a flow, in pixels: beside it are the canvas's own buttons on the left, and names of ports on the right. */
const margin = { side: 48, end: 32 }

/** The rectangle around nodes; those out of view have never been measured and count as plain cards. */
export function boundsOf(nodes: readonly Pick<Node, 'position' | 'measured' | 'width' | 'height'>[]): Rect {
  const sides = nodes.map(({ position: { x, y }, measured, width, height }) => ({
    left: x,
    top: y,
    right: x + (measured?.width ?? width ?? cardSize.width),
    bottom: y + (measured?.height ?? height ?? cardSize.height),
  }))
  const x = Math.min(...sides.map(({ left }) => left))
  const y = Math.min(...sides.map(({ top }) => top))
  const width = Math.max(...sides.map(({ right }) => right)) - x
  return { x, y, width, height: Math.max(...sides.map(({ bottom }) => bottom)) - y }
}

/** The view in which all of a rectangle is seen, no larger than `most` and no smaller than `least`. */
export const viewOf = (
  bounds: Rect,
  { width, height }: { readonly width: number; readonly height: number },
  least: number,
  most: number,
): Viewport =>
  getViewportForBounds(bounds, width, height, least, most, { x: `${margin.side}px`, y: `${margin.end}px` })

/** The least zoom of the canvas. */
export const leastZoom = 0.15

/** The view in which all of these nodes are seen, as far as the least zoom lets them. */
export const wholeView = (
  nodes: Parameters<typeof boundsOf>[0],
  room: { readonly width: number; readonly height: number },
): Viewport => viewOf(boundsOf(nodes), room, leastZoom, 1)

/** Milliseconds of a movement; none for who has asked for no movement. */
export const moving = (milliseconds: number): number =>
  window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : milliseconds

/**
 * What is shown of a flow when it is opened: all of it where that can be read, else its beginning (the
 * left), in the middle of the height where the height suffices.
 */
export function firstView(bounds: Rect, width: number, height: number): Viewport {
  const whole = Math.min((width - 2 * margin.side) / bounds.width, (height - 2 * margin.end) / bounds.height)
  const zoom = Math.max(legibleZoom, Math.min(1, whole))
  const along = (start: number, size: number, room: number, around: number) => {
    const shown = size * zoom
    const offset = shown + 2 * around <= room ? (room - shown) / 2 : around
    return offset - start * zoom
  }
  return {
    x: along(bounds.x, bounds.width, width, margin.side),
    y: along(bounds.y, bounds.height, height, margin.end),
    zoom,
  }
}
