import { type Column, type Problem, positionProblem, sameName } from '@millrace/engine'

/**
 * Why a text is no place in a column of a cursor; undefined where it is one, where there is none, and where
 * nothing is known of the column.
 */
export function placeFault(text: string, name: string, columns: readonly Column[]): Problem | undefined {
  const column = columns.find((candidate) => sameName(candidate.name, name))
  return column && text.trim() !== '' ? positionProblem(text.trim(), column) : undefined
}
