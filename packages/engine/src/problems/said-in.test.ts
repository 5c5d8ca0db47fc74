import { describe, expect, it } from 'vitest'
import { saidIn } from './said-in.ts'

describe('saidIn', () => {
  it.each([
    [
      "Could not convert string 'abc' to INT32 when casting from source column amount",
      '列“amount”中的“abc”无法转换为 INTEGER',
    ],
    ["Could not convert string '$2 each' to INT64", '“$2 each”无法转换为 BIGINT'],
    [
      'Could not parse string "2024-13-01" according to format specifier "%Y-%m-%d"',
      '“2024-13-01”不符合格式“%Y-%m-%d”',
    ],
    ['syntax error at or near ";"', '“;”附近有语法错误'],
    ['the aggregate sum', '聚合函数 sum'],
    ['line 1, column 19: unexpected close tag.', '第 1 行第 19 列：结束标签没有对应的开始标签'],
  ])('tells %j in Chinese', (en, zh) => {
    expect(saidIn(en)).toEqual({ en, zh })
  })

  it('leaves what it does not know as it is', () => {
    expect(saidIn('something else')).toEqual({ en: 'something else', zh: 'something else' })
  })
})
