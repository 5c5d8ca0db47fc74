import type { Column } from '../../model/index.ts'
import { type SourceColumn, unfitMarker } from '../../spec/index.ts'
import {
  type ConversionOptions,
  convertText,
  type Fault,
  faultList,
  identifier,
  join,
  passes,
  reasonFor,
  type Sql,
  sql,
  typeText,
} from '../../sql/index.ts'

/** How the texts of a raw relation become the typed columns of a source. */
export interface Conformed {
  readonly columns: readonly Column[]
  /** The typed columns as a select list over the raw relation. */
  readonly selectList: Sql
  /**
   * The same for a select that asserts `fits`. DuckDB merges the conditions of a nested select with those
   * around it and may try theirs first, so that a row which they drop is never looked at. It leaves a
   * condition where it is when that is on a column with `error()` in it: that call is volatile.
   */
  readonly assertedList: Sql
  /** True for raw rows in which every value fits; undefined where every row does. */
  readonly fits: Sql | undefined
  /** The `__mr_faults` of a raw row. */
  readonly faults: Sql
}

/** `raw` names the raw relation's VARCHAR columns, `wanted` what each of them becomes. */
export function conform(
  raw: readonly string[],
  wanted: readonly SourceColumn[],
  options: Pick<ConversionOptions, 'decimalComma'> = {},
): Conformed {
  const faults: Fault[] = []
  const asserted: Sql[] = []
  const list = wanted.map(({ name, type, format }, index) => {
    const text = identifier(raw[index] ?? name)
    const { value, fails } = convertText(text, type, { ...options, formats: format === '' ? [] : [format] })
    if (type !== 'VARCHAR')
      faults.push({ fails, column: name, value: text, rule: 'type', reason: reasonFor(type, text) })
    // A text has no value only where it is missing.
    const isLost = type === 'VARCHAR' ? sql`${text} IS NOT NULL` : fails
    const guard = sql`CASE WHEN ${isLost} THEN CAST(error(${unfitMarker}) AS ${typeText(type)}) END`
    asserted.push(sql`coalesce(${value}, ${guard}) AS ${identifier(name)}`)
    return sql`${value} AS ${identifier(name)}`
  })
  return {
    columns: wanted.map(({ name, type }) => ({ name, type })),
    selectList: join(list),
    assertedList: join(asserted),
    fits: faults.length === 0 ? undefined : passes(faults),
    faults: faultList(faults),
  }
}
