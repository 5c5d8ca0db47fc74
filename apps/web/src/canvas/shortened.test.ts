import { expect, it } from 'vitest'
import { shortened } from './shortened.ts'

it.each([
  ['Orders', 'Orders'],
  ['Orders of 2024', 'Orders of…'],
  ['Orders ofx', 'Orders ofx'],
  ['清洗客户数据', '清洗客户数…'],
  ['清洗客户数', '清洗客户数'],
  ['A，清洗 B', 'A，清洗 B'],
  ['😀😀😀😀😀😀', '😀😀😀😀😀…'],
  ['', ''],
])('%s becomes %s within ten columns', (text, expected) => {
  expect(shortened(text, 10)).toBe(expected)
})
