import { column, flow, problem } from '@millrace/engine'
import { z } from 'zod'

export const inferRequest = z.strictObject({ flow })
/** Columns at every output port (by node, by port), and every problem of the flow. */
export const inferResponse = z.object({
  ports: z.record(z.string(), z.record(z.string(), z.array(column))),
  problems: z.array(problem),
})
export type Inference = z.infer<typeof inferResponse>

export const previewRequest = z.strictObject({
  flow,
  nodeId: z.string(),
  /** An output port; for a target, `in`: what it would be given. */
  port: z.string(),
  limit: z.number().int().min(1).max(1000).default(100),
  parameters: z.record(z.string(), z.string()).default({}),
})
export const preview = z.object({
  columns: z.array(column),
  /** Cells as text, null for missing. */
  rows: z.array(z.array(z.string().nullable())),
  /** Rows of each source that were read for this preview, and whether that was all of it. */
  sample: z.array(z.object({ nodeId: z.string(), rows: z.number().int(), whole: z.boolean() })),
  problems: z.array(problem),
})
export type Preview = z.infer<typeof preview>

export const detectRequest = z.strictObject({
  kind: z.string(),
  settings: z.record(z.string(), z.unknown()),
})
export const detection = z.object({
  settings: z.record(z.string(), z.unknown()),
  evidence: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      format: z.string(),
      examined: z.number().int(),
      fitting: z.number().int(),
      missing: z.number().int(),
      samples: z.array(z.string()),
      reason: z.object({ en: z.string(), zh: z.string() }).optional(),
    }),
  ),
  sampled: z.number().int(),
})
export type DetectionResponse = z.infer<typeof detection>
