import type { TextKey } from '../i18n/index.ts'

/** The words of the row laws: what became of rows. */
export const termTexts = {
  in: 'term.in',
  out: 'term.out',
  read: 'term.read',
  written: 'term.written',
  filtered: 'term.filtered',
  rejected: 'term.rejected',
  duplicates: 'term.duplicates',
  matched: 'term.matched',
  unmatched: 'term.unmatched',
  repeated: 'term.repeated',
  merged: 'term.merged',
  added: 'term.added',
  copied: 'term.copied',
  used: 'term.used',
} as const satisfies Record<string, TextKey>

export interface Term {
  readonly rows: number
  readonly term: string
  /** Of the input that is meant, empty for all of them. */
  readonly port: string
}

/** The terms of `10 in:new = 8 out + 2 filtered`, side by side; undefined when it is not of this form. */
export function termsOf(equation: string): Term[][] | undefined {
  const sides = equation.split(' = ').map((side) =>
    side.split(' + ').map((text) => {
      const [, rows, term, port = ''] = /^(\d+) (\w+)(?::(\w+))?$/.exec(text) ?? []
      return rows !== undefined && term !== undefined ? { rows: Number(rows), term, port } : undefined
    }),
  )
  const whole = sides.map((side) => side.filter((item) => item !== undefined))
  return whole.flat().length === sides.flat().length ? whole : undefined
}
