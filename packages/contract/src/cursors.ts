import { z } from 'zod'

/** Values of the cursor's columns by name, as their system writes them. */
export const cursorPosition = z.record(
  z.string().min(1).max(1000),
  z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]),
)

/** Up to where an incremental source has been read. */
export const cursor = z.object({
  nodeId: z.string(),
  /** Null: it was reset; the next run reads from the beginning. */
  position: cursorPosition.nullable(),
  movedAt: z.iso.datetime(),
  /** The run that moved it with its commit; null: a person did. */
  runId: z.string().nullable(),
})
export type Cursor = z.infer<typeof cursor>

export const moveCursor = z.strictObject({
  position: cursorPosition.refine((position) => Object.keys(position).length > 0, 'a value at least'),
  /** As it was read; null: there was none. */
  movedAt: z.iso.datetime().nullable(),
})
export const resetCursor = z.strictObject({ movedAt: z.iso.datetime() })

/** Reads an interval of an incremental source once more; both ends belong to it. */
export const backfill = z.strictObject({
  nodeId: z.string().max(64),
  from: z.string().min(1).max(1000),
  to: z.string().min(1).max(1000),
})
export type Backfill = z.infer<typeof backfill>
