import { problem } from '@millrace/engine'
import { z } from 'zod'

/** RFC 9457, with Millrace's own problems beside it. Media type `application/problem+json`. */
export const problemDocument = z.object({
  type: z.string().default('about:blank'),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  instance: z.string().optional(),
  /** Stable and short, for programs: `flow-changed`, `not-found`, `invalid-request` … */
  code: z.string(),
  problems: z.array(problem).default([]),
  /** `flow-changed` only: the revision that is stored now. */
  revision: z.number().int().optional(),
})
export type ProblemDocument = z.infer<typeof problemDocument>
