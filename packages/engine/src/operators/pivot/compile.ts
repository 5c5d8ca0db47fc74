import { sameName } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { countedPort, defineOperator } from '../../spec/index.ts'
import { identifier, join, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { pivotSpec } from './spec.ts'

const functions = { sum: sql`sum`, average: sql`avg`, minimum: sql`min`, maximum: sql`max` } as const

export const pivot = defineOperator(pivotSpec, (context) => {
  const { relation, columns } = onlyInput(context)
  const { groups, column, values, how, measure } = context.settings
  requireColumn(column, columns, 'column', context)
  groups.forEach((name, index) => {
    requireColumn(name, columns, `groups.${index}`, context)
  })
  if (how !== 'count') requireColumn(measure, columns, 'measure', context)
  const figures = values.map((value, index) => {
    if (
      values.findIndex((other) => sameName(other, value)) < index ||
      groups.some((group) => sameName(group, value))
    )
      context.report(createProblem('column.duplicate', { column: value }, { field: `values.${index}` }))
    const of = how === 'count' ? sql`count(*)` : sql`${functions[how]}(${identifier(measure)})`
    return sql`${of} FILTER (CAST(${identifier(column)} AS VARCHAR) = ${value}) AS ${identifier(value)}`
  })
  if (figures.length === 0)
    context.report(
      createProblem('setting.required', { label: { en: 'These values', zh: '取值' } }, { field: 'values' }),
    )
  const keys = join(groups.map(identifier))
  const grouped = groups.length === 0 ? sql`` : sql` GROUP BY ${keys} ORDER BY ${keys}`
  const list = join([...groups.map(identifier), ...figures, sql`count(*) AS "__mr_size"`])
  return countedPort(
    {
      port: 'out',
      select: sql`SELECT ${list} FROM ${relation}${grouped}`,
      leaves: undefined,
      terms: { merged: sql`coalesce(sum("__mr_size"), 0)` },
    },
    [...groups, ...values],
  )
})
