import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { formatFlow, parseFlow } from '@millrace/engine'
import { createEngine, type Engine } from '@millrace/engine/runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { expectedOutputs } from './derive-expected.ts'

const folder = import.meta.dirname
const text = z.object({ en: z.string().min(1), zh: z.string().min(1) })
const templates = z
  .array(
    z.strictObject({
      id: z.string(),
      name: text,
      description: text,
      flow: z.string(),
      files: z.array(z.string()),
    }),
  )
  .parse(JSON.parse(readFileSync(path.join(folder, 'templates.json'), 'utf8')))

let home: string
let engine: Engine

beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), 'samples-'))
  for (const file of new Set(templates.flatMap(({ files }) => files)))
    cpSync(path.join(folder, file), path.join(home, 'files', file))
  engine = createEngine({
    roots: { files: path.join(home, 'files'), folders: {} },
    work: path.join(home, 'work'),
  })
})

afterAll(async () => {
  await engine.close()
  rmSync(home, { recursive: true, force: true })
})

/** Rows in, out and rejected of the whole flow, counted by hand in the derivation. */
const rejected: Readonly<Record<string, number>> = {
  'customers-to-oa': 0,
  'orders-to-erp': 20,
  'customers-to-hr': 54,
  'online-customers-to-hr': 0,
}

describe.each(templates.map((template) => [template.id, template] as const))('%s', (id, template) => {
  const source = readFileSync(path.join(folder, template.flow), 'utf8')
  const flow = parseFlow(source)

  it('is written as flows are written', () => {
    expect(formatFlow(flow)).toBe(source)
  })

  it('writes exactly the expected file and balances', async () => {
    const result = await engine.run({
      flow,
      runId: id,
      clock: '2026-03-01T00:00:00.000Z',
      parameters: {},
      resultFolder: path.join(home, id),
      onEvent: () => {},
      onPrepared: () => Promise.resolve(),
    })
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: rejected[id] })
    const [output] = result.outputs
    const written = readFileSync(path.join(home, 'files', output?.name ?? ''), 'utf8')
    expect(written).toBe(readFileSync(path.join(folder, 'expected', output?.name ?? ''), 'utf8'))
  })
})

describe('expected files', () => {
  it('are what the derivation gives', () => {
    for (const [name, derived] of expectedOutputs()) {
      const file = path.join(folder, 'expected', name)
      expect(existsSync(file) && readFileSync(file, 'utf8')).toBe(derived)
    }
  })
})
