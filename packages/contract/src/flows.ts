import { flow, runStatuses } from '@millrace/engine'
import { z } from 'zod'

export const flowId = z.string().min(1).max(64)

/** A graph small enough to be drawn as a picture: category and place of nodes, ends of edges. */
export const flowThumbnail = z.object({
  nodes: z.array(z.object({ id: z.string(), category: z.string(), x: z.number(), y: z.number() })),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
})

export const flowSummary = z.object({
  id: flowId,
  name: z.string(),
  description: z.string(),
  updatedAt: z.iso.datetime(),
  /** The newest published version, or null. */
  publishedVersion: z.number().int().nullable(),
  /** The draft differs from the newest published version. */
  unpublished: z.boolean(),
  thumbnail: flowThumbnail,
  lastRun: z
    .object({
      id: z.string(),
      status: z.enum(runStatuses),
      queuedAt: z.iso.datetime(),
      durationMs: z.number().nullable(),
      rowsOut: z.number().int(),
      rejected: z.number().int(),
    })
    .nullable(),
})
export type FlowSummary = z.infer<typeof flowSummary>

export const flowDocument = z.object({
  id: flowId,
  /** Counts every saved draft; a save must name the revision it was made from. */
  revision: z.number().int(),
  draft: flow,
  publishedVersion: z.number().int().nullable(),
  unpublished: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type FlowDocument = z.infer<typeof flowDocument>

/** The newest published version of a flow, as far as it matters where it is used as a node. */
export const usableFlow = z.object({
  flow: flowId,
  version: z.number().int(),
  name: z.string(),
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  /** Flows that it uses itself: none of these can use it. */
  uses: z.array(flowId),
})
export type UsableFlow = z.infer<typeof usableFlow>

/** The name a person goes by; nobody checks it as long as there is no sign-on. */
const author = z.string().max(100)

/** Any one of the three; with none, an empty flow called `name`. */
export const createFlow = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  template: z.string().optional(),
  flow: flow.optional(),
})
export const saveDraft = z.strictObject({ revision: z.number().int(), flow })
export const publishFlow = z.strictObject({
  revision: z.number().int(),
  message: z.string().max(1000).default(''),
  author: author.default(''),
})

export const flowVersion = z.object({
  version: z.number().int(),
  message: z.string(),
  author,
  publishedAt: z.iso.datetime(),
})
export type FlowVersion = z.infer<typeof flowVersion>

/** A named set of parameter values; it is kept with the flow, and is no part of it. */
export const environment = z.strictObject({
  name: z.string().trim().min(1).max(100),
  /** By parameter, as text; a parameter that is missing here takes its default. */
  values: z.record(z.string().max(64), z.string().max(10_000)),
})
export type Environment = z.infer<typeof environment>

export const template = z.object({
  id: z.string(),
  name: z.object({ en: z.string(), zh: z.string() }),
  description: z.object({ en: z.string(), zh: z.string() }),
  thumbnail: flowThumbnail,
})
export type Template = z.infer<typeof template>
