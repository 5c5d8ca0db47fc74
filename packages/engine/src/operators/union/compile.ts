import { kindOf, sameName } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { defineOperator } from '../../spec/index.ts'
import { identifier, join, sql } from '../../sql/index.ts'
import { unionSpec } from './spec.ts'

const isNumber = (type: string): boolean => ['integer', 'decimal', 'float'].includes(kindOf(type))

export const union = defineOperator(unionSpec, (context) => {
  const inputs = context.inputs['in'] ?? []
  const { by, inputColumn } = context.settings
  const [first] = inputs
  inputs.forEach((input, index) => {
    if (by === 'position' && first && input.columns.length !== first.columns.length)
      context.report(
        createProblem(
          'union.width',
          {
            input: String(index + 1),
            count: String(input.columns.length),
            first: String(first.columns.length),
          },
          { port: 'in' },
        ),
      )
    input.columns.forEach((column, position) => {
      const other =
        by === 'position'
          ? first?.columns[position]
          : inputs
              .slice(0, index)
              .flatMap(({ columns }) => columns)
              .find(({ name }) => sameName(name, column.name))
      if (!other || other.type === column.type || (isNumber(other.type) && isNumber(column.type))) return
      context.report(
        createProblem(
          'union.types',
          { column: column.name, type: column.type, other: other.type },
          { port: 'in' },
        ),
      )
    })
  })
  const parts = inputs.map(({ relation, columns }, index) => {
    const list = columns.map(({ name }) => identifier(name))
    if (inputColumn !== '') list.push(sql`${index + 1} AS ${identifier(inputColumn)}`)
    return sql`SELECT ${join(list)} FROM ${relation}`
  })
  return { outputs: { out: join(parts, by === 'name' ? ' UNION ALL BY NAME ' : ' UNION ALL ') } }
})
