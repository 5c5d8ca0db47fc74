import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Cursor, cursor } from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import { postgresTestServer } from '@millrace/engine/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { copyFlow, TestServer } from '../testing/test-server.ts'

describe.skipIf(!postgresTestServer)('an incremental source', () => {
  const database = postgresTestServer as NonNullable<typeof postgresTestServer>
  let server: TestServer
  beforeAll(async () => {
    server = await new TestServer().start()
    await database.run(`DROP SCHEMA IF EXISTS backfilled CASCADE; CREATE SCHEMA backfilled;
      CREATE TABLE backfilled.events (id int PRIMARY KEY, name text);
      INSERT INTO backfilled.events SELECT n, 'event ' || n FROM generate_series(1, 9) AS n`)
    const { host, port, database: name, user, password } = database.settings
    const settings = { host, port, database: name, user }
    const body = { connector: 'postgres', name: 'db', settings, secrets: { password } }
    expect((await server.request('POST', '/connections', body)).status).toBe(201)
  })
  afterAll(async () => {
    await server.dispose()
    await database.run('DROP SCHEMA backfilled CASCADE')
  })

  const incremental = (to: string, more: object = {}): Flow => {
    const flow = copyFlow('', to)
    const settings = {
      connection: 'db',
      table: 'backfilled.events',
      mode: 'incremental',
      cursorColumn: 'id',
      ...more,
    }
    const nodes = flow.nodes.map((node) =>
      node.id === 'in' ? { ...node, kind: 'postgres.source', settings } : node,
    )
    return { ...flow, nodes }
  }
  const cursors = async (flowId: string): Promise<Cursor[]> =>
    z.array(cursor).parse(await (await server.request('GET', `/flows/${flowId}/cursors`)).json())
  const written = (name: string) =>
    readFileSync(path.join(server.home, 'files', name), 'utf8')
      .trim()
      .split('\n')
      .slice(1)

  it('is backfilled without moving its cursor, and goes on from it', async () => {
    const { id } = await server.createFlow(incremental('events.csv'))
    const first = await server.waitFor((await server.startRun(id)).id)
    expect(first).toMatchObject({ status: 'succeeded', rowsOut: 9, backfill: null })
    const before = await cursors(id)
    expect(before).toMatchObject([{ nodeId: 'in', position: { id: '9' }, runId: first.id }])
    const backfill = { nodeId: 'in', from: '3', to: '5' }
    const again = await server.waitFor((await server.startRun(id, { backfill })).id)
    expect(again).toMatchObject({ status: 'succeeded', backfill })
    expect(written('events.csv')).toEqual(['3,event 3', '4,event 4', '5,event 5'])
    expect(await cursors(id)).toEqual(before)
    const impossible = { backfill: { ...backfill, nodeId: 'keep' } }
    expect((await server.request('POST', `/flows/${id}/runs`, impossible)).status).toBe(422)
    const next = await server.waitFor((await server.startRun(id)).id)
    expect(next).toMatchObject({ status: 'succeeded', rowsOut: 0 })
  })

  it('begins where a person has put it, though a run has gone on meanwhile', async () => {
    const query = 'SELECT e.* FROM backfilled.events AS e, pg_sleep(2)'
    const { id } = await server.createFlow(incremental('slow.csv', { read: 'query', query }))
    const move = async (position: string, movedAt: string | null) => {
      const body = { position: { id: position }, movedAt }
      return cursor.parse(await (await server.request('PUT', `/flows/${id}/cursors/in`, body)).json())
    }
    const { movedAt } = await move('8', null)
    const run = await server.startRun(id)
    await server.waitFor(run.id, ({ status }) => status === 'running')
    await move('7', movedAt)
    expect((await server.waitFor(run.id)).status).toBe('succeeded')
    expect(await cursors(id)).toMatchObject([{ position: { id: '7' }, runId: null }])
    const next = await server.waitFor((await server.startRun(id)).id)
    expect(next).toMatchObject({ status: 'succeeded', rowsOut: 2 })
  })
})
