import { diffValues, emptyFlow, type Language } from '@millrace/engine'
import { describe, expect, it } from 'vitest'
import { settingChanges } from './setting-path.ts'
import { inOrder, sideOf } from './sides.ts'

type Settings = Readonly<Record<string, unknown>>

/** The differences of two settings, in English. */
const shown = (kind: string, before: Settings, after: Settings, language: Language = 'en') =>
  settingChanges(kind, diffValues(before, after, ['settings']), before, after, language).map(
    ({ where, before: old, after: young }) => [
      where.map((part) => (typeof part === 'object' ? part.en : String(part))).join(' › '),
      old,
      young,
    ],
  )

describe('differences in settings', () => {
  it('are told with the names of the form, and the number of the row', () => {
    const columns = (expression: string) => ({
      others: 'keep',
      columns: [
        { name: 'a', expression: 'a' },
        { name: 'b', expression },
      ],
    })
    expect(shown('map', columns('b'), columns('upper(b)'))).toEqual([
      ['Columns › 2 › Value', 'b', 'upper(b)'],
    ])
  })

  it('tell a choice as the form calls it, in rows too, and a switch as yes or no', () => {
    const lookup = (none: string) => ({ none, columns: [] })
    expect(shown('lookup', lookup('reject'), lookup('value'))).toEqual([
      [
        'When nothing is found',
        expect.objectContaining({ en: 'Reject the row', zh: '拒绝该行' }),
        expect.objectContaining({ en: 'Put the value given', zh: '填入该值' }),
      ],
    ])
    const aggregate = (how: string) => ({ measures: [{ name: 'total', how, column: 'amount' }] })
    expect(shown('aggregate', aggregate('sum'), aggregate('unheard of'))).toEqual([
      ['Figures › 1 › Calculate', expect.objectContaining({ en: 'Sum' }), 'unheard of'],
    ])
    expect(shown('join', { loose: false }, { loose: true })).toEqual([
      ['Ignore case and outer spaces', false, true],
    ])
  })

  it('name code as its builder is named, unless there are conditions beside it', () => {
    expect(shown('filter', { expression: 'a' }, { expression: 'b' })).toEqual([['Keep rows where', 'a', 'b']])
    const conditions = [{ column: 'c', operator: 'isEmpty', values: [] }]
    const beside = (expression: string) => ({ expression, where: { combine: 'and', conditions } })
    expect(shown('filter', beside('a'), beside('b'))).toEqual([['And also', 'a', 'b']])
  })

  it('show conditions once, in the words of their builder, whatever types the columns have', () => {
    const conditions = (value: string) => ({
      where: {
        combine: 'and',
        conditions: [
          { column: 'amount', operator: 'greaterThan', values: [value] },
          { column: 'id', operator: 'isEmpty', values: [] },
        ],
      },
    })
    const changed = conditions('${least}')
    changed.where.conditions[1] = { column: 'name', operator: 'isEmpty', values: [] }
    expect(shown('filter', conditions('1000.5'), changed)).toEqual([
      [
        'Keep rows where',
        'amount is greater than 1000.5 and id is empty',
        'amount is greater than ${least} and name is empty',
      ],
    ])
    expect(shown('filter', conditions('1000.5'), {}, 'zh')).toEqual([
      ['Keep rows where', 'amount 大于 1000.5 且 id 为空', null],
    ])
  })

  it('tell a side that has no such value, and settings that no form knows', () => {
    expect(shown('filter', { odd: { deep: 1 } }, { expression: 'true' })).toEqual([
      ['odd', expect.stringContaining('"deep": 1'), null],
      [expect.any(String), null, 'true'],
    ])
    expect(shown('teleport', { a: [1] }, { a: [2] })).toEqual([['a › 0', '1', '2']])
  })
})

describe('sides', () => {
  it('are read from addresses, and from nothing else', () => {
    expect(['draft', 'saved', '12'].map(sideOf)).toEqual(['draft', 'saved', 12])
    for (const text of [null, '', '0', '-1', '1.5', '1e3', 'none', '99999999999'])
      expect(sideOf(text)).toBeUndefined()
  })

  it('stand in the order of their age', () => {
    expect(inOrder(3, 1)).toEqual([1, 3])
    expect(inOrder('draft', 7)).toEqual([7, 'draft'])
    expect(inOrder('draft', 'saved')).toEqual(['saved', 'draft'])
  })

  it('tell which version of a used flow was chosen, not all that is in it', () => {
    const uses = (version: number, description: string) => ({
      uses: { flow: 'f', version, content: { ...emptyFlow('清洗'), description } },
    })
    expect(shown('subflow', uses(1, 'old'), uses(2, 'new'))).toEqual([['Flow', '清洗 · 1', '清洗 · 2']])
  })
})
