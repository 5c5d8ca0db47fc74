import { describe, expect, it } from 'vitest'
import * as en from './en/index.ts'
import { filled } from './fill.ts'
import * as zh from './zh/index.ts'

const english: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(en))
const chinese: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(zh))

/** Texts that are the same in every language: names, formats, signs. */
const withoutChinese = new Set([
  'app.name',
  'editor.kind.json',
  'editor.field.newFile',
  'editor.profile.range',
  'editor.profile.percent',
  'guard.within',
  'rejects.reason',
  'term.rows',
  'term.rowsAt',
])

const places = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].toSorted()

describe('the texts of the interface', () => {
  it('exist in both languages, each key once', () => {
    expect(Object.keys(chinese).toSorted()).toEqual(Object.keys(english).toSorted())
    for (const dictionary of [en, zh]) {
      const keys = Object.values(dictionary).flatMap((part) => Object.keys(part))
      expect(keys.length).toBe(new Set(keys).size)
    }
  })

  it.each(Object.keys(english))('%s says something, with the same values, in its language', (key) => {
    const [left = '', right = ''] = [english[key], chinese[key]]
    expect(left.trim()).not.toBe('')
    expect(right.trim()).not.toBe('')
    expect(places(right)).toEqual(places(left))
    expect(/\p{Script=Han}/u.test(left)).toBe(false)
    // Listed where it stays without, and only there: the list must not go stale.
    expect(/\p{Script=Han}/u.test(right)).toBe(!withoutChinese.has(key))
  })
})

describe('values in texts', () => {
  it('are put in their places, with the word for one or for many', () => {
    const text = '{count} {count|row|rows} of {name}'
    expect(filled(text, { count: 1, name: 'a' })).toBe('1 row of a')
    expect(filled(text, { count: 0, name: '{count}' })).toBe('0 rows of {count}')
    expect(filled(text, { name: 'a' })).toBe('{count} {count|row|rows} of a')
    expect(filled('at ${name}', {})).toBe('at ${name}')
  })
})
