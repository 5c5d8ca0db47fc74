import { type Column, sameName } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { defineOperator } from '../../spec/index.ts'
import { and, identifier, join as joinSql, type Sql, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { checkKeyTypes } from '../keys.ts'
import { joinSpec } from './spec.ts'

const keywords = { inner: sql`INNER`, left: sql`LEFT`, right: sql`RIGHT`, full: sql`FULL` } as const

/** A name for a right column that no other column has. */
function freeName(name: string, taken: readonly string[], suffix: string): string {
  let free = name
  while (taken.some((other) => sameName(other, free))) free += suffix
  return free
}

export const join = defineOperator(joinSpec, (context) => {
  const left = onlyInput(context, 'left')
  const right = onlyInput(context, 'right')
  const { how, keys, loose, suffix } = context.settings
  if (keys.length === 0)
    context.report(
      createProblem('setting.required', { label: { en: 'Where', zh: '连接键' } }, { field: 'keys' }),
    )
  const comparable = ({ name, type }: Column, side: Sql): Sql =>
    loose && type === 'VARCHAR'
      ? sql`lower(trim(${side}.${identifier(name)}))`
      : sql`${side}.${identifier(name)}`
  const [l, r] = [sql`"__mr_left"`, sql`"__mr_right"`]
  const conditions = keys.flatMap((key, index) => {
    const a = requireColumn(key.left, left.columns, `keys.${index}.left`, context)
    const b = requireColumn(key.right, right.columns, `keys.${index}.right`, context)
    if (!a || !b || !checkKeyTypes(a, b, `keys.${index}.right`, context)) return []
    return [sql`${comparable(a, l)} = ${comparable(b, r)}`]
  })
  const on = conditions.length > 0 ? and(conditions) : sql`false`
  const [from, to] = [sql`${left.relation} AS ${l}`, sql`${right.relation} AS ${r}`]
  const columns = left.columns.map(({ name }) => sql`${l}.${identifier(name)}`)
  const names = left.columns.map(({ name }) => name)
  for (const { name } of how === 'semi' || how === 'anti' ? [] : right.columns) {
    const free = freeName(name, names, suffix)
    names.push(free)
    columns.push(sql`${r}.${identifier(name)} AS ${identifier(free)}`)
  }
  const exists = sql`EXISTS (SELECT 1 FROM ${to} WHERE ${on})`
  const out =
    how === 'semi' || how === 'anti'
      ? sql`SELECT ${joinSql(columns)} FROM ${from} WHERE ${how === 'anti' ? sql`NOT ` : sql``}${exists}`
      : sql`SELECT ${joinSql(columns)} FROM ${from} ${keywords[how]} JOIN ${to} ON ${on}`
  return {
    outputs: { out },
    tallies: {
      matched: sql`SELECT count(*) FROM ${from} WHERE ${exists}`,
      unmatched: sql`SELECT count(*) FROM ${from} WHERE NOT ${exists}`,
      unmatchedRight: sql`SELECT count(*) FROM ${to} WHERE NOT EXISTS (SELECT 1 FROM ${from} WHERE ${on})`,
    },
  }
})
