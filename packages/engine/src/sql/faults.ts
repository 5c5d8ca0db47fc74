import { and, join, literal, type Sql, sql } from './sql.ts'

/** One way in which a row can fail. */
export interface Fault {
  /** True when the row fails; must never be NULL. */
  readonly fails: Sql
  readonly column: string
  /** The offending value as VARCHAR. */
  readonly value: Sql
  /** A short stable word: `type`, `required`, `pattern` … */
  readonly rule: string
  /** A sentence for the analyst, as VARCHAR. */
  readonly reason: Sql
}

/** The hidden columns Millrace adds to rows begin so; user columns must not. */
export const hiddenPrefix = '__mr_'
export const faultsType = 'STRUCT("column" VARCHAR, "value" VARCHAR, "rule" VARCHAR, reason VARCHAR)[]'

/** True for rows that break none of the rules. */
export const passes = (faults: readonly Fault[]): Sql => and(faults.map((fault) => sql`NOT ${fault.fails}`))

/** The broken rules of a row as a value of `faultsType`. */
export const faultList = (faults: readonly Fault[]): Sql =>
  sql`list_filter([${join(
    faults.map(
      (fault) =>
        sql`CASE WHEN ${fault.fails} THEN {'column': ${literal(fault.column)}, 'value': CAST(${fault.value} AS VARCHAR), 'rule': ${literal(fault.rule)}, 'reason': ${fault.reason}} END`,
    ),
  )}], lambda fault: fault IS NOT NULL)`

/** Splits a relation by its faults: the SELECT of the good rows and the SELECT of the rejected ones. */
export function splitByFaults(
  relation: Sql,
  faults: readonly Fault[],
  selectList: Sql,
): { out: Sql; rejects: Sql | undefined } {
  if (faults.length === 0) return { out: sql`SELECT ${selectList} FROM ${relation}`, rejects: undefined }
  const good = passes(faults)
  return {
    out: sql`SELECT ${selectList} FROM ${relation} WHERE ${good}`,
    rejects: sql`SELECT *, ${faultList(faults)} AS "__mr_faults" FROM ${relation} WHERE NOT (${good})`,
  }
}

/** One part of all faults of a row as a text, in the order of the rules, each only once. */
export function faultTexts(part: 'column' | 'value' | 'rule' | 'reason'): Sql {
  const texts = sql`list_transform("__mr_faults", lambda fault: fault[${part}])`
  return sql`array_to_string(list_filter(${texts}, lambda item, place: list_position(${texts}, item) = place), '; ')`
}
