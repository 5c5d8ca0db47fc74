import { defineOperator } from '../../spec/index.ts'
import { identifier, join, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { sortSpec } from './spec.ts'

export const sort = defineOperator(sortSpec, (context) => {
  const input = onlyInput(context)
  const keys = context.settings.keys.map(({ column, direction, missing }, index) => {
    requireColumn(column, input.columns, `keys.${index}.column`, context)
    const order = direction === 'ascending' ? sql`ASC` : sql`DESC`
    return sql`${identifier(column)} ${order} NULLS ${missing === 'first' ? sql`FIRST` : sql`LAST`}`
  })
  const order = keys.length === 0 ? sql`` : sql` ORDER BY ${join(keys)}`
  return { outputs: { out: sql`SELECT * FROM ${input.relation}${order}` } }
})
