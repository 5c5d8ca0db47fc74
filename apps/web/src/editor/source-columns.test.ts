import { expect, it } from 'vitest'
import { keepingEdits } from './source-columns.ts'

const column = (name: string, type = 'VARCHAR', more: { format?: string; original?: string } = {}) => ({
  name,
  type,
  format: '',
  ...more,
})

it('keeps what somebody has given to a column, and takes the rest from the new reading', () => {
  const read = [column('id', 'BIGINT'), column('day', 'DATE'), column('sum', 'DOUBLE')]
  const before = [
    column('id', 'VARCHAR'),
    column('bought', 'DATE', { original: 'day' }),
    column('sum', 'DOUBLE'),
  ]
  const found = [column('id', 'BIGINT'), column('sum'), column('day', 'TIMESTAMP'), column('more')]
  expect(keepingEdits(found, before, read)).toEqual([
    column('id', 'VARCHAR'),
    column('sum'),
    column('bought', 'TIMESTAMP', { original: 'day' }),
    column('more'),
  ])
})

it('takes every type for a given one where the reading before is not known any more', () => {
  expect(keepingEdits([column('id', 'BIGINT'), column('new')], [column('id')], undefined)).toEqual([
    column('id'),
    column('new'),
  ])
})
