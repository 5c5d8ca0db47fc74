import { type Column, sameName } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { countedPort, defineOperator } from '../../spec/index.ts'
import { and, identifier, join as joinSql, type Sql, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { checkKeyTypes } from '../keys.ts'
import { joinSpec } from './spec.ts'

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
  const on = conditions.length > 0 ? and(conditions) : sql`1 = 0`
  const [from, to] = [sql`${left.relation} AS ${l}`, sql`${right.relation} AS ${r}`]
  const columns = left.columns.map(({ name }) => sql`${l}.${identifier(name)}`)
  const names = left.columns.map(({ name }) => name)
  for (const { name } of how === 'semi' || how === 'anti' ? [] : right.columns) {
    const free = freeName(name, names, suffix)
    names.push(free)
    columns.push(sql`${r}.${identifier(name)} AS ${identifier(free)}`)
  }
  const list = joinSql(columns)
  if (how === 'semi' || how === 'anti') {
    const found = sql`EXISTS (SELECT 1 FROM ${to} WHERE ${on})`
    return countedPort(
      {
        port: 'out',
        select: sql`SELECT ${list}, ${found} AS "__mr_found" FROM ${from}`,
        leaves: how === 'semi' ? sql`"__mr_found"` : sql`NOT "__mr_found"`,
        terms: {
          matched: sql`count(*) FILTER ("__mr_found")`,
          unmatched: sql`count(*) FILTER (NOT "__mr_found")`,
        },
      },
      names,
    )
  }
  // A full join, whatever leaves: the rows that found no match are counted on both sides.
  const [fromMarked, toMarked] = [
    sql`(SELECT *, true AS "__mr_is_left" FROM ${left.relation}) AS ${l}`,
    sql`(SELECT *, true AS "__mr_is_right" FROM ${right.relation}) AS ${r}`,
  ]
  const [isLeft, isRight] = [sql`"__mr_is_left" IS NOT NULL`, sql`"__mr_is_right" IS NOT NULL`]
  return countedPort(
    {
      port: 'out',
      select: sql`SELECT ${list}, "__mr_is_left", "__mr_is_right" FROM ${fromMarked} FULL JOIN ${toMarked} ON ${on}`,
      leaves: { inner: and([isLeft, isRight]), left: isLeft, right: isRight, full: undefined }[how],
      terms: {
        unmatched: sql`count(*) FILTER ("__mr_is_right" IS NULL)`,
        unmatchedRight: sql`count(*) FILTER ("__mr_is_left" IS NULL)`,
      },
    },
    names,
  )
})
