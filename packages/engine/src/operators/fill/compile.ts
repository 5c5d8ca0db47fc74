import { type Column, kindOf } from '../../model/index.ts'
import { defineOperator } from '../../spec/index.ts'
import { identifier, join, literal, type Sql, sql, typeText } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { type Filling, fillSpec } from './spec.ts'

/** What stands in for a missing value, of the column's own type. `present`: the column, NULL where missing. */
function replacement(filling: Filling, column: Column, present: Sql): Sql {
  const type = typeText(column.type)
  const whole = kindOf(column.type) === 'integer'
  switch (filling.with) {
    case 'value':
      return column.type === 'VARCHAR' ? literal(filling.value) : sql`CAST(${filling.value} AS ${type})`
    case 'column':
      return sql`CAST(${identifier(filling.other)} AS ${type})`
    case 'previous':
      return sql`last_value(${present} IGNORE NULLS) OVER (ORDER BY "__mr_order" ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
    case 'mean':
      return sql`CAST(${whole ? sql`round(avg(${present}) OVER ())` : sql`avg(${present}) OVER ()`} AS ${type})`
    case 'median':
      return sql`CAST(quantile_disc(${present}, 0.5) OVER () AS ${type})`
    case 'mode':
      return sql`CAST(mode(${present} ORDER BY ${present}) OVER () AS ${type})`
  }
}

export const fill = defineOperator(fillSpec, (context) => {
  const input = onlyInput(context)
  const { columns, blank } = context.settings
  const filled = new Map<string, Sql>()
  columns.forEach((filling, index) => {
    const column = requireColumn(filling.column, input.columns, `columns.${index}.column`, context)
    if (filling.with === 'column')
      requireColumn(filling.other, input.columns, `columns.${index}.other`, context)
    if (!column) return
    const name = identifier(column.name)
    const present =
      blank && column.type === 'VARCHAR' ? sql`CASE WHEN trim(${name}) <> '' THEN ${name} END` : name
    filled.set(column.name, sql`coalesce(${present}, ${replacement(filling, column, present)}) AS ${name}`)
  })
  const list = join(input.columns.map(({ name }) => filled.get(name) ?? identifier(name)))
  const ordered = columns.some((filling) => filling.with === 'previous')
  const relation = ordered
    ? sql`(SELECT *, row_number() OVER () AS "__mr_order" FROM ${input.relation}) ORDER BY "__mr_order"`
    : input.relation
  return { outputs: { out: sql`SELECT ${list}${context.carry} FROM ${relation}` } }
})
