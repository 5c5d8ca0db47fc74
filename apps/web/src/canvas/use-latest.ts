import { useCallback, useRef } from 'react'

/**
 * A function that stays the same while it does what it was last drawn with. React Flow hands what it is given
 * to every node and edge, and tells all of them of each change: with functions that are made anew at each step
 * of a drag, the whole flow would be drawn anew for one node.
 */
export function useLatest<Arguments extends readonly unknown[], Result>(
  work: (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  const latest = useRef(work)
  latest.current = work
  return useCallback((...given: Arguments) => latest.current(...given), [])
}
