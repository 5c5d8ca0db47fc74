import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../sql/index.ts'
import { mysqlTestServer } from '../../testing/mysql-server.ts'
import { insertRows } from './insert-rows.ts'
import { MysqlSession } from './session.ts'
import type { WriteColumn } from './writing.ts'

const longest = 2 ** 25
/** As the driver cuts statements. */
const packetBytes = 2 ** 24 - 1

describe.skipIf(!mysqlTestServer)('rows as INSERT statements', { timeout: 60_000 }, () => {
  const server = mysqlTestServer as NonNullable<typeof mysqlTestServer>
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-insert-rows-'))
  const file = path.join(folder, 'rows')
  let session: MysqlSession
  let usual: string
  beforeAll(async () => {
    const [found] = await server.query('SELECT @@max_allowed_packet AS longest')
    usual = found?.['longest'] ?? ''
    if (Number(usual) < longest) await server.run(`SET GLOBAL max_allowed_packet = ${longest}`)
    await server.run(
      'DROP DATABASE IF EXISTS inserting',
      'CREATE DATABASE inserting CHARACTER SET utf8mb4',
      'CREATE TABLE inserting.t (`__mr_n` bigint PRIMARY KEY, v longtext)',
    )
    session = await MysqlSession.connect(server.settings, new AbortController().signal, 'write')
  })
  afterAll(async () => {
    await session.close()
    await server.run('DROP DATABASE inserting', `SET GLOBAL max_allowed_packet = ${usual}`)
    rmSync(folder, { recursive: true })
  })

  const column: WriteColumn = {
    name: 'v',
    cell: sql`v`,
    isText: true,
    conversion: undefined,
    silent: [],
  }
  /** Sends values, numbered from `first`; returns the bytes of each statement's rows. */
  const send = async (first: number, values: readonly string[], mostRows = Infinity): Promise<number[]> => {
    writeFileSync(file, values.map((value, place) => `${first + place},'${value}'),(\n`).join(''))
    const sizes: number[] = []
    for await (const sent of insertRows(session, 'inserting.t', [column], longest, mostRows).send(file)) {
      expect(sent).toMatchObject({ warnings: 0, skipped: 0 })
      sizes.push(sent.bytes)
    }
    return sizes
  }

  it('come in statements of about a megabyte, with a row that is longer by itself', async () => {
    const short = Array.from({ length: 3000 }, (_, place) => `${place} 中 ${'x'.repeat(place % 2000)}`)
    const long = 'y'.repeat(3_000_000)
    const values = [...short, long, ...short.slice(0, 10), long, long]
    const sizes = await send(0, values)
    expect(sizes.filter((size) => size > 2 ** 20)).toHaveLength(3)
    expect(sizes.length).toBeLessThan(12)
    const rows = await server.query('SELECT v FROM inserting.t ORDER BY `__mr_n`')
    expect(rows.every(({ v }, place) => v === values[place])).toBe(true)
    expect(rows).toHaveLength(values.length)
    expect(await send(5000, short.slice(0, 10), 4)).toHaveLength(3)
  })

  it('come whole where the driver would send a packet too many', async () => {
    const start = Buffer.byteLength("INSERT IGNORE INTO inserting.t (`__mr_n`, `v`) VALUES (00000,'')")
    const values = [4, 0].map((lacking) => 'z'.repeat(packetBytes - lacking - start))
    for (const [place, value] of values.entries()) await send(10_000 + place, [value])
    const rows = await server.query(
      'SELECT LENGTH(v) AS n FROM inserting.t WHERE `__mr_n` >= 10000 ORDER BY `__mr_n`',
    )
    expect(rows.map(({ n }) => Number(n))).toEqual(values.map(({ length }) => length))
  })
})
