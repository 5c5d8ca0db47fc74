import { type Column, kindOf, nameInText, type Problem, quotedName, sameName } from '@millrace/engine'

/** A new column of a map, as its settings have it. */
export interface MapRow {
  readonly name: string
  readonly expression: string
}

/** What a new column is made of. */
export interface Link {
  /** Arriving columns, by name: one that is taken as it is or converted, or those that a calculation names. */
  readonly sources: readonly string[]
  readonly how: 'copy' | 'convert' | 'calculation' | 'nothing'
}

const cast = /^\s*CAST\s*\(\s*([\s\S]+?)\s+AS\s+([A-Z_ ]+(?:\(\d+,\d+\))?)\s*\)\s*$/i

/** The column that a text is nothing but the name of. */
function columnNamed(text: string, columns: readonly Column[]): string | undefined {
  const bare = text.trim()
  return columns.find(({ name }) => bare === quotedName(name) || sameName(bare, nameInText(name)))?.name
}

/** What an expression takes from the arriving columns, as far as a look at it tells. */
export function linkOf(expression: string, columns: readonly Column[]): Link {
  if (expression.trim() === '') return { sources: [], how: 'nothing' }
  const copied = columnNamed(expression, columns)
  if (copied !== undefined) return { sources: [copied], how: 'copy' }
  const inside = cast.exec(expression)?.[1]
  const converted = inside === undefined ? undefined : columnNamed(inside, columns)
  if (converted !== undefined) return { sources: [converted], how: 'convert' }
  const words = expression.match(/'(?:[^']|'')*'|"(?:[^"]|"")*"|[\p{L}_][\p{L}\p{N}_]*/gu) ?? []
  const named = columns.filter((column) => words.some((word) => columnNamed(word, [column]) !== undefined))
  return { sources: named.map(({ name }) => name), how: 'calculation' }
}

export const convertedText = (source: string, type: string): string =>
  `CAST(${quotedName(source)} AS ${type})`

const numeric = ['integer', 'decimal', 'float']

/** Whether a column of one type is not what is wanted; a whole number is a number. */
export function isMismatch(actual: string | undefined, wanted: string | undefined): boolean {
  if (actual === undefined || wanted === undefined) return false
  const [from, to] = [kindOf(actual), kindOf(wanted)]
  if (from === to) return false
  return !(numeric.includes(from) && numeric.includes(to) && numeric.indexOf(from) < numeric.indexOf(to))
}

/** Names of columns in a pasted text: a line of them, or one a line; without quotes, blanks and doubles. */
export function namesInText(text: string): string[] {
  const [first = '', ...more] = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  const separator = [/\t/, /[;；]/, /[,，、]/, /\|/].find((one) => one.test(first))
  // With separators the first line is the header, and what follows are rows.
  const parts = separator === undefined ? [first, ...more] : first.split(separator)
  const names = parts.map((part) =>
    part
      .trim()
      .replace(/^"(.*)"$/s, '$1')
      .replaceAll('""', '"')
      .trim(),
  )
  return names.filter(
    (name, index) => name !== '' && names.findIndex((other) => sameName(other, name)) === index,
  )
}

/** Problems of one new column. */
export const problemsOfRow = (problems: readonly Problem[], path: string, index: number): Problem[] =>
  problems.filter(({ location }) => location.field?.startsWith(`${path}.${index}.`))
