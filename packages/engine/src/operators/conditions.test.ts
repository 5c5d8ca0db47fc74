import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it } from 'vitest'
import type { Column } from '../model/index.ts'
import type { Problem } from '../problems/index.ts'
import type { Condition, ConditionGroup } from '../spec/condition.ts'
import { compileConditions } from './conditions.ts'

const columns: Column[] = [
  { name: 'amount', type: 'DECIMAL(18,2)' },
  { name: 'qty', type: 'INTEGER' },
  { name: 'day', type: 'DATE' },
  { name: 'name', type: 'VARCHAR' },
]
type Case = readonly [column: string, operator: Condition['operator'], ...values: string[]]

function compile([column, operator, ...values]: Case) {
  const problems: Problem[] = []
  const group: ConditionGroup = { combine: 'and', conditions: [{ column, operator, values }] }
  const { text } = compileConditions(group, columns, 'where', { report: (problem) => problems.push(problem) })
  return { text, problems }
}

it.each<[given: Case, rows: number]>([
  [['qty', 'equals', '1.5'], 0],
  [['qty', 'atLeast', '1.5'], 1],
  [['qty', 'oneOf', '1.5', '2'], 1],
  [['qty', 'lessThan', '3000000000'], 2],
  [['qty', 'greaterThan', '1e0'], 1],
  [['amount', 'equals', '1.555'], 0],
  [['amount', 'greaterThan', '1.555'], 1],
  [['amount', 'lessThan', '99999999999999999999'], 2],
  [['day', 'lessThan', '2026-02-01 12:00'], 2],
])('compares with the value as it is written: %s', async (given, rows) => {
  const { text, problems } = compile(given)
  expect(problems).toEqual([])
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(
    `CREATE TABLE t AS FROM (VALUES (1::INTEGER, 1.00::DECIMAL(18,2), DATE '2026-02-01'), (2, 1.56, '2026-01-31')) v(qty, amount, day)`,
  )
  const result = await connection.runAndReadAll(`SELECT count(*) FROM t WHERE ${text}`)
  expect(Number(result.getRows()[0]?.[0]), text).toBe(rows)
})

it.each<[Case, code: string, place: number, suggestions: string[]]>([
  [['amount', 'greaterThan', '￥1,000.5'], 'condition.value', 0, ['1000.5']],
  [['amount', 'between', '1', ''], 'setting.required', 1, []],
  [['qty', 'oneOf', '1', 'two'], 'condition.value', 1, []],
  [['day', 'equals', '2026年3月1日'], 'condition.value', 0, ['2026-03-01']],
])('says where a value is none, and what may be meant: %s', (given, code, place, suggestions) => {
  expect(compile(given).problems).toMatchObject([
    { code, location: { field: `where.conditions.0.values.${place}` }, suggestions },
  ])
})

it('takes every text for a value of a text', () => {
  expect(compile(['name', 'equals', '']).problems).toEqual([])
})
