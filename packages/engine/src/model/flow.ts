import { z } from 'zod'
import { column } from './column.ts'

/** Ids are readable, so that a diff in git reads well: `customers`, `filter-2`. */
export const nodeId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens, beginning with a letter')

export const parameterTypes = ['text', 'integer', 'decimal', 'boolean', 'date', 'timestamp'] as const
export type ParameterType = (typeof parameterTypes)[number]

export const parameter = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/, 'lower-case letters, digits and underscores'),
  type: z.enum(parameterTypes),
  /** As text, in the form its type is written: `2026-01-31`, `true`, `12.5`. */
  default: z.string(),
  description: z.string().default(''),
})
export type Parameter = z.infer<typeof parameter>

/** Colours that mark nodes, groups and notes; how they look is up to the theme. */
export const flowColors = ['red', 'orange', 'yellow', 'green', 'blue', 'purple', 'gray'] as const
export type FlowColor = (typeof flowColors)[number]
const color = z.enum(flowColors).optional()

/** Rows that stand for a source while its flow is drawn; a run never uses them. */
export const pinnedRows = z
  .strictObject({
    columns: z.array(column).min(1).max(1000),
    /** Cells as DuckDB prints them as text; null: missing. One per column. */
    rows: z.array(z.array(z.string().max(20_000).nullable())).max(1000),
  })
  .refine(({ columns, rows }) => rows.every((row) => row.length === columns.length), 'a cell for each column')
export type PinnedRows = z.infer<typeof pinnedRows>

/** How many rows a node has to give; a run with another number waits for a person before it writes. */
export const volumeGuard = z.strictObject({
  /** Rows at least. */
  minimum: z.number().int().min(0).optional(),
  /** Per cent by which the rows may differ from the median of recent runs, up or down. */
  tolerance: z.number().min(0).max(10_000).optional(),
})
export type VolumeGuard = z.infer<typeof volumeGuard>

/** How often the work of a node in its system is tried again after a fault that passes. */
export const retryPolicy = z.strictObject({
  times: z.number().int().min(1).max(10),
  /** Seconds before the first of them; before each further one, twice as many. */
  backOffSeconds: z.number().min(0).max(300),
})
export type RetryPolicy = z.infer<typeof retryPolicy>

export const flowNode = z.strictObject({
  id: nodeId,
  kind: z.string(),
  label: z.string().max(200).default(''),
  position: z.strictObject({ x: z.number(), y: z.number() }),
  /** Checked against the schema of the node's kind by `checkFlow`, not here. */
  settings: z.record(z.string(), z.unknown()).default({}),
  disabled: z.boolean().default(false),
  note: z.string().default(''),
  color,
  /** Sources only. */
  pinned: pinnedRows.optional(),
  guard: volumeGuard.optional(),
  retry: retryPolicy.optional(),
})
export type FlowNode = z.infer<typeof flowNode>

const end = z.strictObject({ node: nodeId, port: z.string().min(1) })

export const flowEdge = z.strictObject({ from: end, to: end })
export type FlowEdge = z.infer<typeof flowEdge>

/** A titled box around nodes. It has no place of its own: it lies around its nodes wherever they are. */
export const flowGroup = z.strictObject({
  id: nodeId,
  title: z.string().max(200).default(''),
  nodes: z.array(nodeId).min(1).max(5000),
  color,
})
export type FlowGroup = z.infer<typeof flowGroup>

/** A note on the canvas that belongs to no node; sizes in canvas pixels. */
export const flowNote = z.strictObject({
  id: nodeId,
  text: z.string().max(20_000).default(''),
  position: z.strictObject({ x: z.number(), y: z.number() }),
  size: z.strictObject({ width: z.number().min(64).max(4000), height: z.number().min(48).max(4000) }),
  color,
})
export type FlowNote = z.infer<typeof flowNote>

export const flow = z.strictObject({
  format: z.literal('millrace.flow'),
  version: z.literal(1),
  name: z.string().min(1).max(200),
  description: z.string().default(''),
  parameters: z.array(parameter).default([]),
  /** Runs write only what somebody has seen in a dry run and approved. */
  requiresApproval: z.boolean().optional(),
  nodes: z.array(flowNode).max(5000),
  edges: z.array(flowEdge).max(20000),
  /** These two explain the flow to people and never change what it does. */
  groups: z.array(flowGroup).max(1000).optional(),
  notes: z.array(flowNote).max(1000).optional(),
})
export type Flow = z.infer<typeof flow>

export const emptyFlow = (name: string): Flow => ({
  format: 'millrace.flow',
  version: 1,
  name,
  description: '',
  parameters: [],
  nodes: [],
  edges: [],
})

export const edgeId = (edge: FlowEdge): string =>
  `${edge.from.node}:${edge.from.port}->${edge.to.node}:${edge.to.port}`
