import { expect, it } from 'vitest'
import { reasonPattern } from './reason-pattern.ts'
import { reasonIn, reasonSentences } from './reasons.ts'

/** As the desk searches: in what is stored, and by the pattern. */
const finds = (text: string, stored: string): boolean => {
  const pattern = reasonPattern(text)
  return stored.includes(text) || (pattern !== undefined && new RegExp(pattern, 'i').test(stored))
}

it.each([
  ['不是数字', '“待定” is not a number', true],
  ['不是数字', '“待定” is not a date', false],
  ['不是日期时间', '“x” is not a date', false],
  ['“待定”不是', '“待定” is not a number that fits DECIMAL(18,2)', true],
  ['定”不是数', '“待定” is not a number', true],
  ['未定”不是数', '“待定” is not a number', false],
  ['超出 18 位（其中', '“待定” is not a number that fits DECIMAL(18,2)', true],
  ['超出 9 位（其中', '“待定” is not a number that fits DECIMAL(18,2)', false],
  ['不是 json', 'this is not JSON', true],
  ['整数', '“31/13” is not a date; “12.7” is not a whole number', true],
  ['日期；“12.7”不是整', '“31/13” is not a date; “12.7” is not a whole number', true],
  ['日期；“12.8”不是整', '“31/13” is not a date; “12.7” is not a whole number', false],
  ['缺少键；CHECK constraint failed: a; b', 'the key is missing; CHECK constraint failed: a; b', true],
  ['值缺失', 'value too long', false],
  ['.*(', '“x” is not a date', false],
])('%s in %s: %s', (text, stored, isFound) => {
  expect(finds(text, stored)).toBe(isFound)
})

it('gives up where there is nothing but punctuation, over and over', () => {
  expect(reasonPattern('“a”'.repeat(60))).toBeUndefined()
})

it('every sentence is found by what it is told as, and by the half of it', () => {
  for (const { en } of reasonSentences) {
    const stored = en.replace(/\{(\w+)\}/g, '7$1*')
    const told = reasonIn('zh', stored)
    expect(finds(told, stored), told).toBe(true)
    expect(finds(told.slice(Math.floor(told.length / 2)), stored), told).toBe(true)
    const other = `${stored}x`
    expect(finds(told, other), told).toBe(reasonIn('zh', other).includes(told))
  }
})
