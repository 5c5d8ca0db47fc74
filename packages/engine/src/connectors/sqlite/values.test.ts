import { describe, expect, it } from 'vitest'
import { fitsDecimal, isExactReal, plainNumber } from './decimals.ts'
import { timeText } from './times.ts'
import { affinityOf, declaredType, flowType } from './types.ts'

describe('values of SQLite', () => {
  it.each([
    ['1.5e-7', '0.00000015'],
    ['-1e3', '-1000'],
    ['12.50', '12.5'],
    ['.5', '0.5'],
    ['007', '7'],
    ['-0.0', '0'],
    ['1.5e+300', `15${'0'.repeat(299)}`],
    ['abc', undefined],
    ['', undefined],
    ['.', undefined],
  ])('writes %s in digits', (text, plain) => expect(plainNumber(text)).toBe(plain))

  it('knows what fits without rounding', () => {
    expect(fitsDecimal('-999.99', 5, 2)).toBe(true)
    expect(fitsDecimal('1000', 5, 2)).toBe(false)
    expect(fitsDecimal('0.005', 5, 2)).toBe(false)
    expect(isExactReal('0.1')).toBe(true)
    expect(isExactReal('0.10')).toBe(true)
    expect(isExactReal('9007199254740993')).toBe(false)
    expect(isExactReal('0.30000000000000000001')).toBe(false)
    expect(isExactReal('1e999')).toBe(false)
  })

  it.each([
    ['2024-02-29', 'DATE', '2024-02-29'],
    ['2023-02-29', 'DATE', undefined],
    ['1900-02-29', 'DATE', undefined],
    ['2000-02-29', 'DATE', '2000-02-29'],
    ['2024-04-31', 'DATE', undefined],
    ['2024-12-31', 'DATE', '2024-12-31'],
    ['2024-13-01', 'DATE', undefined],
    ['2024-00-10', 'DATE', undefined],
    ['2024-01-00', 'DATE', undefined],
    ['2024-01-02 00:00:00.000', 'DATE', '2024-01-02'],
    ['2024-01-02 00:00:01', 'DATE', undefined],
    ['2024-01-02', 'TIMESTAMP', '2024-01-02'],
    ['2024-01-02T23:59:59.123456000', 'TIMESTAMP', '2024-01-02 23:59:59.123456'],
    ['2024-01-02 23:59:59.1234567', 'TIMESTAMP', undefined],
    ['2024-01-02 24:00', 'TIMESTAMP', undefined],
    ['2024-01-02 10:00+02:00', 'TIMESTAMP', undefined],
    ['2024-01-02 10:00Z', 'TIMESTAMP', '2024-01-02 10:00'],
    ['2024-01-01 00:30:00.25+0530', 'TIMESTAMP WITH TIME ZONE', '2023-12-31 19:00:00.25+00'],
    ['2024-01-01 00:30-08', 'TIMESTAMP WITH TIME ZONE', '2024-01-01 08:30:00+00'],
    ['10:20', 'TIME', '10:20'],
    ['25:00', 'TIME', undefined],
    ['1704067200', 'TIMESTAMP', undefined],
  ] as const)('reads %s as %s', (text, type, expected) => expect(timeText(text, type)).toBe(expected))

  it('takes declared types as SQLite does', () => {
    const all = [
      'UNSIGNED BIG INT',
      'CHARACTER(20)',
      'DOUBLE PRECISION',
      'STRING',
      'FLOATING POINT',
      '',
      'any',
    ]
    expect(all.map(affinityOf)).toEqual(['INTEGER', 'TEXT', 'REAL', 'NUMERIC', 'INTEGER', 'BLOB', 'NUMERIC'])
    expect(['NUMERIC ( 10 )', 'decimal(60,2)', 'DECIMAL_TEXT(20,0)', 'datetime(6)'].map(flowType)).toEqual([
      'DECIMAL(10,0)',
      'DOUBLE',
      'DECIMAL(20,0)',
      'TIMESTAMP',
    ])
  })

  it('gives types back that a table was made for', () => {
    const kept = [
      'BIGINT',
      'DOUBLE',
      'BOOLEAN',
      'VARCHAR',
      'BLOB',
      'DATE',
      'TIME',
      'TIMESTAMP',
      'TIMESTAMP WITH TIME ZONE',
      'DECIMAL(38,10)',
    ]
    expect(kept.map((type) => flowType(declaredType({ name: 'x', type })))).toEqual(kept)
    expect(flowType(declaredType({ name: 'x', type: 'UBIGINT' }))).toBe('DECIMAL(20,0)')
    expect(flowType(declaredType({ name: 'x', type: 'HUGEINT' }))).toBe('VARCHAR')
  })
})
