import { SqlFault } from '../graph/inspector.ts'

/** DuckDB's `errors_as_json` message, or the plain message where it is not JSON. */
export function toSqlFault(error: unknown, offset = 0): SqlFault {
  const message = error instanceof Error ? error.message : String(error)
  try {
    const parsed: unknown = JSON.parse(message)
    if (typeof parsed === 'object' && parsed !== null && 'exception_message' in parsed) {
      const detail = parsed as { exception_message: string; position?: string; candidates?: string }
      const position =
        detail.position === undefined ? undefined : Math.max(0, Number(detail.position) - offset)
      const candidates = (detail.candidates ?? '').split(',').map((name) => name.trim().replace(/^"|"$/g, ''))
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

/** DuckDB adds the statement and a caret below its sentence; the first line says it. */
const firstLine = (text: string): string => text.split('\n')[0]?.trim() ?? text
