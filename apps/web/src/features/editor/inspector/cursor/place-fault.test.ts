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
  ['id', 'many', 'a whole number'],
  ['id', '1.5', 'a whole number'],
  ['price', '1.5', undefined],
  ['price', '1,5', 'a number'],
  ['changed', '2026-03-01 12:00:00.123+00', undefined],
  ['changed', '2026-03-01T12:00:00Z', undefined],
  ['changed', 'yesterday', 'a time such as 2026-03-01 12:00'],
  ['code', 'anything', undefined],
  ['unknown', 'anything', undefined],
])('%s at “%s”: %s', (name, text, fault) => {
  expect(placeFault(text, name, columns)?.parameters['expected']).toBe(fault)
})
