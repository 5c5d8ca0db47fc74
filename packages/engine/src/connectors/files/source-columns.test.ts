import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flow as flowSchema } from '../../model/index.ts'
import { createEngine, type Engine } from '../../runtime.ts'

let folder = ''
let engine: Engine
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'millrace-columns-'))
  engine = createEngine({ roots: { files: folder, folders: {} }, work: path.join(folder, 'work') })
})
afterAll(async () => {
  await engine.close()
  rmSync(folder, { recursive: true, force: true })
})

const named = (...names: string[]) => names.map((name) => ({ name, type: 'VARCHAR', format: '' }))
async function inferred(file: string, text: string, settings: object) {
  writeFileSync(path.join(folder, file), text)
  const kind = file.endsWith('.json') ? 'json.source' : 'csv.source'
  const node = { id: 'rows', kind, position: { x: 0, y: 0 }, settings: { path: file, ...settings } }
  const flow = { format: 'millrace.flow', version: 1, name: file, nodes: [node], edges: [] }
  const { ports, problems } = await engine.infer(flowSchema.parse(flow))
  return {
    columns: ports['rows']?.['out']?.map(({ name }) => name),
    problems: problems.map(({ code, severity, location, suggestions }) => ({
      code,
      severity,
      field: location.field,
      suggestions,
    })),
  }
}

const cases = [
  ['csv', 'id,name,constructor\n1,Ann,x\n'],
  ['json', '[{"id":"1","name":"Ann","constructor":"x"}]'],
] as const

describe.each(cases)('columns that a %s file has besides', (ending, text) => {
  it.each(['pass', 'hold'] as const)('%s', async (newColumns) => {
    const found = await inferred(`${newColumns}.${ending}`, text, {
      columns: named('name', 'id'),
      newColumns,
    })
    expect(found.columns).toEqual(newColumns === 'pass' ? ['name', 'id', 'constructor'] : ['name', 'id'])
    expect(found.problems.filter(({ code }) => code.startsWith('source.'))).toEqual([])
  })

  it('are a warning that can be mended until somebody has decided', async () => {
    const found = await inferred(`ask.${ending}`, text, { columns: named('name', 'id') })
    expect(found.columns).toEqual(['name', 'id'])
    expect(found.problems).toContainEqual({
      code: 'source.newColumns',
      severity: 'warning',
      field: 'newColumns',
      suggestions: ['pass', 'hold'],
    })
  })

  it('say nothing where all are named, also under another name', async () => {
    const columns = [...named('id', 'name'), { ...named('made')[0], original: 'constructor' }]
    const found = await inferred(`all.${ending}`, text, { columns })
    expect(found.columns).toEqual(['id', 'name', 'made'])
    expect(found.problems.filter(({ code }) => code.startsWith('source.'))).toEqual([])
  })

  it('do not stand for one that is not there', async () => {
    const found = await inferred(`missing.${ending}`, text, { columns: named('id', 'nme', 'constructor') })
    expect(found.columns).toEqual(['id', 'nme', 'constructor'])
    expect(found.problems).toContainEqual(
      expect.objectContaining({ code: 'source.columnMissing', severity: 'error', field: 'columns.1' }),
    )
  })
})

it('columns of a file without a header are told by their place', async () => {
  const found = await inferred('bare.csv', '1,Ann\n', { columns: named('id', 'name'), header: false })
  expect(found.columns).toEqual(['id', 'name'])
  expect(found.problems.filter(({ code }) => code.startsWith('source.'))).toEqual([])
})
