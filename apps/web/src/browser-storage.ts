/** What the browser keeps under a key; undefined where it keeps nothing or must not. */
export function readStored(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined
  } catch {
    // Storage is switched off for this site.
    return undefined
  }
}

/** Keeps a text in this browser where that is possible; the application works without. */
export function writeStored(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // Storage is full or switched off.
  }
}
