import { sameName } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { defineOperator } from '../../spec/index.ts'
import { and, expression, join, or, type Sql, sql } from '../../sql/index.ts'
import { compileConditions } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { routeSpec } from './spec.ts'

export const route = defineOperator(routeSpec, (context) => {
  const { relation, columns } = onlyInput(context)
  const { routes, match } = context.settings
  const fits = routes.map(({ name, where, expression: free }, index) => {
    if (routes.findIndex((other) => sameName(other.name, name)) < index)
      context.report(createProblem('column.duplicate', { column: name }, { field: `routes.${index}.name` }))
    const visual = compileConditions(where, columns, `routes.${index}.where`, context)
    return free.trim() === '' ? visual : and([visual, sql`coalesce(${expression(free)}, false)`])
  })
  const outputs: Record<string, Sql> = {}
  routes.forEach(({ name }, index) => {
    const earlier = match === 'first' ? fits.slice(0, index).map((fit) => sql`NOT (${fit})`) : []
    outputs[name] = sql`SELECT * FROM ${relation} WHERE ${and([...earlier, fits[index] ?? sql`true`])}`
  })
  outputs['otherwise'] = sql`SELECT * FROM ${relation} WHERE NOT (${or(fits)})`
  // A row that fits n routes leaves n times: n - 1 copies.
  const times = join(
    fits.map((fit) => sql`CAST(${fit} AS BIGINT)`),
    ' + ',
  )
  const copied =
    match === 'first' || fits.length === 0
      ? sql`SELECT CAST(0 AS BIGINT)`
      : sql`SELECT CAST(coalesce(sum(greatest(${times} - 1, 0)), 0) AS BIGINT) FROM ${relation}`
  return { outputs, tallies: { copied } }
})
