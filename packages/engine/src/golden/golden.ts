import { z } from 'zod'
import { column, nodeId, pinnedRows } from '../model/index.ts'

/** Rows of each source that a test keeps. */
export const goldenSourceRows = 1000
/** Rows that a test may expect at its port. */
export const mostGoldenRows = 10_000

/** Rows as they should be, every cell as DuckDB prints it. */
const expectedRows = z
  .strictObject({
    columns: z.array(column).min(1).max(1000),
    rows: z.array(z.array(z.string().max(1_000_000).nullable())).max(mostGoldenRows),
  })
  .refine(({ columns, rows }) => rows.every((row) => row.length === columns.length), 'a cell for each column')

/**
 * What should come out at a port for given rows of the sources. It keeps these rows itself, and the moment
 * that `today()` stands for, so that it needs no system and means the same on every day.
 */
export const goldenTest = z.strictObject({
  name: z.string().trim().min(1).max(200),
  nodeId,
  /** An output port; for a target, `in`. */
  port: z.string().min(1).max(200),
  parameters: z.record(z.string(), z.string()),
  clock: z.iso.datetime(),
  /** By the node that reads them. */
  /** By id; a source of a flow that is used has that of its node before it: `clean~customers`. */
  sources: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,63}(~[a-z][a-z0-9-]{0,63}){0,10}$/), pinnedRows),
  expected: expectedRows,
  /** The rows have to come in this order; without it, in any. */
  ordered: z.boolean().optional(),
})
export type GoldenTest = z.infer<typeof goldenTest>

/** The tests of a flow as a file beside it: `orders.flow.json`, `orders.golden.json`. */
export const goldenFile = z.strictObject({
  format: z.literal('millrace.golden'),
  version: z.literal(1),
  tests: z.array(goldenTest).max(1000),
})
export type GoldenFile = z.infer<typeof goldenFile>
