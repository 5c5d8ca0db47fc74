import { sameName } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { defineOperator } from '../../spec/index.ts'
import { and, type Fault, identifier, join, splitByFaults, sql, typeText } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { checkKeyTypes } from '../keys.ts'
import { lookupSpec } from './spec.ts'

export const lookup = defineOperator(lookupSpec, (context) => {
  const input = onlyInput(context)
  const table = onlyInput(context, 'table')
  const { keys, columns, none, several, order } = context.settings
  const pairs = keys.flatMap(({ column, tableColumn }, index) => {
    const left = requireColumn(column, input.columns, `keys.${index}.column`, context)
    const right = requireColumn(tableColumn, table.columns, `keys.${index}.tableColumn`, context)
    if (!left || !right || !checkKeyTypes(left, right, `keys.${index}.tableColumn`, context)) return []
    return [{ left, right }]
  })
  if (keys.length === 0)
    context.report(
      createProblem('setting.required', { label: { en: 'Find by', zh: '匹配键' } }, { field: 'keys' }),
    )
  if (several === 'first' && order !== '') requireColumn(order, table.columns, 'order', context)
  const taken = columns.flatMap((entry, index) => {
    const column = requireColumn(entry.column, table.columns, `columns.${index}.column`, context)
    const name = entry.name.trim() || entry.column
    if (input.columns.some((other) => sameName(other.name, name)))
      context.report(createProblem('column.duplicate', { column: name }, { field: `columns.${index}.name` }))
    return column ? [{ ...entry, column, name, hidden: identifier(`__mr_taken_${index}`) }] : []
  })

  // One row per key: how many there were, and what the first of them holds.
  const rightKeys = join(pairs.map(({ right }) => identifier(right.name)))
  const by = order === '' ? sql`"__mr_order"` : sql`${identifier(order)} NULLS LAST, "__mr_order"`
  const firsts = taken.map(
    ({ column, hidden }) =>
      sql`arg_min(struct_pack(v := ${identifier(column.name)}), "__mr_rank").v AS ${hidden}`,
  )
  const keyList = pairs.map(
    ({ right }, index) => sql`${identifier(right.name)} AS ${identifier(`__mr_key_${index}`)}`,
  )
  const ranked = sql`(SELECT *, row_number() OVER (PARTITION BY ${rightKeys} ORDER BY ${by}) AS "__mr_rank" FROM (SELECT *, row_number() OVER () AS "__mr_order" FROM ${table.relation}))`
  const found = sql`(SELECT ${join([...keyList, sql`count(*) AS "__mr_hits"`, ...firsts])} FROM ${ranked} GROUP BY ${rightKeys})`
  const on = and(
    pairs.map(
      ({ left }, index) =>
        sql`"__mr_left".${identifier(left.name)} = "__mr_found".${identifier(`__mr_key_${index}`)}`,
    ),
  )
  const joined = sql`(SELECT "__mr_left".*, coalesce("__mr_hits", 0) AS "__mr_hits"${taken.length > 0 ? sql`, ${join(taken.map(({ hidden }) => hidden))}` : sql``} FROM (SELECT *, row_number() OVER () AS "__mr_place" FROM ${input.relation}) AS "__mr_left" LEFT JOIN ${found} AS "__mr_found" ON ${pairs.length > 0 ? on : sql`false`})`

  const value = sql`concat_ws(', ', ${join(pairs.length > 0 ? pairs.map(({ left }) => identifier(left.name)) : [sql`''`])})`
  const column = pairs.map(({ left }) => left.name).join(', ')
  const faults: Fault[] = []
  if (none === 'reject')
    faults.push({
      fails: sql`"__mr_hits" = 0`,
      column,
      value,
      rule: 'lookup',
      reason: sql`'“' || ${value} || '” is not in the table'`,
    })
  if (several === 'reject')
    faults.push({
      fails: sql`"__mr_hits" > 1`,
      column,
      value,
      rule: 'lookup',
      reason: sql`'“' || ${value} || '” is in the table ' || "__mr_hits" || ' times'`,
    })
  const added = taken.map(({ name, hidden, fallback, column: { type } }) => {
    const result =
      none === 'value'
        ? sql`CASE WHEN "__mr_hits" = 0 THEN CAST(${fallback} AS ${typeText(type)}) ELSE ${hidden} END`
        : hidden
    return sql`${result} AS ${identifier(name)}`
  })
  const list = join([...input.columns.map(({ name }) => identifier(name)), ...added])
  const { out, rejects } = splitByFaults(joined, faults, sql`${list}${context.carry}`)
  const hidden = join([sql`"__mr_place"`, sql`"__mr_hits"`, ...taken.map((entry) => entry.hidden)])
  // A join may turn its sides round; the rows of the input keep their order all the same.
  return {
    outputs: { out: sql`${out} ORDER BY "__mr_place"` },
    rejects: rejects && sql`SELECT * EXCLUDE (${hidden}) FROM (${rejects}) ORDER BY "__mr_place"`,
  }
})
