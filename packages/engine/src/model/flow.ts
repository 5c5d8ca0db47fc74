import { z } from 'zod'

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

export const flowNode = z.strictObject({
  id: nodeId,
  kind: z.string(),
  label: z.string().max(200).default(''),
  position: z.strictObject({ x: z.number(), y: z.number() }),
  /** Checked against the schema of the node's kind by `checkFlow`, not here. */
  settings: z.record(z.string(), z.unknown()).default({}),
  disabled: z.boolean().default(false),
  note: z.string().default(''),
})
export type FlowNode = z.infer<typeof flowNode>

const end = z.strictObject({ node: nodeId, port: z.string().min(1) })

export const flowEdge = z.strictObject({ from: end, to: end })
export type FlowEdge = z.infer<typeof flowEdge>

export const flow = z.strictObject({
  format: z.literal('millrace.flow'),
  version: z.literal(1),
  name: z.string().min(1).max(200),
  description: z.string().default(''),
  parameters: z.array(parameter).default([]),
  nodes: z.array(flowNode).max(5000),
  edges: z.array(flowEdge).max(20000),
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
