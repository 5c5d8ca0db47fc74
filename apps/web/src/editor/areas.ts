/** The parts of the editor that the keyboard goes round in, in this order; a tour comes before them. */
export const areas = ['tour', 'toolbar', 'palette', 'canvas', 'settings', 'data'] as const
export type Area = (typeof areas)[number]

/** Where the focus goes in an area: what is chosen on the canvas, a heading, else the first thing to use. */
const starts = [
  '.react-flow__node.selected',
  '.react-flow__node',
  '[tabindex="-1"]:is(h2)',
  'input:not([type="file"], [hidden], :disabled), textarea, button:not(:disabled), [tabindex="0"], a[href]',
]

function focusIn(area: Element): boolean {
  for (const start of starts) {
    const found = area.querySelector(start)
    if (!(found instanceof HTMLElement)) continue
    found.focus()
    return area.contains(document.activeElement)
  }
  return false
}

/** Moves the focus to the next area that is open and has something in it, or to the one before. */
export function focusArea(by: 1 | -1): void {
  const open = areas.flatMap((name) => [...document.querySelectorAll(`[data-area="${name}"]`)])
  const now = open.findIndex((area) => area.contains(document.activeElement))
  const start = now === -1 && by === -1 ? 0 : now
  for (let step = 1; step <= open.length; step++) {
    const area = open[(start + by * step + open.length * 2) % open.length]
    if (area && focusIn(area)) return
  }
}
