import { describe, expect, it } from 'vitest'
import { startsOf } from './period.ts'

describe('the spans of a period', () => {
  const now = new Date(2026, 2, 29, 14, 25, 3)

  it('are the last 24 hours, the one that goes on among them', () => {
    const starts = startsOf('day', now)
    expect(starts).toHaveLength(24)
    expect(starts.at(-1)).toBe(new Date(2026, 2, 29, 14).toISOString())
    expect(Date.parse(starts[1] ?? '') - Date.parse(starts[0] ?? '')).toBe(3_600_000)
  })

  it.each([
    ['week', 7],
    ['month', 30],
  ] as const)('of a %s are %d days that begin at midnight, today among them', (period, count) => {
    const starts = startsOf(period, now).map((start) => new Date(start))
    expect(starts).toHaveLength(count)
    expect(starts.at(-1)).toEqual(new Date(2026, 2, 29))
    expect(starts.every((start) => start.getHours() === 0 && start.getMinutes() === 0)).toBe(true)
    expect(new Set(starts.map(String)).size).toBe(count)
  })
})
