import { create } from 'zustand'
import { readStored, writeStored } from '../browser-storage.ts'

const storageKey = 'millrace.author'

interface Author {
  /** Empty: not told yet. */
  readonly name: string
  setName(name: string): void
}

/** The name that a person goes by in version histories. There is no sign-on that would know it. */
export const useAuthor = create<Author>()((set) => ({
  name: readStored(storageKey) ?? '',
  setName(given) {
    const name = given.slice(0, 100)
    writeStored(storageKey, name)
    set({ name })
  },
}))
