export interface CheckedSql {
  problems: {
    code: 'sql.invalid' | 'sql.notAllowed' | 'expression.notScalar'
    detail: string
    position?: number
  }[]
  functions: string[]
  columns: string[]
  tables: string[]
}
const none = (serialized: string): CheckedSql => {
  const t = JSON.parse(serialized)
  return {
    problems: t.error
      ? [{ code: 'sql.invalid', detail: t.error_message, position: Number(t.position ?? 0) }]
      : [],
    functions: [],
    columns: [],
    tables: [],
  }
}
export const checkScalar = none
export const checkSelect = (serialized: string, _tables: readonly string[]) => none(serialized)
