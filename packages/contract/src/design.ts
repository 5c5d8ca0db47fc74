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
  offset: z.number().int().min(0).default(0),
  parameters: z.record(z.string(), z.string()).default({}),
  sort: z.strictObject({ column: z.string(), descending: z.boolean().default(false) }).optional(),
  /** A text that some cell of a row must contain, without regard to case; empty: any. */
  search: z.string().max(1000).default(''),
  /** Only rows in which the node changed a value. */
  changedOnly: z.boolean().default(false),
  /** Read the sources anew. */
  refresh: z.boolean().default(false),
})

/** What the values of one column look like over the rows at a port. */
export const columnProfile = z.object({
  name: z.string(),
  missing: z.number().int(),
  distinct: z.number().int(),
  minimum: z.string().nullable(),
  maximum: z.string().nullable(),
  /** Numbers and times: rows in bins of equal width from minimum to maximum; else empty. */
  bins: z.array(z.number().int()),
  /** Texts and booleans: the most frequent values; else empty. */
  top: z.array(z.object({ value: z.string(), count: z.number().int() })),
})
export type ColumnProfile = z.infer<typeof columnProfile>
export const preview = z.object({
  columns: z.array(column),
  /** Cells as text, null for missing. */
  rows: z.array(z.array(z.string().nullable())),
  /** Rows at the port, and those of them that `search` and `changedOnly` leave. */
  total: z.number().int(),
  matching: z.number().int(),
  /** By row: columns whose value is not what it was at the node's input; null where rows cannot be followed. */
  changed: z.array(z.array(z.string())).nullable(),
  profile: z.array(columnProfile),
  /** The rows of each source that stand behind this, when they were read, and whether that was all of it. */
  sample: z.array(
    z.object({
      nodeId: z.string(),
      rows: z.number().int(),
      whole: z.boolean(),
      pinned: z.boolean(),
      takenAt: z.string(),
    }),
  ),
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
