import { expect } from 'vitest'
import type { Condition, ConditionGroup, ConditionOperator } from '../spec/index.ts'
import type { EngineBench } from './engine-bench.ts'
import { flowOf } from './flow-builder.ts'

/** Rows of a table `(id int, name text, amount decimal(10,2), placed timestamp, paid boolean)`; null: SQL's NULL. */
const conditionRows: readonly (readonly (string | null)[])[] = [
  ['1', 'Ana', '10.50', '2024-03-01 08:00:00', '1'],
  ['2', "O'Brien \\", '-3', '2024-03-02 00:00:00', '0'],
  ['3', '100% 李雷', '0', '2023-12-31 23:59:59.5', null],
  ['4', 'under_score', null, null, '1'],
  ['5', '  ', '99999999.99', '1899-12-30 00:00:00', '0'],
  ['6', null, '10.505', '2024-03-01 08:00:00.000001', '1'],
  ['7', 'a!b', '10', '2024-03-01 08:00:00', null],
]

type Case = readonly [column: string, operator: ConditionOperator, ...values: string[]]

/** What a filter and a database must understand in the same way. */
const conditionCases: readonly Case[] = [
  ['id', 'equals', '3'],
  ['ID', 'oneOf', '1', '4', '9'],
  ['id', 'notOneOf', '1', '4'],
  ['id', 'oneOf'],
  ['id', 'notOneOf'],
  ['name', 'equals', "O'Brien \\"],
  ['name', 'notEquals', 'Ana'],
  ['name', 'contains', '%'],
  ['name', 'contains', '_'],
  ['name', 'contains', '!'],
  ['name', 'contains', '李'],
  ['name', 'notContains', 'a'],
  ['name', 'startsWith', '100%'],
  ['name', 'endsWith', '\\'],
  ['name', 'matches', '^[A-Z]'],
  ['name', 'oneOf', 'Ana', 'a!b'],
  ['name', 'isEmpty'],
  ['name', 'isNotEmpty'],
  ['amount', 'greaterThan', '10'],
  ['amount', 'atLeast', '10.5'],
  ['amount', 'lessThan', '-2.5'],
  ['amount', 'atMost', '0'],
  ['amount', 'between', '10', '11'],
  ['amount', 'notEquals', '10.5'],
  ['amount', 'isEmpty'],
  ['placed', 'equals', '2024-03-01 08:00:00'],
  ['placed', 'atLeast', '2024-03-01'],
  ['placed', 'lessThan', '1900-01-01'],
  ['placed', 'isNotEmpty'],
  ['paid', 'isTrue'],
  ['paid', 'isFalse'],
]

/** The rows as the VALUES of an INSERT; `cell` spells a value in the system's SQL. */
export const conditionValues = (cell: (value: string, place: number) => string): string =>
  conditionRows
    .map((row) => `(${row.map((value, place) => (value === null ? 'NULL' : cell(value, place))).join(', ')})`)
    .join(', ')

const faulty: readonly (readonly [condition: Condition, code: string, field: string])[] = [
  [{ column: 'nme', operator: 'isEmpty', values: [] }, 'column.unknown', 'column'],
  [{ column: 'id', operator: 'equals', values: ['1 OR 1=1'] }, 'condition.value', 'values.0'],
  [{ column: 'placed', operator: 'lessThan', values: ['soon'] }, 'condition.value', 'values.0'],
]

/**
 * The source of these settings reads the rows of `conditionValues`, those that conditions ask for when it
 * is given some: the same as a filter with these conditions keeps. What cannot be asked has its place, and gives no rows.
 */
export async function expectConditions(
  { engine }: Pick<EngineBench, 'engine'>,
  kind: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const source = (where?: ConditionGroup) => ({
    id: 'in',
    kind,
    settings: { connection: 'db', ...settings, ...(where && { where }) },
  })
  const preview = (where: ConditionGroup, isFilter: boolean) =>
    engine.preview({
      flow: isFilter
        ? flowOf([source(), { id: 'kept', kind: 'filter', settings: { where } }], ['in -> kept'])
        : flowOf([source(where)], []),
      nodeId: isFilter ? 'kept' : 'in',
      port: 'out',
      limit: 100,
      parameters: {},
    })
  const expectAlike = async (where: ConditionGroup) => {
    const [decided, filtered] = [await preview(where, false), await preview(where, true)]
    expect(filtered.problems).toEqual([])
    expect({ where, rows: decided.rows, problems: decided.problems }).toEqual({
      where,
      rows: filtered.rows,
      problems: [],
    })
  }
  const conditions = conditionCases.map(([column, operator, ...values]) => ({ column, operator, values }))
  for (const condition of conditions) await expectAlike({ combine: 'and', conditions: [condition] })
  await expectAlike({
    combine: 'or',
    conditions: conditions.slice(7, 8),
    groups: [
      { combine: 'and', conditions: conditions.slice(8, 10) },
      { combine: 'and', conditions: [] },
    ],
  })
  for (const [condition, code, place] of faulty) {
    const where: ConditionGroup = { combine: 'and', conditions: [condition] }
    const { problems, ports } = await engine.infer(flowOf([source(where)], []))
    const location = expect.objectContaining({ field: `where.conditions.0.${place}` })
    expect(
      problems.filter((problem) => problem.severity === 'error' && problem.location.nodeId === 'in'),
    ).toEqual([expect.objectContaining({ code, location })])
    // What the conditions are chosen of is known all the same.
    expect(ports['in']?.['out']).toHaveLength(5)
    // Rows that nobody has asked for would be taken for those that were.
    const shown = await preview(where, false)
    expect([shown.rows, shown.problems.map((problem) => problem.code)]).toEqual([[], [code]])
  }
}
