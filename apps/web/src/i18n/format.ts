import type { Language } from '@millrace/engine'

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const
const locales = { en: 'en-GB', zh: 'zh-CN' } as const satisfies Record<Language, string>

const formatters = new Map<string, unknown>()

/** Making a formatter takes longer than using it a thousand times. */
function kept<Formatter>(
  Maker: new (locale: string, options?: object) => Formatter,
  locale: string,
  options: object = {},
): Formatter {
  const key = `${Maker.name} ${locale} ${JSON.stringify(options)}`
  const known = (formatters.get(key) as Formatter | undefined) ?? new Maker(locale, options)
  formatters.set(key, known)
  return known
}

/** Numbers, dates, durations and sizes as a language writes them. */
function makeFormat(locale: string) {
  const number = (value: number, options: Intl.NumberFormatOptions = {}): string =>
    kept(Intl.NumberFormat, locale, options).format(value)
  const moment = (iso: string, options: Intl.DateTimeFormatOptions): string =>
    kept(Intl.DateTimeFormat, locale, options).format(new Date(iso))
  return {
    number: (value: number): string => number(value),
    /** `12K`, `3.4M`; `1.2万`: where the size counts and not the number. */
    approximately: (value: number): string =>
      number(value, { notation: 'compact', maximumFractionDigits: 1 }),
    dateTime: (iso: string): string => moment(iso, { dateStyle: 'medium', timeStyle: 'medium' }),
    /** With the parts that `options` names: a day of the week, an hour. */
    moment,
    time: (iso: string): string =>
      moment(iso, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false }),
    ago(iso: string): string {
      const relative = kept(Intl.RelativeTimeFormat, locale, { numeric: 'auto' })
      const seconds = Math.round((new Date(iso).getTime() - Date.now()) / 1000)
      const steps: [Intl.RelativeTimeFormatUnit, number][] = [
        ['day', 86_400],
        ['hour', 3600],
        ['minute', 60],
      ]
      for (const [unit, size] of steps)
        if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit)
      return relative.format(Math.min(0, seconds), 'second')
    },
    duration(ms: number): string {
      if (ms < 1000) return `${number(Math.round(ms))} ms`
      if (ms < 60_000) return `${number(ms / 1000, { maximumFractionDigits: 1 })} s`
      return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
    },
    bytes(value: number): string {
      const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
      return `${number(value / 1000 ** power, { maximumFractionDigits: power === 0 ? 0 : 1 })} ${units[power]}`
    },
  }
}

const formats = { en: makeFormat(locales.en), zh: makeFormat(locales.zh) } as const

export const formatOf = (language: Language) => formats[language]
