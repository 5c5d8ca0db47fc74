import { afterAll, expect, it } from 'vitest'
import { flowOf } from '../testing/index.ts'
import { SqliteFile } from '../testing/sqlite-file.ts'
import type { RunEvent } from './engine.ts'

const file = new SqliteFile()
afterAll(() => file.bench.close())

it('two targets in a file that another program holds are written once it lets go, each row once', async () => {
  file.run(
    'CREATE TABLE left_half (id INTEGER PRIMARY KEY)',
    'CREATE TABLE right_half (id INTEGER PRIMARY KEY)',
  )
  file.bench.write('in.csv', `id\n${Array.from({ length: 500 }, (_, row) => row).join('\n')}\n`)
  const other = file.open()
  other.exec('BEGIN IMMEDIATE')
  const retries: RunEvent[] = []
  const onEvent = (event: RunEvent) => {
    if (event.type !== 'retry') return
    retries.push(event)
    if (other.isTransaction) other.exec('ROLLBACK')
  }
  const target = (id: string, table: string) => ({
    id,
    kind: 'sqlite.target',
    settings: { into: 'connection', connection: 'db', table, mode: 'append' },
    retry: { times: 2, backOffSeconds: 0.05 },
  })
  const flow = flowOf(
    [
      { id: 'in', kind: 'csv.source', settings: { path: 'in.csv' } },
      target('left', 'left_half'),
      target('right', 'right_half'),
    ],
    ['in -> left', 'in -> right'],
  )
  const result = await file.bench.run(flow, { runId: 'held', onEvent })
  other.close()
  expect(result).toMatchObject({ status: 'succeeded', balanced: true, problems: [] })
  expect(retries).toMatchObject([{ attempt: 2, attempts: 3, problem: { code: 'database.locked' } }])
  expect(file.query('SELECT (SELECT count(*) FROM left_half), (SELECT count(*) FROM right_half)')).toEqual([
    ['500', '500'],
  ])
})
