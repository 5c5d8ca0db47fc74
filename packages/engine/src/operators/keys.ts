import { type Column, type ColumnKind, kindOf } from '../model/index.ts'
import { createProblem } from '../problems/index.ts'
import type { CompileContext } from '../spec/index.ts'

const families: Partial<Record<ColumnKind, string>> = {
  integer: 'number',
  decimal: 'number',
  float: 'number',
  date: 'time',
  timestamp: 'time',
}

/** Keys must be of one family of types; DuckDB would cast a text to a number and fail at a row. */
export function checkKeyTypes(
  left: Column,
  right: Column,
  field: string,
  { report }: Pick<CompileContext<unknown>, 'report'>,
): boolean {
  const [a, b] = [left, right].map(({ type }) => families[kindOf(type)] ?? kindOf(type))
  if (a === b) return true
  report(
    createProblem(
      'key.types',
      { left: left.name, leftType: left.type, right: right.name, rightType: right.type },
      { field },
    ),
  )
  return false
}
