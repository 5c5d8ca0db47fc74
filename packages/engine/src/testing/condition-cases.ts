import type { ConditionOperator } from '../spec/index.ts'

/** Rows of a table `(id int, name text, amount decimal(10,2), placed timestamp, paid boolean)`; null: SQL's NULL. */
export const conditionRows: readonly (readonly (string | null)[])[] = [
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
export const conditionCases: readonly Case[] = [
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
