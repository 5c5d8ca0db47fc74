import { z } from 'zod'
import { runSummary } from './runs.ts'

const isAscending = (moments: readonly string[]): boolean =>
  moments.every((moment, index) => index === 0 || Date.parse(moments[index - 1] ?? '') < Date.parse(moment))

export const overviewQuery = z.strictObject({
  /**
   * Where the spans begin that runs are counted in: 1 to 64 moments, ascending, parted by commas; the
   * last span goes on to now. The client says them, because only it knows the calendar of its reader.
   */
  starts: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.iso.datetime()).min(1).max(64).refine(isAscending, 'must ascend')),
})

/** The runs that were queued from `start` to the next one's; dry runs are no part of it. */
export const overviewSpan = z.object({
  start: z.iso.datetime(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
  /** Of runs that succeeded: those of others were never written. */
  rowsOut: z.number().int(),
  rejected: z.number().int(),
  /** How long the runs took that succeeded: the middle one and the longest, ms; null where there are none. */
  medianMs: z.number().nullable(),
  longestMs: z.number().nullable(),
})
export type OverviewSpan = z.infer<typeof overviewSpan>

export const overview = z.object({
  running: z.number().int(),
  queued: z.number().int(),
  /** What runs and then what waits, first come first; at most ten. */
  active: z.array(runSummary),
  /** Flows whose newest run has failed. */
  failing: z.number().int(),
  /** Those newest runs, newest first; at most ten. */
  failures: z.array(runSummary),
  spans: z.array(overviewSpan),
})
export type Overview = z.infer<typeof overview>
