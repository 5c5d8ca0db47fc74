export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const gap = 14

/** Where a card lies beside what it speaks of: on the side with the most room, wholly inside of the window. */
export function placeBeside(target: Box, card: { width: number; height: number }, window: Box) {
  const right = window.left + window.width
  const bottom = window.top + window.height
  const room = {
    left: target.left - window.left,
    right: right - target.left - target.width,
    top: target.top - window.top,
    bottom: bottom - target.top - target.height,
  }
  const fits = {
    right: room.right - card.width,
    left: room.left - card.width,
    top: room.top - card.height,
    bottom: room.bottom - card.height,
  }
  const sides = ['right', 'left', 'top', 'bottom'] as const
  const side = sides.reduce((best, next) => (fits[next] > fits[best] ? next : best))
  const wanted = {
    left: { left: target.left - card.width - gap, top: target.top },
    right: { left: target.left + target.width + gap, top: target.top },
    top: { left: target.left + 24, top: target.top - card.height - gap },
    bottom: { left: target.left + target.width - card.width, top: target.top + target.height + gap },
  }[side]
  return {
    left: Math.max(window.left + gap, Math.min(wanted.left, right - card.width - gap)),
    top: Math.max(window.top + gap, Math.min(wanted.top, bottom - card.height - gap)),
  }
}
