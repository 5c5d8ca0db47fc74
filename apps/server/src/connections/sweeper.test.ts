import { postgresTestServer } from '@millrace/engine/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { TestServer } from '../testing/test-server.ts'

describe.skipIf(!postgresTestServer)('between runs', () => {
  const database = postgresTestServer as NonNullable<typeof postgresTestServer>
  let server: TestServer
  beforeAll(async () => {
    server = await new TestServer().start()
    await database.run('DROP SCHEMA IF EXISTS swept CASCADE; CREATE SCHEMA swept')
    const { host, port, database: name, user, password } = database.settings
    for (const [id, address] of [['Gone', 1] as const, ['Here', port] as const]) {
      const settings = { host, port: address, database: name, user }
      const body = { connector: 'postgres', name: id, settings, secrets: { password } }
      expect((await server.request('POST', '/connections', body)).status).toBe(201)
    }
  })
  afterAll(async () => {
    await server.dispose()
    await database.run('DROP SCHEMA swept CASCADE')
  })
  const tables = async () => {
    const rows = await database.query(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'swept' ORDER BY 1",
    )
    return rows.map((row) => row['table_name'])
  }

  it('undoes what dead runs left when it starts, though another system does not answer', async () => {
    const mark = 'a'.repeat(24)
    await database.run(
      `CREATE UNLOGGED TABLE swept."millrace_stage_${mark}" (id int); CREATE TABLE swept.mine (id int)`,
    )
    await server.stop()
    await server.start()
    await vi.waitFor(async () => expect(await tables()).toEqual(['mine']), { timeout: 20_000 })
  })

  it('puts the rows back that a replacement kept, when it is asked to', async () => {
    await database.run(`CREATE TABLE swept.goods (id int); CREATE TABLE swept.goods__previous (id int);
      INSERT INTO swept.goods VALUES (1); INSERT INTO swept.goods__previous VALUES (2), (3)`)
    const previous = async (table: string) =>
      (await server.request('GET', `/connections/here/previous?table=${table}`)).json()
    const restore = (table: string) => server.request('POST', '/connections/here/restore', { table })
    expect(await previous('swept.goods')).toEqual({ rows: 2 })
    expect(await previous('swept.mine')).toEqual({ rows: null })
    expect(await (await restore('swept.goods')).json()).toEqual({ rows: 2 })
    expect(await database.query('SELECT id FROM swept.goods ORDER BY 1')).toEqual([{ id: '2' }, { id: '3' }])
    expect(await previous('swept.goods')).toEqual({ rows: 1 })
    const refused = await restore('swept.mine')
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({ problems: [{ code: 'target.noPrevious' }] })
  })
})
