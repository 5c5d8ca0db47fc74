import { type Column, type ColumnKind, kindOf, sameName } from '../../model/index.ts'
import { createProblem, type Problem } from '../../problems/index.ts'
import { nearest } from '../../problems/nearest.ts'

/** Kinds that are accepted where another one is declared, because every such value is one of it. */
const wider: Partial<Record<ColumnKind, readonly ColumnKind[]>> = {
  decimal: ['integer'],
  float: ['integer', 'decimal'],
}

/** Why columns that arrive at an input of a flow are not what it declares; located at `port`. */
export function arrivingProblems(
  arriving: readonly Column[],
  declared: readonly Column[],
  port: string,
): Problem[] {
  const names = arriving.map(({ name }) => name)
  return declared.flatMap(({ name, type }) => {
    const found = arriving.find((column) => sameName(column.name, name))
    if (!found)
      return [createProblem('subflow.columnMissing', { column: name }, { port }, nearest(name, names))]
    const [wanted, given] = [kindOf(type), kindOf(found.type)]
    if (wanted === given || wider[wanted]?.includes(given)) return []
    return [createProblem('subflow.columnType', { column: name, type, given: found.type }, { port })]
  })
}
