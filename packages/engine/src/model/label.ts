import { z } from 'zod'

export const languages = ['en', 'zh'] as const
export type Language = (typeof languages)[number]

/** A text that people read, in every language of the interface. */
export type Label = Readonly<Record<Language, string>>

export const label = z.object({ en: z.string(), zh: z.string() }).readonly()
