import { nodeKinds } from '@millrace/engine'
import { expect, it } from 'vitest'
import { termsOf, termTexts } from './row-law.ts'

it('knows the words of every row law', () => {
  const laws = [...nodeKinds.values()].flatMap((kind) =>
    kind.role === 'operator' ? [kind.operator.spec.law] : [],
  )
  expect(laws.length).toBeGreaterThan(10)
  const words = laws.flatMap(({ left, right }) => [...left, ...right]).map((term) => term.replace(/:.*/, ''))
  expect(Object.keys(termTexts)).toEqual(expect.arrayContaining(words))
})

it('reads equations and leaves alone what is none', () => {
  expect(termsOf('10 in:new + 2 in:old = 12 out')).toEqual([
    [
      { rows: 10, term: 'in', port: 'new' },
      { rows: 2, term: 'in', port: 'old' },
    ],
    [{ rows: 12, term: 'out', port: '' }],
  ])
  expect(termsOf('nothing was counted')).toBeUndefined()
})
