import { describe, expect, it } from 'vitest'
import { cellParts, columnWidth, longestCell } from './cell-text.ts'
import { mendedSettings, mendedText } from './mending.ts'
import { pinnedFrom, withCell, withColumn, withoutColumn, withoutRow, withRow } from './pinned-rows.ts'
import { inOrder, reasonsFirst } from './reject-columns.ts'

describe('cells', () => {
  it('shows matches without regard to case, and line breaks', () => {
    expect(cellParts('Bob\r\nbo', 'BO')).toEqual([
      { kind: 'match', text: 'Bo' },
      { kind: 'plain', text: 'b' },
      { kind: 'break', text: '\r\n' },
      { kind: 'match', text: 'bo' },
    ])
    expect(cellParts('', 'x')).toEqual([])
  })

  it('cuts long texts, and leaves alone letters that grow in lower case', () => {
    expect(cellParts('x'.repeat(5000), '')).toEqual([{ kind: 'plain', text: 'x'.repeat(longestCell) }])
    expect(cellParts('İx', 'x')).toEqual([{ kind: 'plain', text: 'İx' }])
  })

  it('makes columns as wide as their values, within bounds', () => {
    expect(columnWidth('id', ['1'])).toBe(96)
    expect(columnWidth('id', ['1'], 'x'.repeat(20))).toBeGreaterThan(140)
    expect(columnWidth('id', ['1'], 'x'.repeat(500))).toBe(240)
    expect(columnWidth('note', ['x'.repeat(1000)])).toBe(320)
    expect(columnWidth('n', ['李雷李雷李雷李雷'])).toBe(columnWidth('n', ['x'.repeat(16)]))
  })
})

it('shows why rows were rejected before what is in them', () => {
  const columns = ['id', 'reject_column', 'amount', 'reject_value', 'reject_reason'].map((name) => ({
    name,
    type: 'VARCHAR',
  }))
  const places = reasonsFirst(columns)
  expect(inOrder(['1', 'amount', 'x', 'x', 'why'], places)).toEqual(['amount', 'x', 'why', '1', 'x'])
})

describe('mending', () => {
  it('replaces the faulty word only', () => {
    expect(mendedText('upper(nme) || nme', 6, 'name')).toBe('upper(name) || nme')
    expect(mendedText('"a ""b" > 1', 0, '"c d"')).toBe('"c d" > 1')
    expect(mendedText('姓名 = 1', 0, 'x')).toBe('x = 1')
    expect(mendedText('wrong', undefined, 'right')).toBe('right')
  })

  it('finds the field in the settings and changes nothing else', () => {
    const settings = {
      columns: [
        { name: 'a', expression: 'nme' },
        { name: 'b', expression: 'y' },
      ],
      other: 1,
    }
    expect(mendedSettings(settings, { field: 'columns.0.expression', position: 0 }, 'name')).toEqual({
      columns: [
        { name: 'a', expression: 'name' },
        { name: 'b', expression: 'y' },
      ],
      other: 1,
    })
    expect(settings.columns[0]?.expression).toBe('nme')
  })

  it('does nothing where there is no such text', () => {
    expect(mendedSettings({ a: 1 }, { field: 'a' }, 'x')).toBeUndefined()
    expect(mendedSettings({ a: '' }, { field: 'constructor.name' }, 'x')).toBeUndefined()
    expect(mendedSettings({ a: '' }, {}, 'x')).toBeUndefined()
  })
})

describe('pinned rows', () => {
  const pinned = {
    columns: [
      { name: 'id', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
    ],
    rows: [
      ['1', 'Bo'],
      ['2', null],
    ],
  }

  it('takes the first rows, with a cell for each column', () => {
    const rows = Array.from({ length: 80 }, (_, index) => [String(index)])
    const taken = pinnedFrom({ columns: pinned.columns, rows })
    expect(taken?.rows).toHaveLength(50)
    expect(taken?.rows[49]).toEqual(['49', null])
    expect(pinnedFrom({ columns: [], rows: [] })).toBeUndefined()
  })

  it('edits cells, rows and columns and keeps the old value whole', () => {
    expect(withCell(pinned, 1, 1, 'Al').rows[1]).toEqual(['2', 'Al'])
    expect(withCell(pinned, 0, 0, '1')).toBe(pinned)
    expect(withCell(pinned, 9, 0, 'x')).toBe(pinned)
    expect(withRow(pinned, 0).rows[1]).toEqual([null, null])
    expect(withoutRow(pinned, 0).rows).toEqual([['2', null]])
    expect(withColumn(pinned, { name: 'ID', type: 'DATE' }).columns[2]).toEqual({
      name: 'ID_2',
      type: 'DATE',
    })
    expect(withColumn(undefined, { name: 'a', type: 'DATE' })).toEqual({
      columns: [{ name: 'a', type: 'DATE' }],
      rows: [[null]],
    })
    expect(withoutColumn(pinned, 'ID').rows).toEqual([['Bo'], [null]])
    expect(withoutColumn(withoutColumn(pinned, 'id'), 'name').columns).toHaveLength(1)
    expect(pinned.rows).toEqual([
      ['1', 'Bo'],
      ['2', null],
    ])
  })
})
