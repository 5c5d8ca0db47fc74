import { SqlFault } from '../graph/inspector.ts'
import { characterOffsets } from '../sql/character-offsets.ts'

/**
 * DuckDB's `errors_as_json` message, or the plain message where it is not JSON. The position is one in
 * `statement` without its first `offset` characters.
 */
export function toSqlFault(error: unknown, statement = '', offset = 0): SqlFault {
  const message = error instanceof Error ? error.message : String(error)
  try {
    const parsed: unknown = JSON.parse(message)
    if (typeof parsed === 'object' && parsed !== null && 'exception_message' in parsed) {
      const detail = parsed as { exception_message: string; position?: string; candidates?: string }
      const position =
        detail.position === undefined
          ? undefined
          : Math.max(0, characterOffsets(statement)(Number(detail.position)) - offset)
      const candidates = listed(detail.candidates ?? '').map((name) => name.replace(/^"|"$/g, ''))
      return new SqlFault(
        firstLine(detail.exception_message),
        position,
        candidates.filter((name) => name !== ''),
      )
    }
  } catch {
    // Not JSON: some errors come as text all the same.
  }
  return new SqlFault(firstLine(message), undefined, [])
}

/** The entries of DuckDB's list; signatures among them have commas of their own. */
const listed = (list: string): string[] =>
  [...list.matchAll(/(?:"(?:[^"]|"")*"|\([^)]*\)|[^,("]|[("])+/g)].map(([entry]) => entry.trim())

/** DuckDB adds the statement and a caret below its sentence; the first line says it. */
const firstLine = (text: string): string => text.split('\n')[0]?.trim() ?? text
