import { readStored, writeStored } from '../../../browser-storage.ts'

export const periods = ['day', 'week', 'month'] as const
export type Period = (typeof periods)[number]

const days: Readonly<Record<Exclude<Period, 'day'>, number>> = { week: 7, month: 30 }

/**
 * Where the hours or days of a period begin, ISO 8601, by the reader's own calendar: where clocks change,
 * a day has 23 or 25 hours. The last one is the one that `now` is in.
 */
export function startsOf(period: Period, now: Date): string[] {
  if (period === 'day') {
    const hour = new Date(now)
    hour.setMinutes(0, 0, 0)
    return Array.from({ length: 24 }, (_, index) =>
      new Date(hour.getTime() - (23 - index) * 3_600_000).toISOString(),
    )
  }
  const count = days[period]
  return Array.from({ length: count }, (_, index) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - (count - 1 - index)).toISOString(),
  )
}

/** What stands under every how many bars. */
export const axis: Readonly<Record<Period, { every: number; options: Intl.DateTimeFormatOptions }>> = {
  day: { every: 6, options: { hour: '2-digit', minute: '2-digit', hour12: false } },
  week: { every: 1, options: { weekday: 'short' } },
  month: { every: 7, options: { day: 'numeric', month: 'short' } },
}

/** How one bar is called where there is room. */
export const spanName: Readonly<Record<Period, Intl.DateTimeFormatOptions>> = {
  day: { weekday: 'short', hour: '2-digit', minute: '2-digit', hour12: false },
  week: { weekday: 'long', day: 'numeric', month: 'short' },
  month: { weekday: 'short', day: 'numeric', month: 'short' },
}

const storageKey = 'millrace.period'

export function storedPeriod(): Period {
  const stored = readStored(storageKey)
  return periods.find((period) => period === stored) ?? 'day'
}

export const storePeriod = (period: Period): void => writeStored(storageKey, period)
