import type { Label, Language } from '@millrace/engine'
import { create } from 'zustand'
import { readStored, writeStored } from '../browser-storage.ts'
import * as en from './en/index.ts'
import { filled, type Values } from './fill.ts'
import { formatOf } from './format.ts'
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

/** Numbers, dates, durations and sizes as the language writes them. */
export const useFormat = () => formatOf(useLanguage().language)
