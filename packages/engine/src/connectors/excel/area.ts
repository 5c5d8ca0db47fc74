/** What a sheet of Excel can hold. */
export const mostRows = 1_048_576
export const mostColumns = 16_384

/** A rectangle of a sheet: rows and columns counted from 1 and from 0, all inclusive. */
export interface Area {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** `A` is 0, `XFD` 16,383; -1 where there are no letters. */
export function columnIndex(letters: string): number {
  let index = 0
  for (let at = 0; at < letters.length; at++) index = index * 26 + (letters.charCodeAt(at) & 31)
  return index - 1
}

export function columnLetters(index: number): string {
  let letters = ''
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  return letters
}

/** The column of a cell reference such as `AB12`; -1 when it is none. Called once for every cell. */
export function columnOf(reference: string): number {
  let index = 0
  let at = 0
  for (; at < reference.length; at++) {
    const code = reference.charCodeAt(at) | 32
    if (code < 97 || code > 122) break
    index = index * 26 + (code - 96)
  }
  return at > 3 ? -1 : index - 1
}

/** Reads `B3:F200`, `B:F` or `3:200`; undefined where it is none of them. */
export function parseArea(text: string): Area | undefined {
  const parts = /^\$?([a-z]{0,3})\$?(\d{0,7}):\$?([a-z]{0,3})\$?(\d{0,7})$/i.exec(text.trim())
  if (!parts) return undefined
  const [, from = '', first = '', to = '', last = ''] = parts
  if ((from === '') !== (to === '') || (first === '') !== (last === '')) return undefined
  if (from === '' && first === '') return undefined
  const rows = first === '' ? [1, mostRows] : [Number(first), Number(last)]
  const columns = from === '' ? [0, mostColumns - 1] : [columnIndex(from), columnIndex(to)]
  const area = {
    top: Math.min(...rows),
    bottom: Math.max(...rows),
    left: Math.min(...columns),
    right: Math.max(...columns),
  }
  return area.top >= 1 && area.bottom <= mostRows && area.right < mostColumns ? area : undefined
}
