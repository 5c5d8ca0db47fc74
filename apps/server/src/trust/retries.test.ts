import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Run } from '@millrace/contract'
import { run as runSchema } from '@millrace/contract'
import { flowOf, postgresTestServer } from '@millrace/engine/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../database/database.ts'
import { readOptions } from '../options.ts'
import { testDatabaseUrl } from '../testing/test-database.ts'
import { copyFlow, TestServer } from '../testing/test-server.ts'
import { trustScale } from './scale.ts'

let server: TestServer
beforeAll(async () => {
  server = await new TestServer({ warm: true }).start()
  await server.upload('two.csv', 'id,name\n1,Ana\n2,Bo\n')
})
afterAll(() => server.dispose())

function sqliteRows(name: string): unknown[] {
  const opened = new DatabaseSync(path.join(server.home, 'files', name), { readOnly: true })
  try {
    return opened.prepare('SELECT id FROM rows ORDER BY id').all().map(Object.values)
  } finally {
    opened.close()
  }
}

describe.skipIf(!postgresTestServer)('a flow with two targets', () => {
  const database = postgresTestServer as NonNullable<typeof postgresTestServer>
  beforeAll(async () => {
    await database.run(`DROP SCHEMA IF EXISTS trust_retries CASCADE; CREATE SCHEMA trust_retries;
      CREATE TABLE trust_retries.source (id int PRIMARY KEY, name text);
      INSERT INTO trust_retries.source SELECT n, 'row ' || n FROM generate_series(1, 100) AS n;
      CREATE TABLE trust_retries.sink (id int, name text);
      CREATE FUNCTION trust_retries.refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'`)
    const { host, port, database: name, user, password } = database.settings
    const settings = { host, port, database: name, user }
    const body = { connector: 'postgres', name: 'db', settings, secrets: { password } }
    expect((await server.request('POST', '/connections', body)).status).toBe(201)
  })
  afterAll(() => database.run('DROP SCHEMA trust_retries CASCADE').then(() => {}))

  const divided = "CASE WHEN id = 50 AND ${broken} = 1 THEN CAST('x' AS INTEGER) ELSE id END"
  const flow = {
    ...flowOf(
      [
        {
          id: 'in',
          kind: 'postgres.source',
          settings: { connection: 'db', table: 'trust_retries.source' },
        },
        {
          id: 'map',
          kind: 'map',
          settings: { others: 'keep', columns: [{ name: 'id', expression: divided }] },
        },
        {
          id: 'table',
          kind: 'postgres.target',
          settings: { connection: 'db', table: 'trust_retries.sink', mode: 'append', onReject: 'fail' },
        },
        {
          id: 'file',
          kind: 'sqlite.target',
          settings: { path: 'sink.sqlite', table: 'rows', mode: 'append' },
        },
      ],
      ['in -> map', 'map -> table', 'map -> file'],
      [{ name: 'broken', type: 'integer', default: '0', description: '' }],
    ),
    name: 'retries',
  }

  /** Steps of a run, each with what makes it fail and what mends it. */
  const faults: readonly { at: string; broken?: string; fault: string; mend: string }[] = [
    {
      at: 'reading',
      fault: 'ALTER TABLE trust_retries.source RENAME TO away',
      mend: 'ALTER TABLE trust_retries.away RENAME TO source',
    },
    { at: 'computing', broken: '1', fault: 'SELECT 1', mend: 'SELECT 1' },
    {
      at: 'writing the first row',
      fault: `CREATE TRIGGER refuse BEFORE INSERT ON trust_retries.sink FOR EACH STATEMENT EXECUTE FUNCTION trust_retries.refuse()`,
      mend: 'DROP TRIGGER refuse ON trust_retries.sink',
    },
    {
      at: 'preparing the commit',
      fault: `CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON trust_retries.sink DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION trust_retries.refuse()`,
      mend: 'DROP TRIGGER refuse ON trust_retries.sink',
    },
  ]

  it.each(faults)('R11 holds what its source has after three failures at $at', async (step) => {
    const state = async () => {
      const rows = await database.query('SELECT id FROM trust_retries.sink')
      const file = sqliteRows('sink.sqlite').length
      return { table: rows.length, file }
    }
    const retry = async ({ id }: Run, parameters: Record<string, string>): Promise<Run> => {
      const answer = await server.request('POST', `/runs/${id}/retry`, { parameters })
      return server.waitFor(runSchema.parse(await answer.json()).id)
    }
    const document = await server.createFlow(flow)
    const begun = await server.waitFor((await server.startRun(document.id)).id)
    expect(begun).toMatchObject({ status: 'succeeded', rowsOut: 200 })
    const before = await state()
    await database.run(step.fault)
    let last = begun
    try {
      for (let failure = 0; failure < 3; failure++) {
        last = await retry(last, { broken: step.broken ?? '0' })
        expect(last).toMatchObject({ status: 'failed', outputs: [] })
        expect(await state()).toEqual(before)
      }
    } finally {
      await database.run(step.mend)
    }
    expect(await retry(last, { broken: '0' })).toMatchObject({ status: 'succeeded', rowsOut: 200 })
    expect(await state()).toEqual({ table: before.table + 100, file: before.file + 100 })
  })
})

it('R13 does finished work once, however often the server starts', async () => {
  const flow = copyFlow('two.csv', '')
  const nodes = flow.nodes.map((node) =>
    node.id === 'out'
      ? { ...node, kind: 'sqlite.target', settings: { path: 'once.sqlite', table: 'rows', mode: 'append' } }
      : node,
  )
  const { id: flowId } = await server.createFlow({ ...flow, nodes })
  const { id } = await server.waitFor((await server.startRun(flowId)).id)
  const once = [['1'], ['2']]
  expect(sqliteRows('once.sqlite')).toEqual(once)
  for (let restart = 0; restart < 10 * trustScale; restart++) {
    await server.stop()
    if (restart % 2 === 1) await forgetEnd(id)
    await server.start()
    expect(await server.waitFor(id)).toMatchObject({ status: 'succeeded', rowsOut: 2 })
    expect(sqliteRows('once.sqlite')).toEqual(once)
  }
}, 600_000)

/** As a crash between the decision to commit and the storing of the end leaves a run. */
async function forgetEnd(id: string): Promise<void> {
  const { home } = server
  const { database } = await openDatabase(home, readOptions({}).migrations, testDatabaseUrl(home))
  await database.run.update({ where: { id }, data: { status: 'running', endedAt: null, rowsOut: 0 } })
  await database.runOutput.deleteMany({ where: { runId: id } })
  await database.$disconnect()
}
