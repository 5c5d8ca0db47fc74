import type { Label } from '../model/label.ts'

/** What an analyst is told of a function or of another form of an expression. */
export interface FunctionHelp {
  /** A function's name in small letters; other forms by their words: `CASE`, `IS NULL`. */
  readonly name: string
  readonly isFunction: boolean
  /** How it is written: `round(number, digits)`. */
  readonly signature: string
  readonly summary: Label
  /** An expression without columns, and its value as DuckDB prints it. */
  readonly example: string
  readonly result: string
}

const plainCall = /^([a-z]\w*)\(/

/** A help entry; its name is read off the signature. */
export function help(signature: string, summary: Label, example: string, result: string): FunctionHelp {
  const called = plainCall.exec(signature)?.[1]
  const words = signature.match(/\|\||\b[A-Z][A-Z_]*\b/g) ?? []
  const name = called ?? (words[0] === 'CASE' ? 'CASE' : words.filter((word) => word !== 'AS').join(' '))
  return { name, isFunction: called !== undefined, signature, summary, example, result }
}
