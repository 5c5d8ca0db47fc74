import { defineOperator } from '../../spec/index.ts'
import { identifier, join, type Sql, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { maskSpec } from './spec.ts'

export const mask = defineOperator(maskSpec, (context) => {
  const input = onlyInput(context)
  const masked = new Map<string, Sql>()
  context.settings.columns.forEach(({ column: name, how, first, last, salt }, index) => {
    const column = requireColumn(name, input.columns, `columns.${index}.column`, context)
    if (!column) return
    const text = sql`CAST(${identifier(column.name)} AS VARCHAR)`
    // A value too short to hide anything in is hidden whole.
    const partial = sql`CASE WHEN length(${text}) <= ${first + last} THEN repeat('*', length(${text})) ELSE left(${text}, ${first}) || repeat('*', length(${text}) - ${first + last}) || right(${text}, ${last}) END`
    const value =
      how === 'hash'
        ? sql`sha256(${salt} || ${text})`
        : how === 'partial'
          ? partial
          : sql`CAST(NULL AS VARCHAR)`
    masked.set(column.name, sql`${value} AS ${identifier(column.name)}`)
  })
  const list = join(input.columns.map(({ name }) => masked.get(name) ?? identifier(name)))
  return { outputs: { out: sql`SELECT ${list}${context.carry} FROM ${input.relation}` } }
})
