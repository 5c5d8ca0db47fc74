import { type Column, kindOf } from '../../model/index.ts'
import { createProblem } from '../../problems/index.ts'
import { type CompileContext, countedPort, defineOperator } from '../../spec/index.ts'
import { identifier, join, type Sql, sql } from '../../sql/index.ts'
import { requireColumn } from '../conditions.ts'
import { onlyInput } from '../inputs.ts'
import { aggregateSpec, type Measure } from './spec.ts'

const numeric = new Set(['sum', 'average', 'median', 'deviation'])

function figure({ how }: Measure, column: Column | undefined): Sql {
  const value = column && identifier(column.name)
  if (!value) return sql`count(*)`
  switch (how) {
    case 'count':
      return sql`count(${value})`
    case 'countDistinct':
      return sql`count(DISTINCT ${value})`
    case 'sum':
      // DuckDB sums whole numbers as HUGEINT; a decimal of 38 digits holds them and is known everywhere.
      return kindOf(column.type) === 'integer'
        ? sql`CAST(sum(${value}) AS DECIMAL(38,0))`
        : sql`sum(${value})`
    case 'average':
      return sql`avg(${value})`
    case 'minimum':
      return sql`min(${value})`
    case 'maximum':
      return sql`max(${value})`
    case 'median':
      return sql`median(${value})`
    case 'deviation':
      return sql`stddev_samp(${value})`
    case 'first':
      return sql`first(${value} ORDER BY "__mr_order")`
    case 'last':
      return sql`last(${value} ORDER BY "__mr_order")`
    case 'text':
      return sql`string_agg(CAST(${value} AS VARCHAR), ', ' ORDER BY "__mr_order")`
  }
}

function columnOf(
  measure: Measure,
  index: number,
  columns: readonly Column[],
  context: CompileContext<unknown>,
): Column | undefined {
  if (measure.how === 'count' && measure.column === '') return undefined
  const column = requireColumn(measure.column, columns, `measures.${index}.column`, context)
  const isNumber = column && ['integer', 'decimal', 'float'].includes(kindOf(column.type))
  if (column && numeric.has(measure.how) && !isNumber)
    context.report(
      createProblem(
        'expression.type',
        { expected: { en: 'a number', zh: '数字' }, actual: column.type },
        { field: `measures.${index}.column` },
      ),
    )
  return column
}

export const aggregate = defineOperator(aggregateSpec, (context) => {
  const input = onlyInput(context)
  const { groups, measures } = context.settings
  groups.forEach((name, index) => {
    requireColumn(name, input.columns, `groups.${index}`, context)
  })
  const figures = measures.map(
    (measure, index) =>
      sql`${figure(measure, columnOf(measure, index, input.columns, context))} AS ${identifier(measure.name)}`,
  )
  if (groups.length + figures.length === 0)
    context.report(
      createProblem('setting.required', { label: { en: 'Figures', zh: '指标' } }, { field: 'measures' }),
    )
  const keys = join(groups.map(identifier))
  const ordered = measures.some(({ how }) => how === 'first' || how === 'last' || how === 'text')
  const relation = ordered
    ? sql`(SELECT *, row_number() OVER () AS "__mr_order" FROM ${input.relation})`
    : input.relation
  // Every row is in exactly one group, so the sizes of the groups add up to the rows.
  const list = join([...groups.map(identifier), ...figures, sql`count(*) AS "__mr_size"`])
  const grouped = groups.length === 0 ? sql`` : sql` GROUP BY ${keys} ORDER BY ${keys}`
  return countedPort(
    {
      port: 'out',
      select: sql`SELECT ${list} FROM ${relation}${grouped}`,
      leaves: undefined,
      terms: { merged: sql`coalesce(sum("__mr_size"), 0)` },
    },
    [...groups, ...measures.map(({ name }) => name)],
  )
})
