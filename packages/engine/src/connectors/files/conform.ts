import type { Column } from '../../model/index.ts'
import type { SourceColumn } from '../../spec/index.ts'
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
} from '../../sql/index.ts'

/** How the texts of a raw relation become the typed columns of a source. */
export interface Conformed {
  readonly columns: readonly Column[]
  /** The typed columns as a select list over the raw relation. */
  readonly selectList: Sql
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
  const list = wanted.map(({ name, type, format }, index) => {
    const text = identifier(raw[index] ?? name)
    const { value, fails } = convertText(text, type, { ...options, formats: format === '' ? [] : [format] })
    if (type !== 'VARCHAR')
      faults.push({ fails, column: name, value: text, rule: 'type', reason: reasonFor(type, text) })
    return sql`${value} AS ${identifier(name)}`
  })
  return {
    columns: wanted.map(({ name, type }) => ({ name, type })),
    selectList: join(list),
    fits: faults.length === 0 ? undefined : passes(faults),
    faults: faultList(faults),
  }
}
