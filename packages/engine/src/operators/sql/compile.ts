import { defineOperator } from '../../spec/index.ts'
import { identifier, join, query, sql as text } from '../../sql/index.ts'
import { inputNames } from './input-names.ts'
import { sqlSpec } from './spec.ts'

/** What happens to a row inside a query cannot be told from outside: all that arrived counts as used. */
export const sql = defineOperator(sqlSpec, (context) => {
  const inputs = context.inputs['in'] ?? []
  const names = inputNames(context.settings.names, inputs.length)
  const tables = inputs.map(
    ({ relation }, index) => text`${identifier(names[index] ?? '')} AS (SELECT * FROM ${relation})`,
  )
  const used = inputs.map(({ relation }) => text`(SELECT count(*) FROM ${relation})`)
  return {
    outputs: { out: text`WITH ${join(tables)} SELECT * FROM ${query(context.settings.query)}` },
    tallies: { used: text`SELECT ${used.length === 0 ? text`0` : join(used, ' + ')}` },
  }
})
