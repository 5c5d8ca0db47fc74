import { z } from 'zod'

/** The row counts of one node. Counts are exact; `null` while not yet known. */
export const nodeLedger = z.strictObject({
  nodeId: z.string(),
  /** Rows that arrived, by input port. */
  in: z.record(z.string(), z.number().int()),
  /** Rows that left, by output port; for a target the rows written, as `written`. */
  out: z.record(z.string(), z.number().int()),
  filtered: z.number().int().default(0),
  rejected: z.number().int().default(0),
  /** The operator's other terms: duplicates, matched, unmatched … */
  terms: z.record(z.string(), z.number().int()).default({}),
  balanced: z.boolean(),
  /** The law with its numbers: `10 in = 8 out + 2 filtered`. */
  equation: z.string(),
})
export type NodeLedger = z.infer<typeof nodeLedger>

export const nodeStates = ['waiting', 'running', 'succeeded', 'failed', 'cancelled', 'skipped'] as const
export type NodeState = (typeof nodeStates)[number]

export const runStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export type RunStatus = (typeof runStatuses)[number]
export const isFinal = (status: RunStatus): boolean => status !== 'queued' && status !== 'running'
