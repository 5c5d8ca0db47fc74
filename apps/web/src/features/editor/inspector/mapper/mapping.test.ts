import { describe, expect, it } from 'vitest'
import { isMismatch, linkOf, namesInText } from './mapping.ts'

const columns = [
  { name: 'name', type: 'VARCHAR' },
  { name: 'order', type: 'BIGINT' },
  { name: 'unit "price"', type: 'DOUBLE' },
]

describe('what a new column is made of', () => {
  it.each([
    ['name', 'copy', ['name']],
    ['NAME', 'copy', ['name']],
    [' "unit ""price""" ', 'copy', ['unit "price"']],
    ['CAST("order" AS DECIMAL(18,2))', 'convert', ['order']],
    ['cast(name as date)', 'convert', ['name']],
    ['upper(name) || "order"', 'calculation', ['name', 'order']],
    ["'name'", 'calculation', []],
    ['order', 'calculation', []],
    ['  ', 'nothing', []],
  ])('%s: %s of %s', (expression, how, sources) => {
    expect(linkOf(expression, columns)).toEqual({ how, sources })
  })

  it('tells types that do not go together', () => {
    expect(isMismatch('VARCHAR', 'DATE')).toBe(true)
    expect(isMismatch('DOUBLE', 'BIGINT')).toBe(true)
    expect(isMismatch('BIGINT', 'DOUBLE')).toBe(false)
    expect(isMismatch('BIGINT', 'INTEGER')).toBe(false)
    expect(isMismatch(undefined, 'DATE')).toBe(false)
  })
})

describe('names in a pasted text', () => {
  it.each([
    ['a\tb c\td\n1\t2\t3', ['a', 'b c', 'd']],
    ['"a";"b ""x""";a', ['a', 'b "x"']],
    ['客户名称、手机，城市', ['客户名称', '手机', '城市']],
    ['one\r\ntwo\n\nTWO', ['one', 'two']],
    ['', []],
  ])('%j', (text, names) => {
    expect(namesInText(text)).toEqual(names)
  })
})
