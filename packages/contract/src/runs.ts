import { nodeLedger, nodeStates, problem, runStatuses, writeModes } from '@millrace/engine'
import { z } from 'zod'
import { backfill } from './cursors.ts'

export const startRun = z.strictObject({
  /** By parameter name; what is left out takes its default. */
  parameters: z.record(z.string(), z.string()).default({}),
  /** The environment whose values `parameters` that are not given take; the run notes it. */
  environment: z.string().optional(),
  /** A published version; without it, the draft as it is saved now. */
  version: z.number().int().optional(),
  /** Read everything and write nothing; `changes` of the run say what it would have done. */
  dry: z.boolean().default(false),
  backfill: backfill.optional(),
})

/** How a run is done again. */
export const retryRun = z.strictObject({
  /** From the start, or from where a run failed that has `kept` what it read: its sources are not read again. */
  from: z.enum(['start', 'failure']).default('start'),
  /** The flow as it ran, or the draft as it is saved now. */
  flow: z.enum(['same', 'current']).default('same'),
  /** What `now()` and `${today}` stand for: what they stood for in that run, or now. */
  clock: z.enum(['same', 'new']).default('same'),
  /** Without it, those of that run as far as the flow has them. */
  parameters: z.record(z.string(), z.string()).optional(),
})
export type RetryRun = z.input<typeof retryRun>

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

/** What a run would do to one target, in rows. */
export const targetChanges = z.object({
  nodeId: z.string(),
  mode: z.enum(writeModes),
  keys: z.array(z.string()),
  /** False: what is there cannot be read row by row; all rows count as inserted. */
  compared: z.boolean(),
  inserted: z.number().int(),
  updated: z.number().int(),
  deleted: z.number().int(),
  unchanged: z.number().int(),
  /** Rows to update or delete whose key is not there. */
  missing: z.number().int(),
  /** Rows that the target would reject, because their key is missing or other rows of the run have it too. */
  repeated: z.number().int(),
})
export type TargetChanges = z.infer<typeof targetChanges>

/** A node that gives another number of rows than its guard allows. */
export const volumeViolation = z.object({
  nodeId: z.string(),
  rows: z.number().int(),
  /** Rows that would have been in order; `most` null: any number above. */
  least: z.number().int(),
  most: z.number().int().nullable(),
  /** Median of the last runs that succeeded; null: there were none. */
  usual: z.number().int().nullable(),
})
export type VolumeViolation = z.infer<typeof volumeViolation>

/** Why a running run waits, since when, before it writes. */
export const hold = z.object({ since: z.iso.datetime(), violations: z.array(volumeViolation) })
export type Hold = z.infer<typeof hold>

/** Whoever decides about a held run; nobody has checked the name. */
export const holdDecision = z.strictObject({ author: z.string().trim().max(100).default('') })

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
  /** It read everything and wrote nothing. */
  dry: z.boolean(),
  /** The dry run whose changes it was started with the approval of. */
  approves: z.string().nullable(),
  /** The run that it does again. */
  retries: z.string().nullable(),
  /** It goes on from where the run of `retries` failed, with what that had read. */
  resumes: z.boolean(),
  /** It failed, and what it had read is kept, so that a retry can go on from there. */
  kept: z.boolean(),
  /** The run and node whose rejected rows it feeds in again. */
  replays: z.object({ runId: z.string(), nodeId: z.string() }).nullable(),
  /** The interval that it reads of an incremental source, whose cursor it leaves where it is. */
  backfill: backfill.nullable(),
  /** While it runs and waits for a person: `release` lets it write, `discard` ends it. */
  hold: hold.nullable(),
})
export type RunSummary = z.infer<typeof runSummary>

export const run = runSummary.extend({
  parameters: z.record(z.string(), z.string()),
  /** That the parameters are of, by the name it had then. */
  environment: z.string().nullable(),
  /** Those of its values in whose places the run has others. */
  environmentValues: z.record(z.string(), z.string()),
  clock: z.iso.datetime(),
  nodes: z.array(runNode),
  outputs: z.array(runOutput),
  problems: z.array(problem),
  /** Of a dry run that has ended: what each target would become. */
  changes: z.array(targetChanges),
  /** Of a dry run: the run that writes what it has shown, or has written it, so that it cannot be approved again. */
  approvedBy: z.string().nullable(),
  /** While it is queued: the run of the same flow that has to end before. */
  waitsFor: z.string().nullable(),
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
  /** A node waits from `at` on, then begins its attempt of that number. */
  retry: z
    .object({ attempt: z.number().int(), attempts: z.number().int(), waitSeconds: z.number() })
    .optional(),
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

export const changeKinds = ['insert', 'update', 'delete', 'missing'] as const
export type ChangeKind = (typeof changeKinds)[number]

/** A row that a dry run would insert, update or delete, or would look for in vain. */
export const changeRow = z.object({
  nodeId: z.string(),
  change: z.enum(changeKinds),
  /** JSON objects of texts, or null where there is none. */
  key: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  /** Of an update: the columns that it changes. */
  columns: z.array(z.string()),
})
export type ChangeRow = z.infer<typeof changeRow>
export const changePage = z.object({ items: z.array(changeRow), total: z.number().int() })
export const changeQuery = z.strictObject({
  nodeId: z.string().optional(),
  change: z.enum(changeKinds).optional(),
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
  /** Null: somebody has decided. */
  z.object({ type: z.literal('hold'), hold: hold.nullable() }),
  z.object({ type: z.literal('log'), line: logLine }),
])
export type RunEvent = z.infer<typeof runEvent>
