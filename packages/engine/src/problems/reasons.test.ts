import { expect, it } from 'vitest'
import { reasonIn, ruleIn } from './reasons.ts'

it.each([
  ['“待定” is not a number that fits DECIMAL(18,2)', '“待定”不是数字，或超出 18 位（其中小数 2 位）'],
  ['“31/13” is not a date; “12.7” is not a whole number', '“31/13”不是日期；“12.7”不是整数'],
  ['“a; b” is not a date and time; the value is missing', '“a; b”不是日期时间；值缺失'],
  ['“ab” has a length of 2, which is less than 3', '“ab”的长度为 2，小于 3'],
  ['the key is missing; CHECK constraint failed: a; b', '缺少键；CHECK constraint failed: a; b'],
  ['value too long for type character varying(5)', 'value too long for type character varying(5)'],
])('%s', (stored, told) => {
  expect(reasonIn('zh', stored)).toBe(told)
  expect(reasonIn('en', stored)).toBe(stored)
})

it('names the rules that were broken', () => {
  expect(ruleIn('zh', 'type; range')).toBe('不符合类型；超出范围')
  expect(ruleIn('en', 'orders_amount_check')).toBe('orders_amount_check')
})
