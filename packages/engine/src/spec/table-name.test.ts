import { describe, expect, it } from 'vitest'
import { formatTableName, parseTableName } from './table-name.ts'

describe('names of tables', () => {
  it.each([
    ['orders', { schema: '', table: 'orders' }],
    ['public.orders', { schema: 'public', table: 'orders' }],
    ['中 文.a b', { schema: '中 文', table: 'a b' }],
    ['"a.b"."c""d"', { schema: 'a.b', table: 'c"d' }],
    ['public."a.b"', { schema: 'public', table: 'a.b' }],
    ["x'; DROP TABLE y; --", { schema: '', table: "x'; DROP TABLE y; --" }],
  ])('%s', (text, name) => {
    expect(parseTableName(text)).toEqual(name)
    expect(formatTableName(name)).toBe(text)
  })

  it.each(['', '.', 'a.', '.a', 'a.b.c', '"a', 'a"b', '""'])('%s is no name', (text) => {
    expect(parseTableName(text)).toBeUndefined()
  })
})
