/**
 * The row law of a node: the terms on the left must add up to the terms on the right.
 *
 * Terms: `in` (all input rows together), `in:PORT`, `out` (all output rows except rejects),
 * `out:PORT`, `rejected`, `filtered` (derived as what is missing, when the operator has no tally
 * of that name), and the names of the operator's tallies (`duplicates`, `matched` …).
 */
export interface RowLaw {
  readonly left: readonly string[]
  readonly right: readonly string[]
}

export const laws = {
  /** in = out */
  preserve: { left: ['in'], right: ['out'] },
  /** in = out + rejected */
  convert: { left: ['in'], right: ['out', 'rejected'] },
  /** in = out + filtered */
  filter: { left: ['in'], right: ['out', 'filtered'] },
  /** in = out + duplicates */
  distinct: { left: ['in'], right: ['out', 'duplicates'] },
  /** in = merged: every row went into exactly one result row */
  merge: { left: ['in'], right: ['merged'] },
  /** in + added = out */
  expand: { left: ['in', 'added'], right: ['out'] },
} as const satisfies Record<string, RowLaw>
