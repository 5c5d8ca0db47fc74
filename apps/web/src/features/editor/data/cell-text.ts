/** A stretch of a cell's text; `break` stands for a line break, `match` for what was searched. */
export interface TextPart {
  readonly kind: 'plain' | 'match' | 'break'
  readonly text: string
}

/** Longer texts are cut in the grid; the whole text is shown on demand. */
export const longestCell = 160

/** The parts of a cell's text as the grid shows it: line breaks visible, matches without regard to case. */
export function cellParts(text: string, search: string): TextPart[] {
  return text
    .slice(0, longestCell)
    .split(/(\r\n|\r|\n)/)
    .flatMap((line): TextPart[] =>
      /^[\r\n]/.test(line) ? [{ kind: 'break', text: line }] : matchParts(line, search),
    )
}

function matchParts(line: string, search: string): TextPart[] {
  if (search === '') return line === '' ? [] : [{ kind: 'plain', text: line }]
  const sought = search.toLowerCase()
  const lower = line.toLowerCase()
  // A few letters change their length with their case; then places would not be those of the text.
  if (lower.length !== line.length) return [{ kind: 'plain', text: line }]
  const parts: TextPart[] = []
  let start = 0
  for (let at = lower.indexOf(sought); at >= 0; at = lower.indexOf(sought, start)) {
    if (at > start) parts.push({ kind: 'plain', text: line.slice(start, at) })
    start = at + sought.length
    parts.push({ kind: 'match', text: line.slice(at, start) })
  }
  if (start < line.length) parts.push({ kind: 'plain', text: line.slice(start) })
  return parts
}

const isWide = (character: string) =>
  /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/.test(character)

/** About how wide a text is, in widths of a digit; Chinese characters count twice. */
export function textWidth(text: string): number {
  let width = 0
  for (const character of text) width += isWide(character) ? 2 : 1
  return width
}

/** A width in px that shows the name, what the header says and most of the values given, within bounds. */
export function columnWidth(name: string, values: readonly (string | null)[], headline = ''): number {
  const widths = values.map((value) => textWidth((value ?? '').slice(0, 64))).toSorted((a, b) => a - b)
  const usual = widths[Math.floor(widths.length * 0.9)] ?? 0
  const head = Math.min(240, Math.max(textWidth(name) * 7.8 + 42, textWidth(headline) * 6.1 + 24))
  return Math.round(Math.min(320, Math.max(96, head, usual * 7.6 + 26)))
}
