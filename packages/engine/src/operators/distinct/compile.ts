import { defineOperator } from '../../spec/index.ts'
import { identifier, join, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { distinctSpec } from './spec.ts'

export const distinct = defineOperator(distinctSpec, (context) => {
  const input = onlyInput(context)
  const { keys, keep, order } = context.settings
  keys.forEach((key, index) => {
    requireColumn(key, input.columns, `keys.${index}`, context)
  })
  if (order !== '') requireColumn(order, input.columns, 'order', context)
  const names = keys.length > 0 ? keys : input.columns.map(({ name }) => name)
  const direction = keep === 'first' ? sql`ASC` : sql`DESC`
  const by = order === '' ? sql`` : sql`${identifier(order)} ${direction} NULLS LAST, `
  const columns = join(input.columns.map(({ name }) => identifier(name)))
  // Rows that are equal in `order` are told apart by their place, so that the result is always the same.
  const ranked = sql`(SELECT *, row_number() OVER (PARTITION BY ${join(names.map(identifier))} ORDER BY ${by}"__mr_order" ${direction}) AS "__mr_rank" FROM (SELECT *, row_number() OVER () AS "__mr_order" FROM ${input.relation}))`
  return {
    outputs: {
      out: sql`SELECT ${columns}${context.carry} FROM ${ranked} WHERE "__mr_rank" = 1 ORDER BY "__mr_order"`,
    },
  }
})
