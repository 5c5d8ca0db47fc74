import { expect, it } from 'vitest'
import { nodeKinds } from './kinds.ts'
import { settingProblems } from './settings.ts'

const problemsOf = (kindName: string, settings: object) => {
  const kind = nodeKinds.get(kindName)
  const error = kind?.settings.safeParse(settings, { reportInput: true }).error
  return kind && error ? settingProblems(kind, error, { nodeId: 'n' }) : []
}

it('names each setting that there is not', () => {
  expect(problemsOf('limit', { rwos: 1, ofset: 2 })).toMatchObject([
    { code: 'setting.unknown', location: { nodeId: 'n', field: 'rwos' } },
    { code: 'setting.unknown', location: { nodeId: 'n', field: 'ofset' } },
  ])
})

it('tells what is missing from what is of another type', () => {
  expect(problemsOf('csv.source', {})[0]).toMatchObject({ code: 'setting.required' })
  expect(problemsOf('csv.source', { path: '' })[0]).toMatchObject({ code: 'setting.required' })
  expect(problemsOf('csv.source', { path: 7 })[0]).toMatchObject({ code: 'setting.invalid' })
})

it.each([
  ['limit', { rows: -1 }],
  ['limit', { rows: 'many' }],
  ['limit', { rows: 1.5 }],
  ['sort', { keys: [{ column: 'a', direction: 'sideways' }] }],
])('says what is wrong in both languages: %s %j', (kindName, settings) => {
  const problems = problemsOf(kindName, settings)
  expect(problems).toHaveLength(1)
  for (const { message } of problems) {
    expect(message.en).toMatch(/^[^\p{Script=Han}]+$/u)
    // The label, and then what is wrong with it.
    expect(message.zh).toMatch(/：.*\p{Script=Han}{2}/u)
  }
})
