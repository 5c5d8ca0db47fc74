import { expect, it } from 'vitest'
import { placeFault } from './place-fault.ts'

const columns = [
  { name: 'id', type: 'BIGINT' },
  { name: 'price', type: 'DECIMAL(18,2)' },
  { name: 'changed', type: 'TIMESTAMP WITH TIME ZONE' },
  { name: 'code', type: 'VARCHAR' },
]

it.each([
  ['id', '12', undefined],
  ['ID', ' -3 ', undefined],
  ['id', '', undefined],
  ['id', 'many', 'cursor.notWhole'],
  ['id', '1.5', 'cursor.notWhole'],
  ['price', '1.5', undefined],
  ['price', '1,5', 'cursor.notNumber'],
  ['changed', '2026-03-01 12:00:00.123+00', undefined],
  ['changed', '2026-03-01T12:00:00Z', undefined],
  ['changed', 'yesterday', 'cursor.notDay'],
  ['code', 'anything', undefined],
  ['unknown', 'anything', undefined],
])('%s at “%s”: %s', (name, text, fault) => {
  expect(placeFault(text, name, columns)).toBe(fault)
})
