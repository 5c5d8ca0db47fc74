import { describe, expect, it } from 'vitest'
import { emptyFlow, flow } from '../model/index.ts'
import { parseFlow } from './flow-file.ts'
import { type Migration, migrate, migrations } from './migrations.ts'

const codeOf = (json: unknown): string => {
  try {
    parseFlow(JSON.stringify(json))
    return 'none'
  } catch (error) {
    return error instanceof Error && 'problem' in error ? JSON.stringify(error.problem) : String(error)
  }
}

describe('the migrations of the flow format', () => {
  it('lead from version 1 to the one that the schema takes, without a gap', () => {
    expect(migrations.map(({ from }) => from)).toEqual(migrations.map((_, index) => index + 1))
    expect([...flow.shape.version.values]).toEqual([migrations.length + 1])
  })

  it('do what their examples say, and end with a flow of today', () => {
    for (const { from, migrate: step, example } of migrations) {
      expect(step(example.before), `from version ${from}`).toEqual(example.after)
      expect(flow.safeParse(migrate({ ...example.before, version: from })).success).toBe(true)
    }
  })

  const steps: readonly Migration[] = [
    {
      from: 1,
      change: 'a flow says how it is called',
      migrate: ({ title, ...old }) => ({ ...old, name: title }),
      example: { before: { title: 'a' }, after: { name: 'a' } },
    },
    {
      from: 2,
      change: 'names are in capitals',
      migrate: (old) => ({ ...old, name: String(old['name']).toUpperCase() }),
      example: { before: { name: 'a' }, after: { name: 'A' } },
    },
  ]
  it.each([
    [
      { version: 1, title: 'orders' },
      { version: 3, name: 'ORDERS' },
    ],
    [
      { version: 2, name: 'orders' },
      { version: 3, name: 'ORDERS' },
    ],
    [
      { version: 3, name: 'orders' },
      { version: 3, name: 'orders' },
    ],
  ])('are taken one after the other, from %j', (before, after) => {
    const format = 'millrace.flow'
    expect(migrate({ format, ...before }, steps)).toEqual({ format, ...after })
  })
})

describe('a flow', () => {
  const today = emptyFlow('today')
  it('of today is read as it is', () => expect(codeOf(today)).toBe('none'))

  it('of a version to come says that a newer Millrace wrote it', () => {
    const problem = codeOf({ ...today, version: 7, wires: [] })
    expect(problem).toContain('"code":"flow.newer"')
    expect(problem).toContain('version 7')
    expect(problem).toContain('格式版本 7')
  })

  it('without a version says so', () => {
    expect(codeOf({ ...today, version: undefined })).toContain('"code":"flow.noVersion"')
  })

  it.each([0, -1, 1.5, '1', null, {}])('of the version %j is refused', (version) => {
    expect(codeOf({ ...today, version })).toContain('"code":"flow.invalid"')
  })
})
