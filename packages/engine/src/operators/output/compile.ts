import { type Compiled, defineOperator } from '../../spec/index.ts'
import { sql } from '../../sql/index.ts'
import { outputSpec } from './spec.ts'

/** Inside another flow, what arrives; in a flow that is drawn by itself the rows end here. */
export const output = defineOperator(outputSpec, ({ settings: { inside }, inputs }): Compiled => {
  const [arriving] = inputs['in'] ?? []
  if (!inside || !arriving) return { outputs: {} }
  return { outputs: { out: sql`SELECT * FROM ${arriving.relation}` } }
})
