import { defineOperator } from '../../spec/index.ts'
import { identifier, join, sql, typeText } from '../../sql/index.ts'
import { arrivingProblems } from './arriving.ts'
import { inputSpec } from './spec.ts'

/** Inside another flow, what arrives there; in a flow that is drawn by itself, no rows of the declared columns. */
export const input = defineOperator(inputSpec, ({ settings: { columns }, inputs, report }) => {
  const [arriving] = inputs['in'] ?? []
  if (arriving) {
    for (const problem of arrivingProblems(arriving.columns, columns, 'in')) report(problem)
    return { outputs: { out: sql`SELECT * FROM ${arriving.relation}` } }
  }
  const typed = columns.map(({ name, type }) => sql`CAST(NULL AS ${typeText(type)}) AS ${identifier(name)}`)
  return { outputs: { out: sql`SELECT ${join(typed)} WHERE false` } }
})
