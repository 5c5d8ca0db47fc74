import { sameName } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { defineOperator } from '../../spec/index.ts'
import { identifier, join, sql, typeText } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { unpivotSpec } from './spec.ts'

export const unpivot = defineOperator(unpivotSpec, (context) => {
  const { relation, columns } = onlyInput(context)
  const { columns: names, name, value } = context.settings
  const folded = names.flatMap(
    (each, index) => requireColumn(each, columns, `columns.${index}`, context) ?? [],
  )
  if (names.length === 0)
    context.report(
      createProblem(
        'setting.required',
        { label: { en: 'Columns that become rows', zh: '转为行的列' } },
        { field: 'columns' },
      ),
    )
  const kept = columns.filter((column) => !folded.includes(column))
  for (const added of [name, value])
    if (kept.some((column) => sameName(column.name, added)))
      context.report(
        createProblem('column.duplicate', { column: added }, { field: added === name ? 'name' : 'value' }),
      )
  // Columns of one type keep it; different types meet as text.
  const [first] = folded
  const type = first && folded.every((column) => column.type === first.type) ? first.type : 'VARCHAR'
  const pairs = folded.map(
    (column) => sql`{'n': ${column.name}, 'v': CAST(${identifier(column.name)} AS ${typeText(type)})}`,
  )
  const list = join(kept.map((column) => identifier(column.name)))
  const separator = kept.length > 0 ? sql`, ` : sql``
  const spread = sql`(SELECT *, unnest([${join(pairs)}]) AS "__mr_pair" FROM ${relation})`
  return {
    outputs: {
      out: sql`SELECT ${list}${separator}"__mr_pair".n AS ${identifier(name)}, "__mr_pair".v AS ${identifier(value)}${context.carry} FROM ${spread}`,
    },
    tallies: { added: sql`SELECT count(*) * ${Math.max(0, folded.length - 1)} FROM ${relation}` },
  }
})
