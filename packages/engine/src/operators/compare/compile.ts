import { sameName } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { defineOperator } from '../../spec/index.ts'
import { and, identifier, join, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { checkKeyTypes } from '../keys.ts'
import { compareSpec } from './spec.ts'

export const compare = defineOperator(compareSpec, (context) => {
  const before = onlyInput(context, 'old')
  const after = onlyInput(context, 'new')
  const { keys, columns } = context.settings
  if (keys.length === 0)
    context.report(
      createProblem(
        'setting.required',
        { label: { en: 'Rows belong together by', zh: '按以下列对应' } },
        { field: 'keys' },
      ),
    )
  keys.forEach((key, index) => {
    const a = requireColumn(key, before.columns, `keys.${index}`, context)
    const b = requireColumn(key, after.columns, `keys.${index}`, context)
    if (a && b) checkKeyTypes(a, b, `keys.${index}`, context)
  })
  const isKey = (name: string) => keys.some((key) => sameName(key, name))
  const shared = after.columns.filter(
    ({ name }) => !isKey(name) && before.columns.some((other) => sameName(other.name, name)),
  )
  const compared =
    columns.length > 0
      ? shared.filter(({ name }) => columns.some((wanted) => sameName(wanted, name)))
      : shared
  columns.forEach((name, index) => {
    requireColumn(name, shared, `columns.${index}`, context)
  })

  const keyList = join(keys.map(identifier))
  // Of rows with one key, the first of each side stands for it; the others are counted as repeated.
  const first = (relation: typeof before.relation) =>
    sql`(SELECT * FROM ${relation} QUALIFY row_number() OVER (PARTITION BY ${keyList}) = 1)`
  const [a, b] = [sql`${first(before.relation)} AS a`, sql`${first(after.relation)} AS b`]
  const on =
    keys.length > 0
      ? and(keys.map((key) => sql`a.${identifier(key)} IS NOT DISTINCT FROM b.${identifier(key)}`))
      : sql`false`
  const differs = compared.map(
    ({ name }) =>
      sql`CASE WHEN a.${identifier(name)} IS DISTINCT FROM b.${identifier(name)} THEN ${name} END`,
  )
  const changes = differs.length === 0 ? sql`''` : sql`concat_ws(', ', ${join(differs)})`
  const list = (side: typeof a, all: typeof after.columns) =>
    join(all.map(({ name }) => sql`${side}.${identifier(name)}`))
  const pairs = sql`FROM ${b} JOIN ${a} ON ${on}`
  const distinctKeys = (relation: typeof before.relation) =>
    sql`(SELECT count(*) FROM (SELECT DISTINCT ${keyList} FROM ${relation}))`
  const rows = (relation: typeof before.relation) => sql`(SELECT count(*) FROM ${relation})`
  return {
    outputs: {
      added: sql`SELECT ${list(sql`b`, after.columns)} FROM ${b} WHERE NOT EXISTS (SELECT 1 FROM ${a} WHERE ${on})`,
      changed: sql`SELECT ${list(sql`b`, after.columns)}, ${changes} AS changed_columns ${pairs} WHERE ${changes} <> ''`,
      removed: sql`SELECT ${list(sql`a`, before.columns)} FROM ${a} WHERE NOT EXISTS (SELECT 1 FROM ${b} WHERE ${on})`,
      same: sql`SELECT ${list(sql`b`, after.columns)} ${pairs} WHERE ${changes} = ''`,
    },
    tallies: {
      // Two rows that belong together leave as one.
      matched: sql`SELECT count(*) ${pairs}`,
      repeated: sql`SELECT ${rows(before.relation)} - ${distinctKeys(before.relation)} + ${rows(after.relation)} - ${distinctKeys(after.relation)}`,
    },
  }
})
