import type { Label, Language } from '@millrace/engine'
import { create } from 'zustand'
import { readStored, writeStored } from '../browser-storage.ts'
import * as en from './en/index.ts'
import { filled, type Values } from './fill.ts'
import * as zh from './zh/index.ts'

const dictionaries = {
  en: Object.assign({}, ...Object.values(en)),
  zh: Object.assign({}, ...Object.values(zh)),
} as const satisfies Record<Language, Record<string, string>>

type Feature = (typeof en)[keyof typeof en]
type KeysOf<Dictionary> = Dictionary extends unknown ? keyof Dictionary : never
export type TextKey = KeysOf<Feature>

const storageKey = 'millrace.language'

function initialLanguage(): Language {
  const stored = readStored(storageKey)
  if (stored === 'en' || stored === 'zh') return stored
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

interface LanguageStore {
  readonly language: Language
  setLanguage(language: Language): void
}

const useLanguage = create<LanguageStore>((set) => ({
  language: initialLanguage(),
  setLanguage(language) {
    writeStored(storageKey, language)
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
    set({ language })
  },
}))

document.documentElement.lang = initialLanguage() === 'zh' ? 'zh-CN' : 'en'

/** The texts of the interface in the language that the person has chosen. */
export function useText() {
  const { language, setLanguage } = useLanguage()
  const dictionary: Readonly<Record<string, string>> = dictionaries[language]
  const t = (key: TextKey, values: Values = {}): string => filled(dictionary[key] ?? key, values)
  return { t, label: (text: Label): string => text[language], language, setLanguage }
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Numbers, dates, durations and sizes as the language writes them. */
export function useFormat() {
  const { language } = useLanguage()
  const locale = language === 'zh' ? 'zh-CN' : 'en-GB'
  const whole = new Intl.NumberFormat(locale)
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  return {
    number: (value: number): string => whole.format(value),
    /** `12K`, `3.4M`; `1.2万`: where the size counts and not the number. */
    approximately: (value: number): string => compact.format(value),
    dateTime: (iso: string): string =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso)),
    /** With the parts that `options` names: a day of the week, an hour. */
    moment: (iso: string, options: Intl.DateTimeFormatOptions): string =>
      new Intl.DateTimeFormat(locale, options).format(new Date(iso)),
    time: (iso: string): string =>
      new Intl.DateTimeFormat(locale, {
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
        hour12: false,
      }).format(new Date(iso)),
    ago(iso: string): string {
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
      if (ms < 1000) return `${whole.format(Math.round(ms))} ms`
      if (ms < 60_000)
        return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(ms / 1000)} s`
      return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
    },
    bytes(value: number): string {
      const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
      const number = new Intl.NumberFormat(locale, { maximumFractionDigits: power === 0 ? 0 : 1 })
      return `${number.format(value / 1000 ** power)} ${units[power]}`
    },
  }
}
