import { characterOffsets } from './character-offsets.ts'
import { statementOf } from './parse-tree.ts'
import {
  type KnownTable,
  type NamedColumn,
  type OutputColumn,
  type QueryColumns,
  queryColumns,
  type TableColumn,
} from './query-columns.ts'
import { nameInText } from './quoted-name.ts'

/** A place in a text of a flow where a column of an input is named. Offsets count UTF-16 units. */
export interface ColumnReference {
  readonly column: TableColumn
  readonly start: number
  readonly end: number
}

export interface TextColumns extends QueryColumns {
  readonly references: readonly ColumnReference[]
  /** Columns that the text names where the parser tells no place, so that they cannot be rewritten. */
  readonly unplaced: readonly TableColumn[]
}

/** A text of a flow in the form in which DuckDB parses it; see `textColumns`. */
export interface ParsableText {
  readonly text: string
  /** What to give to `json_serialize_sql`. */
  readonly statement: string
  readonly prefix: number
}

/** DuckDB takes these for spaces, and its positions then count each of them as one byte. */
const spaces = /[\u00a0\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]/
const spacesOrQuoted = new RegExp(
  `'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\\n]*|/\\*[sS]*?\\*/|${spaces.source}`,
  'g',
)

/** Keeps every offset: placeholders become constants of their length, unusual spaces plain ones. */
function parsable(text: string): string {
  return text
    .replace(/\$?\$\{([^}]*)\}/g, (whole) =>
      whole.startsWith('$$') ? whole : `'${'_'.repeat(Math.max(0, whole.length - 2))}'`,
    )
    .replace(spacesOrQuoted, (part) => (part.length === 1 ? ' ' : part))
}

/** A scalar expression, which may hold `${parameter}`. */
export const parsableExpression = (text: string): ParsableText => ({
  text,
  statement: `SELECT (${parsable(text)}\n)`,
  prefix: 'SELECT ('.length,
})

/** A whole SELECT, which may hold `${parameter}`. */
export const parsableQuery = (text: string): ParsableText => ({ text, statement: parsable(text), prefix: 0 })

/** In a flow `$${` stands for `${`, which otherwise begins a parameter. */
export const escapePlaceholders = (text: string): string => text.replaceAll('${', () => '$${')
const unescapePlaceholders = (text: string): string => text.replaceAll('$${', '${')

const escaped = ({ name, columns }: KnownTable): KnownTable => ({
  name: escapePlaceholders(name),
  columns: columns.map(escapePlaceholders),
})

const plain = ({ table, column }: TableColumn): TableColumn => ({
  table: unescapePlaceholders(table),
  column: unescapePlaceholders(column),
})

/**
 * What a text of a flow reads of `tables` and where it names it. `serialized`: what DuckDB made of
 * `parsable.statement`. For an expression, `row` is what its columns belong to. Undefined when the
 * text does not parse.
 */
export function textColumns(
  { text, statement, prefix }: ParsableText,
  serialized: string,
  tables: readonly KnownTable[],
  row?: KnownTable,
): TextColumns | undefined {
  const tree = statementOf(serialized)
  if (!tree) return undefined
  const found = queryColumns(tree, tables.map(escaped), row && escaped(row))
  const characters = characterOffsets(statement)
  const references: ColumnReference[] = []
  const unplaced: TableColumn[] = []
  for (const named of found.named) {
    const place = placeOf(named, statement, characters)
    if (!place) unplaced.push(plain(named.column))
    else if (place.end - prefix <= text.length)
      references.push({
        column: plain(named.column),
        start: place.start - prefix,
        end: place.end - prefix,
      })
  }
  return {
    outputs: found.outputs.map(plainOutput),
    named: found.named,
    hidden: new Set([...found.hidden].map(plain)),
    texts: found.texts,
    references: distinct(references),
    unplaced,
  }
}

const plainOutput = (output: OutputColumn): OutputColumn => ({
  name: output.name === undefined ? undefined : unescapePlaceholders(output.name),
  origins: new Set([...output.origins].map(plain)),
  copyOf: output.copyOf && plain(output.copyOf),
  namedAfter: output.namedAfter && plain(output.namedAfter),
})

/** DuckDB writes some expressions twice into its tree (`BETWEEN`, `CASE x WHEN`). */
function distinct(references: readonly ColumnReference[]): ColumnReference[] {
  const byStart = new Map(references.map((reference) => [reference.start, reference]))
  return [...byStart.values()].sort((a, b) => a.start - b.start)
}

const dottedPart = /(?:"((?:[^"]|"")*)"|([a-zA-Z_\u0080-\uffff][\w$\u0080-\uffff]*))/y
const dot = /(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*\.(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*/y

/** Where the part of a dotted name stands that names the column; undefined when it is not there. */
function placeOf(
  { position, parts, part }: NamedColumn,
  statement: string,
  characters: (byte: number) => number,
): { start: number; end: number } | undefined {
  if (position === undefined) return undefined
  let start = characters(position)
  for (let index = 0; ; index += 1) {
    dottedPart.lastIndex = start
    const match = dottedPart.exec(statement)
    const name = match?.[1]?.replaceAll('""', '"') ?? match?.[2]
    if (!match || name?.toLowerCase() !== parts[index]?.toLowerCase()) return undefined
    if (index === part) return { start, end: dottedPart.lastIndex }
    dot.lastIndex = dottedPart.lastIndex
    if (!dot.test(statement)) return undefined
    start = dot.lastIndex
  }
}

/** Puts other names in the places of `references`; quoted ones stay quoted, others become so where needed. */
export function renameReferences(
  text: string,
  references: readonly (ColumnReference & { readonly to: string })[],
): string {
  let result = ''
  let done = 0
  for (const { start, end, to } of references) {
    const wasQuoted = text[start] === '"'
    result += text.slice(done, start) + escapePlaceholders(nameInText(to, wasQuoted))
    done = end
  }
  return result + text.slice(done)
}
