import { problem } from '@millrace/engine'
import { z } from 'zod'
import { reject } from './runs.ts'

/** `replaying`: a run feeds it in again now. `new` and `mended` ones can be replayed. */
export const rejectStates = ['new', 'mended', 'replaying', 'replayed', 'dropped'] as const
export type RejectState = (typeof rejectStates)[number]

/** The name a person goes by; nobody checks it as long as there is no sign-on. */
const author = z.string().max(100).default('')

/** A rejected row among those of all runs. */
export const deskReject = reject.extend({
  runId: z.string(),
  /** Place in the run's rejects, from 0. */
  number: z.number().int(),
  state: z.enum(rejectStates),
  flowId: z.string(),
  flowName: z.string(),
  /** When the run was queued that rejected it. */
  queuedAt: z.iso.datetime(),
})
export type DeskReject = z.infer<typeof deskReject>

export const rejectReason = z.object({
  flowId: z.string(),
  nodeId: z.string(),
  column: z.string(),
  rule: z.string(),
  count: z.number().int(),
})
export type RejectReason = z.infer<typeof rejectReason>

export const deskPage = z.object({
  items: z.array(deskReject),
  total: z.number().int(),
  /** Rows by state, whatever state is asked for. */
  states: z.record(z.enum(rejectStates), z.number().int()),
  /** The most frequent reasons, whatever reason is asked for. */
  reasons: z.array(rejectReason),
  /** Flows that have rejects. */
  flows: z.array(z.object({ id: z.string(), name: z.string() })),
})
export type DeskPage = z.infer<typeof deskPage>

export const deskQuery = z.strictObject({
  flowId: z.string().optional(),
  runId: z.string().optional(),
  nodeId: z.string().optional(),
  /** With `nodeId` and `rule`: rows rejected for this reason. */
  column: z.string().optional(),
  rule: z.string().optional(),
  state: z.enum(rejectStates).optional(),
  search: z.string().max(200).optional(),
  page: z.coerce.number().int().min(1).default(1),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
})

export const rejectEvent = z.object({
  at: z.iso.datetime(),
  author: z.string(),
  action: z.enum(['mended', 'replaying', 'replayed', 'failed', 'dropped', 'restored']),
  /** Of `mended`: each changed cell as it was and as it became. */
  cells: z.record(z.string(), z.tuple([z.string().nullable(), z.string().nullable()])),
  /** Of `replaying`, `replayed` and `failed`: the run that feeds it in again. */
  replayId: z.string().nullable(),
})
export type RejectEvent = z.infer<typeof rejectEvent>

export const rejectDetail = deskReject.extend({
  /** The row cell by cell, as it was rejected and as it is mended; empty while that cannot be told. */
  cells: z.array(
    z.object({
      /** As the source calls it, for rows that a source rejected. */
      key: z.string(),
      name: z.string(),
      type: z.string(),
      rejected: z.string().nullable(),
      value: z.string().nullable(),
    }),
  ),
  history: z.array(rejectEvent),
  /** The targets that the row would come to, and how they take it. */
  targets: z.array(z.object({ nodeId: z.string(), effect: z.enum(['by-key', 'appended', 'file-beside']) })),
  /** Why it cannot be fed in again as the flow ran. */
  obstacle: problem.nullable(),
})
export type RejectDetail = z.infer<typeof rejectDetail>

export const mendReject = z.strictObject({
  /** By `key`; what is left out stays as it is. */
  cells: z.record(z.string(), z.string().max(1_000_000).nullable()),
  author,
})

const items = z
  .array(z.strictObject({ runId: z.string(), number: z.number().int().min(0) }))
  .min(1)
  .max(1000)
export const chosenRejects = z.strictObject({ items, author })
export const replayRejects = z.strictObject({
  items,
  author,
  /** The flow as it ran, or the draft as it is saved now. */
  flow: z.enum(['same', 'current']).default('same'),
  clock: z.enum(['same', 'new']).default('same'),
})
export type ReplayRejects = z.input<typeof replayRejects>
