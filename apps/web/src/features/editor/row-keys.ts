import { useRef } from 'react'

interface RowKeys {
  /** The key of each row, for React: it goes along with the row, not with its place. */
  readonly keys: readonly string[]
  remove(index: number): void
  swap(left: number, right: number): void
}

/**
 * Keys for rows that have no identity of their own and are edited in place, so that what belongs to a row
 * (its focus, whether it is unfolded) follows it. Told of removals and swaps; rows are added at the end.
 */
export function useRowKeys(count: number): RowKeys {
  const made = useRef(0)
  const keys = useRef<string[]>([])
  while (keys.current.length < count) {
    made.current += 1
    keys.current.push(`row ${made.current}`)
  }
  // Undo takes rows away without saying which.
  keys.current.length = count
  return {
    keys: [...keys.current],
    remove: (index) => {
      keys.current = keys.current.toSpliced(index, 1)
    },
    swap(left, right) {
      const [first, second] = [keys.current[left], keys.current[right]]
      if (first && second) keys.current = keys.current.with(left, second).with(right, first)
    },
  }
}
