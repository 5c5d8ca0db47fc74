import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Run } from '@millrace/contract'
import { keptFiles } from '@millrace/engine/runtime'
import { flowOf } from '@millrace/engine/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../database/database.ts'
import { readOptions } from '../options.ts'
import { testDatabaseUrl } from '../testing/test-database.ts'
import { TestServer } from '../testing/test-server.ts'

let server: TestServer
let shop: DatabaseSync
beforeAll(async () => {
  server = await new TestServer().start()
  const files = path.join(server.home, 'files')
  mkdirSync(files, { recursive: true })
  shop = new DatabaseSync(path.join(files, 'shop.db'))
  const body = { connector: 'sqlite', name: 'db', settings: { path: 'shop.db', patience: 2 }, secrets: {} }
  expect((await server.request('POST', '/connections', body)).status).toBe(201)
})
afterAll(async () => {
  shop.close()
  await server.dispose()
})

/** A flow from one table of the shop to another, which refuses rows until `permit`. */
async function copying(name: string, source: object, work = 1) {
  shop.exec(`CREATE TABLE ${name} (id INTEGER PRIMARY KEY); INSERT INTO ${name} VALUES (1), (2), (3);
    CREATE TABLE ${name}_copy (id INTEGER);
    CREATE TRIGGER ${name}_refuse BEFORE INSERT ON ${name}_copy BEGIN SELECT RAISE(ROLLBACK, 'not now'); END`)
  const flow = flowOf(
    [
      {
        id: 'in',
        kind: 'sqlite.source',
        settings: { read: 'table', connection: 'db', table: name, ...source },
      },
      {
        id: 'slow',
        kind: 'filter',
        settings: { expression: `list_sum(range(id * ${work})) >= 0` },
      },
      {
        id: 'out',
        kind: 'sqlite.target',
        settings: { into: 'connection', connection: 'db', table: `${name}_copy`, mode: 'append' },
      },
    ],
    ['in -> slow', 'slow -> out'],
  )
  const { id } = await server.createFlow({ ...flow, name })
  const ids = () =>
    shop
      .prepare(`SELECT id FROM ${name}_copy ORDER BY id`)
      .all()
      .map((row) => row['id'])
  return { id, ids, permit: () => shop.exec(`DROP TRIGGER ${name}_refuse`) }
}

const run = async (flowId: string): Promise<Run> => server.waitFor((await server.startRun(flowId)).id)
async function resume(id: string): Promise<{ status: number; run?: Run; code?: string }> {
  const response = await server.request('POST', `/runs/${id}/retry`, { from: 'failure' })
  const { id: started, code } = z
    .object({ id: z.string().optional(), code: z.string().optional() })
    .parse(await response.json())
  return {
    status: response.status,
    ...(started !== undefined && { run: await server.waitFor(started) }),
    ...(code !== undefined && { code }),
  }
}
const keptOf = (id: string) => existsSync(path.join(server.home, 'runs', id, keptFiles.rows))

it('a failed run is gone on with from where it failed, once', async () => {
  const { id, ids, permit } = await copying('orders', { mode: 'incremental', cursorColumn: 'id' })
  const first = await run(id)
  expect(first).toMatchObject({ status: 'failed', kept: true, resumes: false })
  shop.exec('DELETE FROM orders WHERE id = 2; INSERT INTO orders VALUES (4)')
  const second = (await resume(first.id)).run
  expect(second).toMatchObject({ status: 'failed', kept: true, resumes: true, retries: first.id })
  permit()
  const third = (await resume(second?.id ?? '')).run
  expect(third).toMatchObject({ status: 'succeeded', kept: false, resumes: true, rowsOut: 3 })
  expect(ids()).toEqual([1, 2, 3])
  // What both had read is out of date, and takes no disk.
  for (const failed of [first.id, second?.id ?? '']) {
    expect(await resume(failed)).toEqual({ status: 409, code: 'not-resumable' })
    expect(await server.getRun(failed)).toMatchObject({ kept: false })
    expect(keptOf(failed)).toBe(false)
  }
  // The cursor stands where the failed run had read to.
  expect(await run(id)).toMatchObject({ status: 'succeeded', rowsOut: 1 })
  expect(ids()).toEqual([1, 2, 3, 4])
})

