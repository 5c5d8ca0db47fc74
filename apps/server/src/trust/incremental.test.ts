import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Run } from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import { flowOf, postgresTestServer } from '@millrace/engine/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestServer } from '../testing/test-server.ts'
import { trustScale } from './scale.ts'

describe.skipIf(!postgresTestServer)('an incremental source', () => {
  const database = postgresTestServer as NonNullable<typeof postgresTestServer>
  let server: TestServer
  beforeAll(async () => {
    server = await new TestServer({ warm: true }).start()
    await database.run('DROP SCHEMA IF EXISTS trust_reading CASCADE; CREATE SCHEMA trust_reading')
    const { host, port, database: name, user, password } = database.settings
    const body = {
      connector: 'postgres',
      name: 'db',
      settings: { host, port, database: name, user },
      secrets: { password },
    }
    expect((await server.request('POST', '/connections', body)).status).toBe(201)
  })
  afterAll(async () => {
    await server.dispose()
    await database.run('DROP SCHEMA trust_reading CASCADE')
  })

  const incremental = (source: object, kind: string, target: object): Flow => ({
    ...flowOf(
      [
        {
          id: 'in',
          kind: 'postgres.source',
          settings: { connection: 'db', mode: 'incremental', cursorColumn: 'at', ...source },
        },
        { id: 'out', kind, settings: { ...target } },
      ],
      ['in -> out'],
      [{ name: 'fatal', type: 'integer', default: '0', description: '' }],
    ),
    name: 'incremental',
  })
  const run = async (flowId: string, parameters: Record<string, string> = {}): Promise<Run> =>
    server.waitFor((await server.startRun(flowId, { parameters })).id)
  const numbers = async (query: string) =>
    (await database.query(query)).map(({ n }) => Number(n)).toSorted((left, right) => left - right)

  it('R9 reads rows of one timestamp once each, though its session dies at row after row', async () => {
    const total = 60
    // A run that is lost at every row of the 60, or in CI at every tenth of them.
    const step = Math.max(1, Math.round(10 / trustScale))
    await database.run('CREATE TABLE trust_reading.ties (id int PRIMARY KEY, at timestamptz NOT NULL)')
    const query = `SELECT id, at, CASE WHEN id = \${fatal} THEN pg_terminate_backend(pg_backend_pid()) END AS lived
      FROM trust_reading.ties`
    const { id } = await server.createFlow(
      incremental({ read: 'query', query, tieColumns: ['id'] }, 'sqlite.target', {
        path: 'ties.sqlite',
        table: 'rows',
        mode: 'append',
      }),
    )
    for (let last = step; last <= total; last += step) {
      await database.run(`INSERT INTO trust_reading.ties
        SELECT n, '2024-01-01 10:00+00' FROM generate_series(${last - step + 1}, ${last}) AS n`)
      expect(await run(id, { fatal: String(last) })).toMatchObject({ status: 'failed' })
      expect(await run(id)).toMatchObject({ status: 'succeeded', rowsOut: step })
    }
    const written = new DatabaseSync(path.join(server.home, 'files/ties.sqlite'), { readOnly: true })
    const ids = written.prepare('SELECT id FROM rows ORDER BY id').all()
    written.close()
    expect(ids.map((row) => row['id'])).toEqual(Array.from({ length: total }, (_, place) => place + 1))
  }, 600_000)

  it('R10 misses no row that is committed late, with writers beside it all the while', async () => {
    const until = Date.now() + 6_000 * trustScale
    await database.run(`CREATE SEQUENCE trust_reading.ids;
      CREATE TABLE trust_reading.late (id int PRIMARY KEY DEFAULT nextval('trust_reading.ids'), at timestamptz NOT NULL);
      CREATE TABLE trust_reading.late_copy (id int PRIMARY KEY, at timestamptz)`)
    const { id } = await server.createFlow(
      incremental({ table: 'trust_reading.late', lookBack: '3 seconds' }, 'postgres.target', {
        connection: 'db',
        table: 'trust_reading.late_copy',
        mode: 'upsert',
        keys: ['id'],
      }),
    )
    // The time of a row is that of its writing, and it is seen up to a second later.
    const write = async (writer: number) => {
      for (let round = 0; Date.now() < until; round++)
        await database.run(`BEGIN; INSERT INTO trust_reading.late (at) VALUES (clock_timestamp());
          SELECT pg_sleep(${((writer * 7 + round * 3) % 10) / 10}); COMMIT`)
    }
    const writers = Promise.all([0, 1, 2, 3, 4].map(write))
    let runs = 0
    for (; Date.now() < until; runs++) expect(await run(id)).toMatchObject({ status: 'succeeded' })
    await writers
    expect(await run(id)).toMatchObject({ status: 'succeeded' })
    const copied = await numbers('SELECT id AS n FROM trust_reading.late_copy')
    expect(copied).toEqual(await numbers('SELECT id AS n FROM trust_reading.late'))
    expect(copied.length).toBeGreaterThan(20)
    expect(runs).toBeGreaterThan(2)
  }, 1_200_000)

  it('R12 writes nothing in increments that are empty', async () => {
    await database.run(`CREATE TABLE trust_reading.still (id int PRIMARY KEY, at timestamptz NOT NULL);
      INSERT INTO trust_reading.still SELECT n, '2024-01-01'::timestamptz + n * interval '1 hour' FROM generate_series(1, 50) AS n;
      CREATE TABLE trust_reading.still_copy (id int, at timestamptz)`)
    const { id } = await server.createFlow(
      incremental({ table: 'trust_reading.still' }, 'postgres.target', {
        connection: 'db',
        table: 'trust_reading.still_copy',
        mode: 'append',
      }),
    )
    expect(await run(id)).toMatchObject({ status: 'succeeded', rowsOut: 50 })
    // Which transaction has written each row, and where: it changes with every write.
    const state = () => database.query('SELECT id, ctid::text, xmin::text FROM trust_reading.still_copy')
    const cursors = async () => {
      const found: unknown = await (await server.request('GET', `/flows/${id}/cursors`)).json()
      return found
    }
    const before = { rows: await state(), cursors: await cursors() }
    for (let count = 0; count < 5 * trustScale; count++)
      expect(await run(id)).toMatchObject({ status: 'succeeded', rowsIn: 0, rowsOut: 0 })
    expect(await state()).toEqual(before.rows)
    expect(await cursors()).toMatchObject([{ position: { at: '2024-01-03 02:00:00+00' } }])
  }, 600_000)
})
