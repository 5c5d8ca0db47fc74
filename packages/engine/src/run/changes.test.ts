import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Column } from '../model/index.ts'
import type { WriteMode } from '../spec/index.ts'
import { sql } from '../sql/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'
import { compareWithTarget } from './changes.ts'
import { Session } from './session.ts'

let session: Session
beforeAll(async () => {
  session = await Session.open({
    workFolder: mkdtempSync(path.join(tmpdir(), 'millrace-changes-')),
    inputs: [],
    keys: undefined,
    memoryLimit: 2 ** 28,
    spillLimit: 2 ** 28,
    clock: '2026-01-31T00:00:00.000Z',
  })
})
afterAll(() => session.close())

const columns: Column[] = [
  { name: 'id', type: 'BIGINT' },
  { name: 'name', type: 'VARCHAR' },
  { name: 'amount', type: 'DECIMAL(9,2)' },
]
/** 1 stays, 2 changes, 3 is new; the rows with 5 and without a key are rejected, whatever stands in the target. */
const input = {
  columns,
  relation: sql`(VALUES (1::BIGINT, 'Ana', 5.00::DECIMAL(9,2)), (2, NULL, 6), (3, 'Cy', 7), (5, 'Ed', 8), (5, 'Eda', 8), (NULL, 'No', 8)) AS t(id, name, amount)`,
}
/** The target spells amounts differently; 4 is only there. */
const there = sql`SELECT * FROM (VALUES (1::INTEGER, 'Ana', '5.0'), (2, 'Bo', '6'), (4, 'Di', '9'), (5, 'E', '8')) AS t(id, name, amount)`

const compare = (mode: WriteMode, keys: readonly string[]) =>
  compareWithTarget(session, 'out', input, { mode, keys, rows: there })

describe('what a run would change', () => {
  it.each<[WriteMode, Record<string, number>]>([
    ['upsert', { inserted: 1, updated: 1, deleted: 0, unchanged: 1, missing: 0, repeated: 3 }],
    ['update', { inserted: 0, updated: 1, deleted: 0, unchanged: 1, missing: 1, repeated: 3 }],
    ['delete', { inserted: 0, updated: 0, deleted: 2, unchanged: 0, missing: 1, repeated: 3 }],
    ['mirror', { inserted: 1, updated: 1, deleted: 1, unchanged: 1, missing: 0, repeated: 3 }],
  ])('is told by key: %s', async (mode, figures) => {
    expect(await compare(mode, ['id'])).toMatchObject({ mode, keys: ['id'], compared: true, ...figures })
  })

  it('is told by whole rows where there is no key', async () => {
    expect(await compare('replace', [])).toMatchObject({ inserted: 5, deleted: 3, unchanged: 1, repeated: 0 })
    expect(await compare('append', [])).toMatchObject({ inserted: 6, deleted: 0, unchanged: 0 })
  })

  it('has a digest that only the changes decide', async () => {
    const { digest } = await compare('upsert', ['id'])
    const turned = { ...input, relation: sql`(SELECT * FROM ${input.relation} ORDER BY id DESC, name)` }
    const again = await compareWithTarget(session, 'out', turned, {
      mode: 'upsert',
      keys: ['id'],
      rows: there,
    })
    expect(again.digest).toBe(digest)
    const other = { ...input, relation: sql`(SELECT id, name, amount + 1 AS amount FROM ${input.relation})` }
    const changed = await compareWithTarget(session, 'out', other, {
      mode: 'upsert',
      keys: ['id'],
      rows: there,
    })
    expect(changed.digest).not.toBe(digest)
  })
})

it('a dry run writes nothing, and its rows can be read', async () => {
  const bench = new EngineBench()
  try {
    bench.write('people.csv', 'id,name\n1,Ana\n2,李雷\n')
    bench.write('out.csv', 'old\n')
    const flow = flowOf(
      [
        { id: 'in', kind: 'csv.source', settings: { path: 'people.csv' } },
        { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
      ],
      ['in -> out'],
    )
    const result = await bench.run(flow, { dry: true })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, outputs: [] })
    expect(result.nodes.map(({ state }) => state)).toEqual(['succeeded', 'succeeded'])
    expect(result.changes).toMatchObject([{ nodeId: 'out', compared: false, inserted: 2 }])
    expect(bench.text('out.csv')).toBe('old\n')
    const { rows, total } = await bench.engine.readChanges(bench.results, { offset: 0, limit: 10 })
    expect(total).toBe(2)
    expect(rows).toContainEqual({
      nodeId: 'out',
      change: 'insert',
      key: null,
      before: null,
      after: '{"id":"2","name":"李雷"}',
      columns: [],
    })
    const approved = { out: result.changes[0]?.digest ?? '' }
    bench.write('people.csv', 'id,name\n1,Ana\n2,韩梅梅\n')
    const refused = await bench.run(flow, { approved })
    expect(refused.problems).toMatchObject([{ code: 'run.changed', location: { nodeId: 'out' } }])
    expect(bench.text('out.csv')).toBe('old\n')
    bench.write('people.csv', 'id,name\n1,Ana\n2,李雷\n')
    expect((await bench.run(flow, { approved })).status).toBe('succeeded')
    expect(bench.text('out.csv')).toBe('id,name\n1,Ana\n2,李雷\n')
  } finally {
    await bench.close()
  }
})
