/** Under which names a query knows its inputs, in the order of the edges. */
export const inputNames = (names: readonly string[], count: number): string[] =>
  Array.from({ length: count }, (_, index) => names[index] || `input${index + 1}`)
