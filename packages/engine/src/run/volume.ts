import type { FlowNode } from '../model/index.ts'

/** A node that gives another number of rows than its guard allows. */
export interface VolumeViolation {
  readonly nodeId: string
  readonly rows: number
  /** Rows that would have been in order; `most` null: any number above. */
  readonly least: number
  readonly most: number | null
  /** Median of recent runs; null: there were none. */
  readonly usual: number | null
}

export type HoldDecision = 'release' | 'discard'

/** Compares the rows of a node with its guard; undefined: in order. `usual`: median of its recent runs. */
export function violationOf(
  { id, guard }: FlowNode,
  rows: number,
  usual: number | undefined,
): VolumeViolation | undefined {
  if (!guard) return undefined
  const { minimum = 0, tolerance } = guard
  const share = (tolerance ?? 0) / 100
  const hasRange = tolerance !== undefined && usual !== undefined
  const least = Math.max(minimum, hasRange ? Math.ceil(usual * (1 - share)) : 0)
  const most = hasRange ? Math.floor(usual * (1 + share)) : null
  const isInOrder = rows >= least && (most === null || rows <= most)
  return isInOrder ? undefined : { nodeId: id, rows, least, most, usual: usual ?? null }
}
