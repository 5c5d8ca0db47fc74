import { kindOf, sameName, structFields } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { defineOperator } from '../../spec/index.ts'
import { identifier, join, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { flattenSpec } from './spec.ts'

export const flatten = defineOperator(flattenSpec, (context) => {
  const { relation, columns } = onlyInput(context)
  const { column: name, prefix } = context.settings
  const column = requireColumn(name, columns, 'column', context)
  const none = sql`SELECT CAST(0 AS BIGINT)`
  if (!column) return { outputs: { out: sql`SELECT * FROM ${relation}` }, tallies: { added: none } }
  const subject = identifier(column.name)
  if (kindOf(column.type) === 'list') {
    // A row with an empty list stays, with nothing in the column.
    const list = sql`CASE WHEN len(${subject}) > 0 THEN ${subject} ELSE [NULL] END`
    const parts = columns.map((other) =>
      other === column ? sql`unnest(${list}) AS ${subject}` : identifier(other.name),
    )
    return {
      outputs: { out: sql`SELECT ${join(parts)}${context.carry} FROM ${relation}` },
      tallies: {
        added: sql`SELECT CAST(coalesce(sum(greatest(len(${subject}) - 1, 0)), 0) AS BIGINT) FROM ${relation}`,
      },
    }
  }
  const fields = structFields(column.type)
  if (fields.length === 0)
    context.report(
      createProblem(
        'expression.type',
        { expected: { en: 'a list or a structure', zh: '列表或结构' }, actual: column.type },
        { field: 'column' },
      ),
    )
  const others = columns.filter((other) => other !== column)
  const parts = columns.flatMap((other) =>
    other === column
      ? fields.map((part) => sql`struct_extract(${subject}, ${part}) AS ${identifier(`${prefix}${part}`)}`)
      : [identifier(other.name)],
  )
  for (const part of fields)
    if (others.some((other) => sameName(other.name, `${prefix}${part}`)))
      context.report(createProblem('column.duplicate', { column: `${prefix}${part}` }, { field: 'prefix' }))
  return {
    outputs: { out: sql`SELECT ${join(parts)}${context.carry} FROM ${relation}` },
    tallies: { added: none },
  }
})
