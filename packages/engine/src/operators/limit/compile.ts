import { defineOperator } from '../../spec/index.ts'
import { sql } from '../../sql/index.ts'
import { onlyInput } from '../inputs.ts'
import { limitSpec } from './spec.ts'

export const limit = defineOperator(limitSpec, (context) => {
  const { relation } = onlyInput(context)
  const { how, rows, skip, seed } = context.settings
  if (how === 'first')
    return { outputs: { out: sql`SELECT * FROM ${relation} LIMIT ${rows} OFFSET ${skip}` } }
  // Rows are drawn by a hash of their place, which no number of threads changes.
  const numbered = sql`(SELECT *, row_number() OVER () AS "__mr_order" FROM ${relation})`
  const drawn = sql`(SELECT *, row_number() OVER (ORDER BY hash("__mr_order" + ${seed} * 1000003), "__mr_order") AS "__mr_draw" FROM ${numbered})`
  return {
    outputs: {
      out: sql`SELECT * EXCLUDE ("__mr_order", "__mr_draw") FROM ${drawn} WHERE "__mr_draw" <= ${rows} ORDER BY "__mr_order"`,
    },
  }
})
