import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, it } from 'vitest'
import type { Column } from '../model/index.ts'
import type { Condition, ConditionGroup } from '../spec/condition.ts'
import { readConditions } from './condition-parse.ts'
import { textOfConditions } from './condition-text.ts'
import { compileConditions } from './conditions.ts'

const columns: Column[] = [
  { name: '状态 "x"', type: 'VARCHAR' },
  { name: 'amount', type: 'DECIMAL(18,2)' },
  { name: 'qty', type: 'BIGINT' },
  { name: 'day', type: 'DATE' },
  { name: 'ok', type: 'BOOLEAN' },
]
const c = (column: string, operator: Condition['operator'], ...values: string[]): Condition => ({
  column,
  operator,
  values,
})
const text = '状态 "x"'
const single: Condition[] = [
  c(text, 'equals', "it's"),
  c(text, 'notEquals', ''),
  c(text, 'contains', 'a"b'),
  c(text, 'notContains', 'a'),
  c(text, 'startsWith', 'a'),
  c(text, 'endsWith', '%'),
  c(text, 'matches', '^a.*'),
  c(text, 'oneOf', 'a', 'AND', ')'),
  c(text, 'notOneOf', 'a', 'b'),
  c(text, 'isEmpty'),
  c(text, 'isNotEmpty'),
  c('amount', 'lessThan', '-1.5'),
  c('amount', 'equals', '1.555'),
  c('amount', 'between', '1', '2.50'),
  c('qty', 'atMost', '3'),
  c('qty', 'atLeast', '1.5'),
  c('qty', 'oneOf', '1', '2', '3', '4', '5', '6'),
  c('qty', 'notOneOf', '1'),
  c('qty', 'isEmpty'),
  c('qty', 'isNotEmpty'),
  c('day', 'greaterThan', '2026-01-31'),
  c('ok', 'isTrue'),
  c('ok', 'isFalse'),
]
const withParameters = [
  c(text, 'equals', '${state}'),
  c(text, 'contains', '${part}'),
  c('day', 'between', '${from}', '2026-01-31'),
  c('qty', 'oneOf', '1', '${count}'),
]
const nested: ConditionGroup = {
  combine: 'or',
  conditions: [c('qty', 'between', '1', '2'), c('ok', 'isTrue')],
  groups: [
    { combine: 'and', conditions: [c(text, 'isEmpty'), c('qty', 'notEquals', '7')] },
    {
      combine: 'and',
      conditions: [c('amount', 'atLeast', '10')],
      groups: [{ combine: 'or', conditions: [c('day', 'isEmpty'), c(text, 'notOneOf', 'a')] }],
    },
  ],
}
const groups: ConditionGroup[] = [
  ...single.map((one): ConditionGroup => ({ combine: 'and', conditions: [one] })),
  { combine: 'and', conditions: single },
  nested,
]
const written: ConditionGroup[] = [...groups, { combine: 'and', conditions: withParameters }]

describe('conditions and their text', () => {
  it.each(written.map((group) => [textOfConditions(group, columns), group] as const))(
    '%s is read back',
    (written, group) => {
      expect(readConditions(written, columns)).toEqual({ ok: true, group })
    },
  )

  it('mean the same rows', async () => {
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run(`CREATE TABLE t AS SELECT s AS "状态 ""x""", a::DECIMAL(18,2) AS amount, q::BIGINT AS qty,
      d::DATE AS day, o AS ok FROM (VALUES (NULL),('  '),('a'),('AND'),('it''s'),('a"b%')) x(s),
      (VALUES (NULL),(1),(1.56),(-2)) y(a), (VALUES (NULL),(1),(2),(7)) z(q),
      (VALUES (NULL),('2026-02-01')) v(d), (VALUES (NULL),(true),(false)) w(o)`)
    const count = async (where: string) =>
      String(
        (await connection.runAndReadAll(`SELECT count(*), sum(hash(t)) FROM t WHERE ${where}`)).getRows(),
      )
    for (const group of groups) {
      const compiled = compileConditions(group, columns, 'where', { report: () => expect.unreachable() })
      expect(await count(`coalesce(${textOfConditions(group, columns)}, false)`)).toBe(
        await count(compiled.text),
      )
    }
  })

  it('says why a text is no condition, and where', () => {
    const why = (written: string) => {
      const reading = readConditions(written, columns)
      return reading.ok ? undefined : [reading.position, reading.reason.en]
    }
    expect(why('qty + 1 > 2')).toEqual([4, '“+” does not belong to a condition'])
    expect(why('upper("状态 ""x""") = \'A\'')?.[1]).toContain('calculation')
    expect(why('qty <> 1')?.[1]).toContain('IS DISTINCT FROM')
    expect(why('qtty = 1')?.[1]).toContain('no column “qtty”')
    expect(why('"状态 ""x""" IS NULL')?.[1]).toContain('blank')
    expect(why('qty = 1 OR')?.[1]).toContain('starts with a column')
    expect(why('NOT ok IS TRUE')?.[1]).toContain('NOT')
    expect(why(`${'('.repeat(5000)}qty = 1`)?.[1]).toContain('parentheses')
    expect(why('')).toBeUndefined()
  })

  it('reads what people write', () => {
    expect(readConditions('(QTY in (1,2)) and amount>=10', columns)).toEqual({
      ok: true,
      group: { combine: 'and', conditions: [c('qty', 'oneOf', '1', '2'), c('amount', 'atLeast', '10')] },
    })
  })
})
