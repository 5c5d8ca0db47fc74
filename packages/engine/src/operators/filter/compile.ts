import { defineOperator } from '../../spec/index.ts'
import { expression, sql } from '../../sql/index.ts'
import { compileConditions } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { filterSpec } from './spec.ts'

export const filter = defineOperator(filterSpec, (context) => {
  const input = onlyInput(context)
  const where = compileConditions(context.settings.where, input.columns, 'where', context)
  const free = context.settings.expression.trim()
  const both = free === '' ? where : sql`${where} AND coalesce(${expression(free)}, false)`
  return { outputs: { out: sql`SELECT * FROM ${input.relation} WHERE ${both}` } }
})
