import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bindExpression, formProblems } from '../graph/expression-problems.ts'
import { relationOf } from '../graph/infer.ts'
import type { Problem } from '../problems/index.ts'
import { Session } from './session.ts'

const columns = [
  { name: 'name', type: 'VARCHAR' },
  { name: 'full', type: 'VARCHAR' },
  { name: 'Case', type: 'BIGINT' },
  { name: 'unit price', type: 'DOUBLE' },
  { name: '客户名称', type: 'VARCHAR' },
  { name: 'a, "b"', type: 'VARCHAR' },
]
const folder = mkdtempSync(path.join(tmpdir(), 'expressions-'))
let session: Session
beforeAll(async () => {
  const limits = { memoryLimit: 2 ** 28, spillLimit: 2 ** 28 }
  session = await Session.open({ workFolder: folder, inputs: [], clock: new Date().toISOString(), ...limits })
  await session.declare('rows.out', columns)
})
afterAll(() => {
  session.close()
  rmSync(folder, { recursive: true, force: true })
})

async function problemsOf(text: string, expects?: string): Promise<readonly Problem[]> {
  const found = await formProblems(text, columns, (statement) => session.parse(statement), {})
  const input = { relation: relationOf('rows', 'out'), columns }
  return found.length > 0
    ? found
    : (await bindExpression({ text, input, expects, location: {} }, session)).problems
}
const short = async (text: string, expects?: string) =>
  (await problemsOf(text, expects)).map(({ code, location, suggestions }) => [
    code,
    location.position,
    suggestions.slice(0, 1),
  ])

describe('what is wrong with an expression', () => {
  it.each([
    ['upper(nme)', 'column.unknown', 6, ['name']],
    ["'中文😀' || nme", 'column.unknown', 10, ['name']],
    ['unit_price + 1', 'column.unknown', 0, ['"unit price"']],
    ['客户名', 'column.unknown', 0, ['客户名称']],
    ["'中文' || uper(name)", 'function.unknown', 8, ['upper']],
    ["'中文😀' || ]", 'expression.invalid', 10, []],
    ["'中文' || full || 'x'", 'expression.keyword', 8, ['"full"']],
    ['case + 1', 'expression.keyword', 0, ['"Case"']],
    ["CASE WHEN case = 1 THEN 'full' END", 'expression.keyword', 10, ['"Case"']],
    ['count(name)', 'expression.notScalar', 0, []],
    ["read_text('/etc/passwd')", 'sql.notAllowed', 0, []],
    ['abs(name)', 'function.arguments', 0, []],
  ])('%s', async (text, code, position, suggestions) => {
    expect(await short(text)).toEqual([[code, position, suggestions]])
  })

  it('names each word that needs quotes', async () => {
    expect(await short('full || case')).toEqual([
      ['expression.keyword', 0, ['"full"']],
      ['expression.keyword', 8, ['"Case"']],
    ])
  })

  it('says which arguments a function takes', async () => {
    const [problem] = await problemsOf('upper(name, 2)')
    expect(problem?.message.en).toBe('upper does not take (VARCHAR, INTEGER). It takes (VARCHAR).')
  })

  it('says which type is expected', async () => {
    expect(await short('name', 'BOOLEAN')).toEqual([['expression.type', undefined, []]])
    expect(await short('full = name', 'BOOLEAN')).toEqual([['expression.keyword', 0, ['"full"']]])
    expect(await short('"full" = name', 'BOOLEAN')).toEqual([])
  })

  it('finds a name that holds commas and quotes', async () => {
    expect(await short('"a, b"')).toEqual([['column.unknown', 0, ['"a, ""b"""']]])
  })
})
