import type { ColumnProfile } from '@millrace/contract'

/** What a column's header says in a few words; chosen so that it tells most. */
export type Summary =
  | { readonly kind: 'empty' }
  | { readonly kind: 'constant'; readonly value: string }
  | { readonly kind: 'range'; readonly minimum: string; readonly maximum: string }
  | { readonly kind: 'unique' }
  | { readonly kind: 'distinct'; readonly count: number }

/** Nothing but missing values, one value, a range, all different, or so many different ones. */
export function summaryOf(profile: ColumnProfile, rows: number): Summary {
  const present = rows - profile.missing
  const { minimum, maximum, distinct } = profile
  if (present <= 0) return { kind: 'empty' }
  if (distinct === 1) return { kind: 'constant', value: minimum ?? profile.top[0]?.value ?? '' }
  if (profile.bins.length > 0 && minimum !== null && maximum !== null)
    return { kind: 'range', minimum, maximum }
  return distinct >= present ? { kind: 'unique' } : { kind: 'distinct', count: distinct }
}

/** A share as people read it: never 0 % for something, never 100 % for not all. */
export function shareOf(count: number, rows: number): number {
  if (count <= 0 || rows <= 0) return 0
  if (count >= rows) return 100
  const share = Math.round((count / rows) * 1000) / 10
  return Math.min(99.9, Math.max(0.1, share >= 10 && share <= 90 ? Math.round(share) : share))
}
