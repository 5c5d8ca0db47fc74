import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../testing/index.ts'
import { mysqlTestServer } from '../testing/mysql-server.ts'
import { Relay } from '../testing/relay.ts'
import type { RunEvent } from './engine.ts'

describe.skipIf(!mysqlTestServer)('a node with retries, before a real MySQL or MariaDB', () => {
  const server = mysqlTestServer as NonNullable<typeof mysqlTestServer>
  let relay: Relay
  let bench: EngineBench
  let run = 0
  const events: RunEvent[] = []
  beforeAll(async () => {
    relay = await Relay.before(server.settings.host, server.settings.port)
    const settings = { ...server.settings, port: relay.port }
    bench = new EngineBench({ connections: { find: async () => ({ connector: 'mysql', settings }) } })
    const rows = Array.from({ length: 20_000 }, (_, row) => `${row},${'x'.repeat(100)}`)
    bench.write('in.csv', `id,name\n${rows.join('\n')}\n`)
  })
  afterAll(async () => {
    await bench.close()
    relay.close()
    await server.run('DROP TABLE IF EXISTS tried, tried_calls')
  })
  beforeEach(async () => {
    events.length = 0
    await server.run(
      'DROP TABLE IF EXISTS tried, tried_calls',
      'CREATE TABLE tried (id bigint PRIMARY KEY, name varchar(200)) ENGINE=InnoDB',
      // Goes on counting when a transaction is undone.
      'CREATE TABLE tried_calls (n int AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB',
    )
  })

  const write = () => {
    const target = { connection: 'db', table: 'tried', mode: 'append' }
    const retry = { times: 3, backOffSeconds: 0.05 }
    const flow = flowOf(
      [
        { id: 'in', kind: 'csv.source', settings: { path: 'in.csv' } },
        { id: 'out', kind: 'mysql.target', settings: target, retry },
      ],
      ['in -> out'],
    )
    return bench.run(flow, { runId: `try-mysql-${run++}`, onEvent: (event) => events.push(event) })
  }
  const retries = () => events.flatMap((event) => (event.type === 'retry' ? [event] : []))
  const written = async () => {
    const [row] = await server.query('SELECT COUNT(*) AS n, COUNT(DISTINCT id) AS d FROM tried')
    const left = await server.query("SHOW TABLES LIKE '\\_\\_millrace\\_stage\\_%'")
    return [Number(row?.['n']), Number(row?.['d']), left.length]
  }

  it('reaches it once it lets it in', async () => {
    relay.refuse(2)
    expect(await write()).toMatchObject({ status: 'succeeded', balanced: true })
    expect(retries()).toMatchObject([{ attempt: 2 }, { attempt: 3, problem: { code: 'connection.lost' } }])
    expect(await written()).toEqual([20_000, 20_000, 0])
  })

  it('stages anew where the connection broke amid rows', async () => {
    relay.cutNext('client', 1_000_000)
    expect(await write()).toMatchObject({ status: 'succeeded', balanced: true })
    expect(retries()).toHaveLength(1)
    expect(await written()).toEqual([20_000, 20_000, 0])
  })

  it('writes again what the server undid because of others', async () => {
    await server.run(
      `CREATE TRIGGER tried_once BEFORE INSERT ON tried FOR EACH ROW BEGIN
        INSERT INTO tried_calls VALUES (NULL);
        IF LAST_INSERT_ID() = 1 THEN
          SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'Deadlock found';
        END IF;
      END`,
    )
    expect(await write()).toMatchObject({ status: 'succeeded', balanced: true })
    expect(retries()).toMatchObject([{ problem: { code: 'database.busy' } }])
    expect(await written()).toEqual([20_000, 20_000, 0])
  })
})
