import { type Column, kindOf, sameName } from '../model/index.ts'
import { createProblem, type Problem } from '../problems/index.ts'
import { nearest } from '../problems/nearest.ts'
import {
  asksNothing,
  type Condition,
  type ConditionGroup,
  type ConditionOperator,
  conditionOperators,
} from '../spec/condition.ts'
import type { CompileContext } from '../spec/operator.ts'
import { and, identifier, isOneOf, or, type Sql, sql } from '../sql/index.ts'
import { comparedValue, valueProblem } from './condition-value.ts'

type Reporter = Pick<CompileContext<unknown>, 'report'>

/**
 * A condition group as one boolean expression. NULL counts as "not met" for every operator but
 * `isEmpty`, `notEquals`, `notContains` and `notOneOf`, as a spreadsheet user expects.
 * An empty group is true.
 */
export function compileConditions(
  group: ConditionGroup,
  columns: readonly Column[],
  field: string,
  { report }: Reporter,
): Sql {
  const parts = group.conditions.flatMap((condition, index) => {
    const column = columns.find((candidate) => sameName(candidate.name, condition.column))
    if (column) {
      for (const problem of valueProblems(condition, column, `${field}.conditions.${index}`)) report(problem)
      return [compileCondition(condition, column)]
    }
    report(
      createProblem(
        'column.unknown',
        { column: condition.column },
        { field: `${field}.conditions.${index}.column` },
        nearest(
          condition.column,
          columns.map(({ name }) => name),
        ),
      ),
    )
    return []
  })
  for (const [index, inner] of (group.groups ?? []).entries())
    if (!asksNothing(inner))
      parts.push(compileConditions(inner, columns, `${field}.groups.${index}`, { report }))
  if (parts.length === 0) return sql`true`
  return group.combine === 'or' ? or(parts) : and(parts)
}

/** The name of a column, or a problem with the nearest names when it does not exist. */
export function requireColumn(
  name: string,
  columns: readonly Column[],
  field: string,
  { report }: Reporter,
): Column | undefined {
  const column = columns.find((candidate) => sameName(candidate.name, name))
  if (!column)
    report(
      createProblem(
        'column.unknown',
        { column: name },
        { field },
        nearest(
          name,
          columns.map((one) => one.name),
        ),
      ),
    )
  return column
}

/** Operators that compare with values of the column's own type. */
const comparing: readonly ConditionOperator[] = [
  'equals',
  'notEquals',
  'lessThan',
  'atMost',
  'greaterThan',
  'atLeast',
  'between',
  'oneOf',
  'notOneOf',
]

function valueProblems({ operator, values }: Condition, column: Column, field: string): Problem[] {
  if (!comparing.includes(operator)) return []
  const wanted = conditionOperators[operator].values
  const count = wanted === 'list' ? values.length : wanted
  const problems = Array.from({ length: count }, (_, place) =>
    valueProblem(values[place] ?? '', column, `${field}.values.${place}`),
  )
  return problems.filter((problem) => problem !== undefined)
}

function compileCondition({ operator, values }: Condition, column: Column): Sql {
  const subject = identifier(column.name)
  const text = sql`CAST(${subject} AS VARCHAR)`
  const isText = kindOf(column.type) === 'text'
  const value = (index: number): Sql => comparedValue(values[index] ?? '', column)
  const list = values.map((_, index) => value(index))
  switch (operator) {
    case 'equals':
      return sql`coalesce(${subject} = ${value(0)}, false)`
    case 'notEquals':
      return sql`${subject} IS DISTINCT FROM ${value(0)}`
    case 'contains':
      return sql`coalesce(contains(${text}, ${values[0] ?? ''}), false)`
    case 'notContains':
      return sql`NOT coalesce(contains(${text}, ${values[0] ?? ''}), false)`
    case 'startsWith':
      return sql`coalesce(starts_with(${text}, ${values[0] ?? ''}), false)`
    case 'endsWith':
      return sql`coalesce(ends_with(${text}, ${values[0] ?? ''}), false)`
    case 'matches':
      return sql`coalesce(regexp_matches(${text}, ${values[0] ?? ''}), false)`
    case 'lessThan':
      return sql`coalesce(${subject} < ${value(0)}, false)`
    case 'atMost':
      return sql`coalesce(${subject} <= ${value(0)}, false)`
    case 'greaterThan':
      return sql`coalesce(${subject} > ${value(0)}, false)`
    case 'atLeast':
      return sql`coalesce(${subject} >= ${value(0)}, false)`
    case 'between':
      return sql`coalesce(${subject} BETWEEN ${value(0)} AND ${value(1)}, false)`
    case 'oneOf':
      return values.length === 0 ? sql`false` : sql`coalesce(${isOneOf(subject, list)}, false)`
    case 'notOneOf':
      return values.length === 0 ? sql`true` : sql`NOT coalesce(${isOneOf(subject, list)}, false)`
    case 'isEmpty':
      return isText ? sql`(${subject} IS NULL OR trim(${subject}) = '')` : sql`${subject} IS NULL`
    case 'isNotEmpty':
      return isText ? sql`(${subject} IS NOT NULL AND trim(${subject}) <> '')` : sql`${subject} IS NOT NULL`
    case 'isTrue':
      return sql`${subject} IS TRUE`
    case 'isFalse':
      return sql`${subject} IS FALSE`
  }
}