it('what a failed run had read is kept when rejected rows of an earlier one are written', async () => {
  const { id, ids, permit } = await copying('mixed', {})
  shop.exec('DROP TRIGGER mixed_refuse; DROP TABLE mixed; CREATE TABLE mixed (id INTEGER)')
  shop.exec("INSERT INTO mixed VALUES (1), ('two')")
  const first = await run(id)
  expect(first).toMatchObject({ status: 'succeeded', rowsOut: 1, rejected: 1 })
  shop.exec(`DELETE FROM mixed; INSERT INTO mixed VALUES (3);
    CREATE TRIGGER mixed_refuse BEFORE INSERT ON mixed_copy BEGIN SELECT RAISE(ROLLBACK, 'not now'); END`)
  const failed = await run(id)
  expect(failed).toMatchObject({ status: 'failed', kept: true })
  permit()
  const place = { runId: first.id, number: 0 }
  await server.request('PUT', `/rejects/${first.id}/0`, { cells: { id: '2' }, author: 'Mei' })
  const answer = await server.request('POST', '/rejects/replay', { items: [place], author: 'Mei' })
  const [replay] = z.array(z.object({ id: z.string() })).parse(await answer.json())
  expect(await server.waitFor(replay?.id ?? '')).toMatchObject({ status: 'succeeded', rowsOut: 1 })
  expect(ids()).toEqual([1, 2])
  expect(await server.getRun(failed.id)).toMatchObject({ kept: true })
  expect((await resume(failed.id)).run).toMatchObject({ status: 'succeeded', rowsOut: 1 })
  expect(ids()).toEqual([1, 2, 3])
})

it.each([
  ['after the end that had given it up', { kept: false }],
  ['before the end of its run was stored', { status: 'running', endedAt: null, kept: false }],
])('what a server had kept that died just %s takes no disk after its start', async (_, left) => {
  const { id } = await copying(`crashed_${Object.keys(left).length}`, {})
  const { id: runId } = await run(id)
  expect(keptOf(runId)).toBe(true)
  await server.stop()
  const { database } = await openDatabase(
    server.home,
    readOptions({}).migrations,
    testDatabaseUrl(server.home),
  )
  const bytes = async () =>
    Number((await database.run.findUniqueOrThrow({ where: { id: runId } })).payloadBytes)
  const before = await bytes()
  await database.run.update({ where: { id: runId }, data: left })
  await server.start()
  expect(readdirSync(path.join(server.home, 'runs', runId))).toEqual([])
  expect(await server.getRun(runId)).toMatchObject({ status: 'failed', kept: false })
  expect(await bytes()).toBeLessThan(before)
  await database.$disconnect()
})

it('what a failed run had read is out of date once its cursor is moved', async () => {
  const { id, permit } = await copying('moved', { mode: 'incremental', cursorColumn: 'id' })
  const first = await run(id)
  expect(keptOf(first.id)).toBe(true)
  permit()
  const move = { position: { id: '2' }, movedAt: null }
  expect((await server.request('PUT', `/flows/${id}/cursors/in`, move)).status).toBe(200)
  expect(await resume(first.id)).toEqual({ status: 409, code: 'not-resumable' })
})

it('runs that read on from one cursor go one after the other, so that no row is written twice', async () => {
  const { id, ids, permit } = await copying('twice', { mode: 'incremental', cursorColumn: 'id' }, 5_000_000)
  permit()
  const started: Run[] = []
  for (let n = 0; n < 3; n++) started.push(await server.startRun(id))
  const [first, second] = started.map(({ id: each }) => each)
  await server.waitFor(first ?? '', ({ status }) => status === 'running')
  expect(await server.getRun(second ?? '')).toMatchObject({ status: 'queued', waitsFor: first })
  const ended = await Promise.all(started.map((each) => server.waitFor(each.id)))
  expect(ended.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  expect(ended.map(({ rowsOut }) => rowsOut).toSorted()).toEqual([0, 0, 3])
  expect(ids()).toEqual([1, 2, 3])
})
