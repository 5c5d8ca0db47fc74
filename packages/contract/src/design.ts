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
/** The rows of a source that design works with. */
const sample = z.object({
  nodeId: z.string(),
  rows: z.number().int(),
  whole: z.boolean(),
  pinned: z.boolean(),
  takenAt: z.string(),
})

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
  sample: z.array(sample),
  problems: z.array(problem),
})
export type Preview = z.infer<typeof preview>

export const compareRowsRequest = z.strictObject({
  before: flow,
  after: flow,
  nodeId: z.string(),
  /** An output port; for a target, `in`: what it would be given. */
  port: z.string(),
  parameters: z.record(z.string(), z.string()).default({}),
  limit: z.number().int().min(1).max(1000).default(100),
  offset: z.number().int().min(0).default(0),
  /** Only rows that differ so; without it, all that differ. */
  only: z.enum(['added', 'removed', 'changed']).optional(),
})

const cells = z.array(z.string().nullable())

/** The rows in which two states of a flow differ at one port. */
export const rowComparison = z.object({
  /** Types by side; null where that side does not have the column. */
  columns: z.array(
    z.object({ name: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
  ),
  /** How a row before is found again after. */
  pairedBy: z.discriminatedUnion('by', [
    z.object({ by: z.literal('origin') }),
    z.object({ by: z.literal('column'), column: z.string() }),
    z.object({ by: z.literal('row') }),
  ]),
  counts: z.object({
    before: z.number().int(),
    after: z.number().int(),
    added: z.number().int(),
    removed: z.number().int(),
    changed: z.number().int(),
  }),
  rows: z.array(
    z.object({
      kind: z.enum(['added', 'removed', 'changed']),
      before: cells.nullable(),
      after: cells.nullable(),
      changed: z.array(z.string()),
    }),
  ),
})
export type RowComparison = z.infer<typeof rowComparison>

export const compareRowsResponse = rowComparison.extend({
  sample: z.array(sample),
  /** Why there is nothing to compare. */
  problems: z.array(z.object({ side: z.enum(['before', 'after']), problem })),
})
export type CompareRowsResponse = z.infer<typeof compareRowsResponse>

export const evaluateRequest = z.strictObject({
  flow,
  nodeId: z.string(),
  /** An input port of the node. */
  port: z.string(),
  expression: z.string().max(100_000),
  /** A DuckDB type that the expression must give. */
  expects: z.string().optional(),
  parameters: z.record(z.string(), z.string()).default({}),
  limit: z.number().int().min(1).max(50).default(10),
})
/** An expression over the first rows that arrive at a node. */
export const evaluation = z.object({
  columns: z.array(column),
  /** Null where there are no values because of `problems`. */
  type: z.string().nullable(),
  rows: z.array(
    z.object({
      cells: z.array(z.string().nullable()),
      value: z.string().nullable(),
      /** Why this row has no value. */
      fault: z.string().nullable(),
    }),
  ),
  /** Located in the expression by `position`. */
  problems: z.array(problem),
})
export type EvaluationResponse = z.infer<typeof evaluation>

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

/** A column at an output port; at a target, of its port `in`. */
export const portColumn = z.object({ nodeId: z.string(), port: z.string(), column: z.string() })

export const renameRequest = z.strictObject({
  flow,
  nodeId: z.string(),
  /** An output port; without it, the first that has the column. */
  port: z.string().optional(),
  from: z.string().min(1),
  to: z.string().max(1000),
})
export const renameResponse = z.object({
  /** The flow as it was where one of the problems is an error. */
  flow,
  /** The node that gives the column its name, the asked one or one upstream of it. */
  maker: portColumn.optional(),
  /** Settings that were rewritten, whole texts; those of the maker first. */
  changes: z.array(
    z.object({ nodeId: z.string(), field: z.string(), before: z.string(), after: z.string() }),
  ),
  /** Columns that targets write under another name from now on. */
  written: z.array(z.object({ nodeId: z.string(), before: z.string(), after: z.string() })),
  problems: z.array(problem),
})
export type RenameResponse = z.infer<typeof renameResponse>

export const breakagesRequest = z.strictObject({
  flow,
  nodeId: z.string(),
  /** An output port; without it, all that have the column. */
  port: z.string().optional(),
  column: z.string().min(1),
})
export const breakagesResponse = z.object({
  breakages: z.array(
    z.object({
      nodeId: z.string(),
      field: z.string(),
      text: z.string(),
      /** Where the text names the column, in UTF-16 units; empty: all of it. */
      places: z.array(z.object({ start: z.number().int(), end: z.number().int() })),
      column: z.string(),
    }),
  ),
  /** Targets that are no longer given the column. */
  targets: z.array(z.object({ nodeId: z.string(), column: z.string() })),
})
export type BreakagesResponse = z.infer<typeof breakagesResponse>

export const lineageRequest = z.strictObject({
  flow,
  nodeId: z.string(),
  /** An output port; for a target, `in`. */
  port: z.string(),
  column: z.string().min(1),
})
const lineageStep = z.object({
  from: portColumn,
  to: portColumn,
  /** The value is the same; else it goes into a calculation. */
  copy: z.boolean(),
})
export const lineageResponse = z.object({
  /** Towards the sources and towards the targets, nearest first, each step once. */
  upstream: z.array(lineageStep),
  downstream: z.array(lineageStep),
  /** Where upstream ends; the column itself where nothing is upstream. */
  origins: z.array(portColumn),
  /** Columns of targets where downstream ends. */
  targets: z.array(portColumn),
  /** Settings that name the column or what becomes of it. */
  uses: z.array(z.object({ nodeId: z.string(), field: z.string(), column: portColumn })),
})
export type LineageResponse = z.infer<typeof lineageResponse>
