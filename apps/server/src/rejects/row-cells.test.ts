import { expect, it } from 'vitest'
import { cellsOf } from './row-cells.ts'

const columns = ['id', 'amount', 'paid', 'lines', 'name', 'none'].map((name) => ({
  name,
  type: 'VARCHAR',
  format: '',
}))

it('keeps every digit of the numbers of a row', () => {
  const row =
    '{"id":1234567890123456789,"amount":0.10,"paid":false,"lines":[{"id":9007199254740993}],"name":"1e5","none":null}'
  expect(cellsOf(row, columns, ',')).toEqual({
    id: '1234567890123456789',
    amount: '0.10',
    paid: 'false',
    lines: '[{"id":9007199254740993}]',
    name: '1e5',
    none: null,
  })
})

it('splits a line that is no object', () => {
  expect(cellsOf('7;"a;b"', columns.slice(0, 3), ';')).toEqual({ id: '7', amount: 'a;b', paid: null })
})
