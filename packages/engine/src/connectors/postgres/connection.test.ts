import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testServer } from '../../testing/postgres-server.ts'
import { Relay } from '../../testing/relay.ts'
import { postgresConnection } from './connection.ts'

const never = new AbortController().signal

describe.skipIf(!testServer)('connections to PostgreSQL', () => {
  const server = testServer as NonNullable<typeof testServer>
  beforeAll(async () => {
    await server.run(`CREATE SCHEMA IF NOT EXISTS "con 中"; DROP TABLE IF EXISTS "con 中"."o""t.x";
      CREATE TABLE "con 中"."o""t.x" (b text DEFAULT 'x', "a b" numeric(12,2) NOT NULL, n int GENERATED ALWAYS AS IDENTITY, PRIMARY KEY ("a b", n));
      COMMENT ON TABLE "con 中"."o""t.x" IS '订单'; COMMENT ON COLUMN "con 中"."o""t.x".b IS 'a note'`)
  })
  afterAll(() => server.run('DROP SCHEMA IF EXISTS "con 中" CASCADE'))

  const test = async (change: Partial<typeof server.settings>) => {
    const { steps, system } = await postgresConnection.test({ ...server.settings, ...change }, never)
    return { system, steps: steps.map(({ step, ok, problem }) => `${step} ${problem?.code ?? ok}`) }
  }

  const all = ['name true', 'reach true', 'tls true', 'login true', 'database true', 'rights true']

  it('succeeds by every kind of encryption', async () => {
    expect((await test({ tls: 'require' })).steps).toEqual(all)
    expect((await test({ tls: 'off' })).steps).toEqual(all.filter((step) => step !== 'tls true'))
    const certificateAuthority = readFileSync(process.env['MILLRACE_TEST_POSTGRES_CA'] ?? '', 'utf8')
    const verified = await test({ tls: 'verify', certificateAuthority })
    expect(verified.steps).toEqual(all)
    expect(verified.system).toMatch(/^PostgreSQL \d+/)
  })

  it('refuses a certificate that is for another address, unless its name does not count', async () => {
    const certificateAuthority = readFileSync(process.env['MILLRACE_TEST_POSTGRES_CA'] ?? '', 'utf8')
    // The server listens at 127.0.0.1 only; a relay puts it at an address that its certificate does not name.
    const at = '127.0.0.2'
    const relay = await Relay.before(server.settings.host, server.settings.port, at)
    const { port } = relay
    const stepsBy = async (tls: 'verify' | 'authority', authority: string) =>
      (await test({ host: at, port, tls, certificateAuthority: authority })).steps
    const refused = (problem: string) => ['name true', 'reach true', `tls connection.${problem}`]
    expect(await stepsBy('verify', certificateAuthority)).toEqual(refused('tls'))
    // Without its name, the certificate is still to be of that authority.
    expect(await stepsBy('authority', certificateAuthority)).toEqual(all)
    expect(await stepsBy('authority', '')).toEqual(refused('authorityUnknown'))
    expect(await stepsBy('authority', 'no certificate')).toEqual(refused('authorityInvalid'))
    relay.close()
  })

  it.each([
    [{ host: 'no-such-host.invalid' }, ['name connection.nameNotFound']],
    [{ port: 1 }, ['name true', 'reach connection.refused']],
    [{ tls: 'verify' as const }, ['name true', 'reach true', 'tls connection.authorityUnknown']],
    [{ password: 'wrong' }, ['name true', 'reach true', 'tls true', 'login connection.login']],
    [{ password: '' }, ['name true', 'reach true', 'tls true', 'login connection.login']],
    [{ user: 'nobody' }, ['name true', 'reach true', 'tls true', 'login connection.login']],
    [
      { database: 'nowhere' },
      ['name true', 'reach true', 'tls true', 'login true', 'database connection.database'],
    ],
  ])('says what is wrong: %j', async (change, steps) => {
    expect((await test({ tls: 'require', ...change })).steps).toEqual(steps)
  })

  it('gives up on a host that does not answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const { steps } = await test({ port, connectTimeout: 1 })
    silent.close()
    expect(steps).toEqual(['name true', 'reach connection.timeout'])
  })

  it('browses schemas and tables, and tells columns with types, keys and comments', async () => {
    const schemas = await postgresConnection.browse(server.settings, [], never)
    expect(schemas.map(({ name }) => name)).toContain('con 中')
    expect(schemas.map(({ name }) => name)).not.toContain('pg_catalog')
    expect(await postgresConnection.browse(server.settings, ['con 中'], never)).toEqual([
      { name: 'o"t.x', type: 'table', rows: null, comment: '订单' },
    ])
    expect(await postgresConnection.columns(server.settings, ['con 中', 'o"t.x'], never)).toEqual([
      {
        name: 'b',
        type: 'VARCHAR',
        nativeType: 'text',
        nullable: true,
        key: null,
        filled: true,
        comment: 'a note',
      },
      {
        name: 'a b',
        type: 'DECIMAL(12,2)',
        nativeType: 'numeric(12,2)',
        nullable: false,
        key: 1,
        filled: false,
        comment: '',
      },
      {
        name: 'n',
        type: 'INTEGER',
        nativeType: 'integer',
        nullable: false,
        key: 2,
        filled: true,
        comment: '',
      },
    ])
    await expect(postgresConnection.columns(server.settings, ['con 中', 'x'], never)).rejects.toMatchObject({
      problem: { code: 'table.unknown' },
    })
  })
})
