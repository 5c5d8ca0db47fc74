/** A node of DuckDB's parse tree, as `json_serialize_sql` gives it. */
export type Tree = Readonly<Record<string, unknown>>

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const treesOf = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isTree) : [])

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Byte offset of a node in the text (UTF-8); DuckDB gives the largest unsigned number where it knows none. */
export function positionOf(tree: Tree): number | undefined {
  const position = tree['query_location']
  return typeof position === 'number' && position < 1e9 ? position : undefined
}

/** The only statement of a serialized text; undefined when it does not parse or is not one SELECT. */
export function statementOf(serialized: string): Tree | undefined {
  const parsed: unknown = JSON.parse(serialized)
  if (!isTree(parsed) || parsed['error'] === true) return undefined
  const statements = treesOf(parsed['statements'])
  return statements.length === 1 ? statements[0] : undefined
}
