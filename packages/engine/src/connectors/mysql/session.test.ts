import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mysqlTestServer } from '../../testing/mysql-server.ts'
import { MysqlSession } from './session.ts'

describe.skipIf(!mysqlTestServer)('a server that asks for files of this machine', () => {
  const server = mysqlTestServer as NonNullable<typeof mysqlTestServer>
  let relay: Server
  /** What came after the server had asked for a file. */
  let received = Buffer.alloc(0)
  beforeAll(async () => {
    relay = createServer((client) => {
      const onward = connect(server.settings.port, server.settings.host)
      let asked = false
      onward.pipe(client)
      client.on('data', (bytes) => {
        if (asked) received = Buffer.concat([received, bytes])
        else if (/DO 1|LOAD DATA/.test(bytes.toString('latin1'))) {
          asked = true
          const name = Buffer.from('/etc/passwd')
          client.write(Buffer.concat([Buffer.from([name.length + 1, 0, 0, 1, 0xfb]), name]))
        } else onward.write(bytes)
      })
      for (const end of [client, onward]) end.on('error', () => {}).on('close', () => onward.destroy())
    }).listen(0, '127.0.0.1')
    await once(relay, 'listening')
  })
  afterAll(() => {
    relay.close()
  })

  const open = (purpose: 'read' | 'write') => {
    received = Buffer.alloc(0)
    const { port } = relay.address() as AddressInfo
    const settings = { ...server.settings, port, tls: 'off' as const }
    return MysqlSession.connect(settings, new AbortController().signal, purpose)
  }

  it.each(['read', 'write'] as const)('gets nothing from a session to %s', async (purpose) => {
    const session = await open(purpose)
    session.run('DO 1').catch(() => {})
    await expect.poll(() => received.length).toBeGreaterThan(0)
    // An empty packet: a file without bytes.
    expect(received).toEqual(Buffer.from([0, 0, 0, 2]))
    session.destroy()
  })

  it('gets the rows that are being sent, whatever file it names', async () => {
    const session = await open('write')
    const rows = Readable.from([Buffer.from('a row')])
    session.load("LOAD DATA LOCAL INFILE 'rows' INTO TABLE t", rows).catch(() => {})
    const expected = Buffer.concat([
      Buffer.from([5, 0, 0, 2]),
      Buffer.from('a row'),
      Buffer.from([0, 0, 0, 3]),
    ])
    await expect.poll(() => received).toEqual(expected)
    session.destroy()
  })
})
