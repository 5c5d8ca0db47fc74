import { flow, problem } from '@millrace/engine'
import { z } from 'zod'
import { rowComparison } from './design.ts'

const name = z.string().trim().min(1).max(200)

/** Expected rows at a port of a flow; the rows themselves come with the file of all tests. */
export const golden = z.object({
  id: z.string(),
  name,
  nodeId: z.string(),
  port: z.string(),
  rows: z.number().int(),
  author: z.string(),
  createdAt: z.iso.datetime(),
})
export type Golden = z.infer<typeof golden>

export const createGolden = z.strictObject({
  /** The flow as it is drawn, which may not be saved yet. */
  flow,
  name,
  nodeId: z.string(),
  /** An output port; for a target, `in`. */
  port: z.string().min(1).max(200),
  parameters: z.record(z.string(), z.string()).default({}),
  /** The rows have to come in the order that they have now. */
  ordered: z.boolean().default(false),
  author: z.string().max(100).default(''),
})

/** Takes the rows that the flow computes now, over the rows of the sources that the test keeps. */
export const acceptGolden = z.strictObject({ flow, author: z.string().max(100).default('') })

export const testGoldens = z.strictObject({ flow })

/** How a test came out; expected rows are `before`, computed ones `after`. */
export const goldenOutcome = z.object({
  id: z.string(),
  /** Whether it expects its rows in their order. */
  ordered: z.boolean(),
  passed: z.boolean(),
  /** Null where there are no rows because of `problems`. */
  comparison: rowComparison.nullable(),
  problems: z.array(problem),
})
export type GoldenOutcome = z.infer<typeof goldenOutcome>
