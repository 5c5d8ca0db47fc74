import { expect, it } from 'vitest'
import { readApproval } from './parameters.ts'

it('reads what was approved, by target', () => {
  expect(readApproval(['3:1'], ['out'])).toEqual({ out: '3:1' })
  expect(readApproval(['a=3:1', 'b=0:0'], ['a', 'b'])).toEqual({ a: '3:1', b: '0:0' })
})

it.each([['3:1'], ['c=3:1'], ['__proto__=1']])('refuses %j where there are two targets', (text) => {
  expect(() => readApproval([text], ['a', 'b'])).toThrow(/NODE=DIGEST of one of a, b/)
})
