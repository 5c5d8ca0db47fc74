import { z } from 'zod'

/** Where in a flow a problem sits. `position` is a character offset into the text of the field. */
export const location = z.strictObject({
  nodeId: z.string().optional(),
  port: z.string().optional(),
  /** The path of the setting, e.g. `columns.2.expression`. */
  field: z.string().optional(),
  position: z.number().int().nonnegative().optional(),
})
export type Location = z.infer<typeof location>

/** Who has to act. */
export const actors = ['author', 'operator', 'us'] as const

export const problem = z.strictObject({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  actor: z.enum(actors).default('author'),
  /** Values that the sentence of the code is filled with. */
  parameters: z.record(z.string(), z.string()).default({}),
  location,
  /** In English and in Chinese, filled in from the catalogue. */
  message: z.object({ en: z.string(), zh: z.string() }),
  /** Replacement texts for the faulty part, best first. */
  suggestions: z.array(z.string()).default([]),
})
export type Problem = z.infer<typeof problem>
