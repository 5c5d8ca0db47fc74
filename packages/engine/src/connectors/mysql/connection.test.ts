import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mysqlTestServer } from '../../testing/mysql-server.ts'
import { Relay } from '../../testing/relay.ts'
import { mysqlConnection } from './connection.ts'

/** Of the server's certificate, where that names the host. */
const authority = process.env['MILLRACE_TEST_MYSQL_CA'] ?? ''
const never = new AbortController().signal

describe.skipIf(!mysqlTestServer)('connections to MySQL and MariaDB', () => {
  const server = mysqlTestServer as NonNullable<typeof mysqlTestServer>
  beforeAll(() =>
    server.run(
      'DROP DATABASE IF EXISTS `con 中``"`',
      'CREATE DATABASE `con 中``"`',
      "CREATE TABLE `con 中``\"`.`o``t.x` (b varchar(20) DEFAULT 'x' COMMENT 'a note', `a b` decimal(12,2) NOT NULL, n int unsigned AUTO_INCREMENT UNIQUE, j json, PRIMARY KEY (`a b`, n)) COMMENT '订单'",
      'CREATE VIEW `con 中``"`.v AS SELECT 1 AS one',
    ),
  )
  afterAll(() => server.run('DROP DATABASE `con 中``"`'))

  const test = async (change: Partial<typeof server.settings>) => {
    const { steps, system } = await mysqlConnection.test({ ...server.settings, ...change }, never)
    return { system, steps: steps.map(({ step, ok, problem }) => `${step} ${ok || problem?.code}`) }
  }

  const all = ['name true', 'reach true', 'tls true', 'login true', 'database true', 'rights true']

  it('succeeds by every kind of encryption', async () => {
    expect((await test({ tls: 'require' })).steps).toEqual(all)
    expect((await test({ tls: 'prefer' })).steps).toEqual(all)
    expect((await test({ tls: 'off' })).steps).toEqual(all.filter((step) => step !== 'tls true'))
  })

  it.skipIf(!authority)('checks the certificate', async () => {
    const certificateAuthority = readFileSync(authority, 'utf8')
    for (const host of ['127.0.0.1', 'localhost']) {
      const verified = await test({ host, tls: 'verify', certificateAuthority })
      expect(verified.steps).toEqual(all)
      expect(verified.system).toMatch(/^(MariaDB|MySQL) \d+/)
    }
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

  it.skipIf(!authority)(
    'refuses a certificate that is for another address, unless its name does not count',
    async () => {
      const certificateAuthority = readFileSync(authority, 'utf8')
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
    },
  )

  it('lets an account in for the first time, encrypted or not, and says what it may not', async () => {
    const account = { user: 'millrace_new', password: "n'e\\w 中" }
    const enter = async (tls: 'off' | 'require') => {
      await server.run(
        `DROP USER IF EXISTS ${account.user}`,
        `CREATE USER ${account.user} IDENTIFIED BY 'n''e\\\\w 中'`,
        `GRANT SELECT ON \`con 中\`\`"\`.* TO ${account.user}`,
      )
      return (await test({ ...account, database: 'con 中`"', tls })).steps.at(-1)
    }
    expect([await enter('off'), await enter('require')]).toEqual(['rights true', 'rights true'])
    const elsewhere = await test({ ...account, database: 'mysql', tls: 'require' })
    expect(elsewhere.steps.at(-1)).toBe('database connection.database')
    await server.run(`DROP USER ${account.user}`)
  })

  it('gives up on a host that does not answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const { steps } = await test({ port, connectTimeout: 1 })
    silent.close()
    expect(steps).toEqual(['name true', 'reach connection.timeout'])
  })

  it('browses databases and tables, and tells columns with types, keys and comments', async () => {
    const schemas = await mysqlConnection.browse(server.settings, [], never)
    expect(schemas.map(({ name }) => name)).toContain('con 中`"')
    expect(schemas.map(({ name }) => name)).not.toContain('mysql')
    expect(await mysqlConnection.browse(server.settings, ['con 中`"'], never)).toEqual([
      { name: 'o`t.x', type: 'table', rows: 0, comment: '订单' },
      { name: 'v', type: 'view', rows: null, comment: '' },
    ])
    const columns = await mysqlConnection.columns(server.settings, ['con 中`"', 'o`t.x'], never)
    const all = columns.map(({ name, type, nativeType, nullable, key, filled, comment }) =>
      [name, type, nativeType, nullable, key, filled, comment].join('|'),
    )
    expect(all.slice(0, 3)).toEqual([
      'b|VARCHAR|varchar(20)|true||true|a note',
      'a b|DECIMAL(12,2)|decimal(12,2)|false|1|false|',
      expect.stringMatching(/^n\|BIGINT\|int(\(10\))? unsigned\|false\|2\|true\|$/),
    ])
    expect(all[3]).toMatch(/^j\|JSON\|(longtext|json)\|true\|\|false\|$/)
    const missing = mysqlConnection.columns(server.settings, ['con 中`"', 'x'], never)
    await expect(missing).rejects.toMatchObject({ problem: { code: 'table.unknown' } })
  })
})
