import { defineOperator } from '../../spec/index.ts'
import { identifier, join, type Sql, sql, typeText } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { replaceSpec } from './spec.ts'

export const replace = defineOperator(replaceSpec, (context) => {
  const input = onlyInput(context)
  const { columns, match, values } = context.settings
  const replaced = new Map<string, Sql>()
  columns.forEach((name, index) => {
    const column = requireColumn(name, input.columns, `columns.${index}`, context)
    if (!column || values.length === 0) return
    const text = sql`CAST(${identifier(column.name)} AS VARCHAR)`
    const result =
      match === 'whole'
        ? sql`CASE ${text} ${join(
            values.map(({ from, to }) => sql`WHEN ${from} THEN ${to}`),
            ' ',
          )} ELSE ${text} END`
        : values.reduce(
            (inner, { from, to }) =>
              match === 'part'
                ? sql`replace(${inner}, ${from}, ${to})`
                : sql`regexp_replace(${inner}, ${from}, ${to}, 'g')`,
            text,
          )
    replaced.set(column.name, sql`CAST(${result} AS ${typeText(column.type)}) AS ${identifier(column.name)}`)
  })
  const list = join(input.columns.map(({ name }) => replaced.get(name) ?? identifier(name)))
  return { outputs: { out: sql`SELECT ${list}${context.carry} FROM ${input.relation}` } }
})
