import { sameName } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { defineOperator } from '../../spec/index.ts'
import { expression, identifier, join, sql } from '../../sql/index.ts'
import { onlyInput } from '../inputs.ts'
import { mapSpec } from './spec.ts'

export const map = defineOperator(mapSpec, (context) => {
  const input = onlyInput(context)
  const { columns, others } = context.settings
  columns.forEach(({ name }, index) => {
    if (columns.findIndex((other) => sameName(other.name, name)) < index)
      context.report(createProblem('column.duplicate', { column: name }, { field: `columns.${index}.name` }))
  })
  const mapped = columns.map((column) => sql`${expression(column.expression)} AS ${identifier(column.name)}`)
  const rest = input.columns
    .filter((column) => others === 'keep' && !columns.some((other) => sameName(other.name, column.name)))
    .map((column) => identifier(column.name))
  if (mapped.length + rest.length === 0)
    context.report(createProblem('setting.required', { label: 'columns' }, { field: 'columns' }))
  return {
    outputs: { out: sql`SELECT ${join([...rest, ...mapped])}${context.carry} FROM ${input.relation}` },
  }
})
