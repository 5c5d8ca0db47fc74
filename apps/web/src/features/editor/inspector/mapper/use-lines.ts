import { type RefObject, useCallback, useLayoutEffect, useState } from 'react'

export interface LinePlace {
  readonly x1: number
  readonly y1: number
  readonly x2: number
  readonly y2: number
}

/** Where lines run between rows of two lists, in px within the box around both; followed while they scroll. */
export function useLines<Line extends { readonly source: string; readonly target: string }>(
  box: RefObject<HTMLElement | null>,
  lines: readonly Line[],
): { readonly places: readonly (Line & LinePlace)[]; readonly measure: () => void } {
  const [places, setPlaces] = useState<readonly (Line & LinePlace)[]>([])
  const measure = useCallback(() => {
    const around = box.current
    if (!around) return
    const frame = around.getBoundingClientRect()
    const rows = (side: string) =>
      new Map(
        [...around.querySelectorAll<HTMLElement>(`[data-${side}]`)].map((row) => [row.dataset[side], row]),
      )
    const [sources, targets] = [rows('source'), rows('target')]
    const middle = (row: HTMLElement): number => {
      // A row that is scrolled away ends its line at the edge of its list.
      const list = row.closest('[data-list]')?.getBoundingClientRect() ?? frame
      const { top, height } = row.getBoundingClientRect()
      return Math.min(Math.max(top + height / 2, list.top), list.bottom) - frame.top
    }
    setPlaces(
      lines.flatMap((line) => {
        const [from, to] = [sources.get(line.source), targets.get(line.target)]
        if (!from || !to) return []
        return [
          {
            ...line,
            x1: from.getBoundingClientRect().right - frame.left,
            y1: middle(from),
            x2: to.getBoundingClientRect().left - frame.left,
            y2: middle(to),
          },
        ]
      }),
    )
  }, [box, lines])
  useLayoutEffect(() => {
    measure()
    const around = box.current
    if (!around) return
    const observer = new ResizeObserver(measure)
    observer.observe(around)
    around.addEventListener('scroll', measure, true)
    return () => {
      observer.disconnect()
      around.removeEventListener('scroll', measure, true)
    }
  }, [box, measure])
  return { places, measure }
}
