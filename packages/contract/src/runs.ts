import { nodeLedger, nodeStates, problem, runStatuses } from '@millrace/engine'
import { z } from 'zod'

export const startRun = z.strictObject({
  /** By parameter name; what is left out takes its default. */
  parameters: z.record(z.string(), z.string()).default({}),
  /** A published version; without it, the draft as it is saved now. */
  version: z.number().int().optional(),
})

export const runNode = z.object({
  nodeId: z.string(),
  state: z.enum(nodeStates),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  ledger: nodeLedger.nullable(),
  problem: problem.nullable(),
})
export type RunNode = z.infer<typeof runNode>

export const runOutput = z.object({
  nodeId: z.string(),
  name: z.string(),
  rows: z.number().int(),
  bytes: z.number().int(),
  /** Whether `GET /api/runs/:id/outputs/:nodeId` can still give the file of this very run. */
  available: z.boolean(),
})

export const runSummary = z.object({
  id: z.string(),
  flowId: z.string(),
  flowName: z.string(),
  /** Null: the draft of that moment. */
  version: z.number().int().nullable(),
  status: z.enum(runStatuses),
  trigger: z.enum(['person', 'command-line', 'schedule']),
  queuedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  durationMs: z.number().nullable(),
  rowsIn: z.number().int(),
  rowsOut: z.number().int(),
  filtered: z.number().int(),
  rejected: z.number().int(),
  balanced: z.boolean().nullable(),
  problem: problem.nullable(),
})
export type RunSummary = z.infer<typeof runSummary>

export const run = runSummary.extend({
  parameters: z.record(z.string(), z.string()),
  clock: z.iso.datetime(),
  nodes: z.array(runNode),
  outputs: z.array(runOutput),
  problems: z.array(problem),
})
export type Run = z.infer<typeof run>

export const runPage = z.object({ items: z.array(runSummary), total: z.number().int() })

export const runQuery = z.strictObject({
  flowId: z.string().optional(),
  status: z.enum(runStatuses).optional(),
  search: z.string().optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  page: z.coerce.number().int().min(1).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
})

export const logLine = z.object({
  at: z.iso.datetime(),
  level: z.enum(['info', 'warning', 'error']),
  nodeId: z.string().nullable(),
  message: z.object({ en: z.string(), zh: z.string() }),
})
export type LogLine = z.infer<typeof logLine>

export const reject = z.object({
  nodeId: z.string(),
  column: z.string(),
  value: z.string().nullable(),
  rule: z.string(),
  reason: z.string(),
  file: z.string().nullable(),
  line: z.number().int().nullable(),
  /** The whole row as it arrived at the node, as JSON or as the source's own text. */
  row: z.string(),
})
export type Reject = z.infer<typeof reject>
export const rejectPage = z.object({ items: z.array(reject), total: z.number().int() })
export const rejectQuery = z.strictObject({
  nodeId: z.string().optional(),
  page: z.coerce.number().int().min(1).default(1),
  pageSize: z.coerce.number().int().min(1).max(1000).default(100),
})

/**
 * What happens while a run goes on. Sent over SSE as `data:` with the sequence number as `id:`; a
 * client that comes back with `Last-Event-ID` gets what it missed. `rows` are rows so far.
 */
export const runEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), status: z.enum(runStatuses), problem: problem.nullable() }),
  z.object({
    type: z.literal('node'),
    nodeId: z.string(),
    state: z.enum(nodeStates),
    problem: problem.nullable(),
  }),
  z.object({
    type: z.literal('progress'),
    nodeId: z.string(),
    /** By output port; `written` for a target. */
    rows: z.record(z.string(), z.number()),
    rowsPerSecond: z.number(),
    /** 0 to 1, null when it cannot be told. */
    fraction: z.number().nullable(),
  }),
  z.object({ type: z.literal('ledger'), ledger: nodeLedger }),
  z.object({ type: z.literal('log'), line: logLine }),
])
export type RunEvent = z.infer<typeof runEvent>
