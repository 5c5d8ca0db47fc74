import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../sql/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'
import type { RunEvent } from './engine.ts'
import { KeyExists, KeyRing } from './key-ring.ts'
import { Session } from './session.ts'

const home = mkdtempSync(path.join(tmpdir(), 'millrace-keys-'))
const folder = path.join(home, 'keys')
const ring = new KeyRing(folder)
let session: Session
beforeAll(async () => {
  await ring.create('people')
  await ring.create('other')
  session = await Session.open({
    workFolder: path.join(home, 'work'),
    inputs: [],
    keys: folder,
    memoryLimit: 2 ** 29,
    spillLimit: 2 ** 29,
    clock: '2026-03-01T00:00:00.000Z',
  })
})
afterAll(() => {
  session.close()
  rmSync(home, { recursive: true, force: true })
})

/** A key in every spelling in which it could leak. */
const spellings = (name: string): string[] => {
  const bytes = ring.read(name)?.export()
  if (!bytes) throw new Error(`no key ${name}`)
  return [
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('latin1'),
  ]
}
const encrypt = async (text: string, key = 'people'): Promise<string> => {
  const [row] = await session.query(sql`SELECT millrace_encrypt(${key}, ${text}) AS value`)
  return row?.['value'] ?? ''
}
const decrypt = async (text: string, key = 'people'): Promise<string | null | undefined> =>
  (await session.query(sql`SELECT millrace_decrypt(${key}, ${text}) AS value`))[0]?.['value']

describe('the key ring', () => {
  it('makes keys that only their owner can read, and never replaces one', async () => {
    const before = spellings('people')
    await expect(ring.create('people')).rejects.toThrow(KeyExists)
    expect(spellings('people')).toEqual(before)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(path.join(folder, 'people.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).sort()).toEqual(['other.key', 'people.key'])
  })

  it.each(['../people', 'a/b', '', 'A', 'x'.repeat(41), 'a.key', 'a\0'])(
    'takes no name like %j',
    async (name) => {
      expect(ring.read(name)).toBeUndefined()
      await expect(ring.create(name)).rejects.toThrow()
    },
  )

  it('does not list files that hold no key', () => {
    writeFileSync(path.join(folder, 'short.key'), 'AAAA')
    expect(ring.names()).toEqual(['other', 'people'])
    rmSync(path.join(folder, 'short.key'))
  })

  it('is empty without a folder', () => {
    expect(new KeyRing(undefined).names()).toEqual([])
    expect(new KeyRing(path.join(home, 'none')).names()).toEqual([])
  })
})

describe('the functions', () => {
  it.each(['', 'x', '13912345678', '中文', '😀👩‍👩‍👧', "it's", 'a\nb', 'long '.repeat(10)])(
    'give %j back',
    async (text) => {
      const value = await encrypt(text)
      expect(value).toMatch(/^mr1:people:[\w-]+$/)
      expect(await decrypt(value)).toBe(text)
    },
  )

  it('encrypt the same value differently each time, and keep what is missing', async () => {
    const rows = await session.query(
      sql`SELECT count(DISTINCT millrace_encrypt('people', 'same')) AS different, count(millrace_encrypt('people', CASE WHEN range < 0 THEN 'x' END)) AS missing FROM range(5000)`,
    )
    expect(rows).toEqual([{ different: '5000', missing: '0' }])
    expect(await session.query(sql`SELECT millrace_decrypt('people', NULL) AS value`)).toEqual([
      { value: null },
    ])
  })

  it('round-trip 100 000 values, with nothing missing among them lost', async () => {
    const [row] = await session.query(
      sql`SELECT count(*) AS rows, count(text) AS texts, count(*) FILTER (WHERE back IS DISTINCT FROM text) AS wrong FROM (SELECT text, millrace_decrypt('people', secret) AS back FROM (SELECT text, millrace_encrypt('people', text) AS secret FROM (SELECT CASE WHEN range % 10 = 0 THEN NULL ELSE '客户 ' || range END AS text FROM range(100000))))`,
    )
    expect(row).toEqual({ rows: '100000', texts: '90000', wrong: '0' })
  })

  it('see every change of a value', async () => {
    const value = await encrypt('13912345678')
    const head = 'mr1:people:'.length
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let at = head; at < value.length; at++) {
      const flipped = alphabet[alphabet.indexOf(value[at] ?? '') ^ 1] ?? ''
      expect(await decrypt(value.slice(0, at) + flipped + value.slice(at + 1)), `at ${at}`).toBeNull()
    }
    for (const changed of [
      `${value}=`,
      `${value} `,
      ` ${value}`,
      value.slice(0, -1),
      value.slice(0, head),
      '',
    ])
      expect(await decrypt(changed)).toBeNull()
  })

  it('hold a value to its key and to the name of its key', async () => {
    const value = await encrypt('x')
    expect(await decrypt(value, 'other')).toBeNull()
    expect(await decrypt(value.replace(':people:', ':other:'), 'other')).toBeNull()
    renameSync(path.join(folder, 'people.key'), path.join(folder, 'renamed.key'))
    try {
      expect(await decrypt(value.replace(':people:', ':renamed:'), 'renamed')).toBeNull()
    } finally {
      renameSync(path.join(folder, 'renamed.key'), path.join(folder, 'people.key'))
    }
    expect(await decrypt(value)).toBe('x')
  })

  it('fail with a sentence where the key is gone', async () => {
    await expect(encrypt('x', 'none')).rejects.toThrow('There is no key “none”.')
  })

  it('leave no key in the profile', async () => {
    await decrypt(await encrypt('x'))
    const profile = readFileSync(path.join(home, 'work', 'profile.json'), 'latin1')
    for (const spelling of spellings('people')) expect(profile.includes(spelling)).toBe(false)
  })
})

describe('the mask operator', () => {
  const maskFlow = (how: 'encrypt' | 'decrypt', from: string, to: string, key = 'people') =>
    flowOf(
      [
        { id: 'read', kind: 'csv.source', settings: { path: from } },
        { id: 'mask', kind: 'mask', settings: { columns: [{ column: 'phone', how, key }] } },
        { id: 'write', kind: 'csv.target', settings: { path: to } },
      ],
      ['read -> mask', 'mask -> write'],
    )

  it('encrypts a file, and decrypts it but for what was changed', async () => {
    const bench = new EngineBench({ keys: folder })
    try {
      bench.write('plain.csv', 'name,phone\n李雷,139 1234\nBo,\nAnn,😀\nCy,555\n')
      const events: RunEvent[] = []
      const request = {
        runId: 'test',
        clock: '2026-03-01T10:20:30.000Z',
        parameters: {},
        resultFolder: bench.results,
        onEvent: (event: RunEvent) => void events.push(event),
        onPrepared: () => Promise.resolve(),
      }
      const encrypted = await bench.engine.run({
        ...request,
        flow: maskFlow('encrypt', 'plain.csv', 'secret.csv'),
      })
      expect(encrypted).toMatchObject({ status: 'succeeded', balanced: true })
      const secret = bench.text('secret.csv')
      expect(secret.match(/mr1:people:/g)).toHaveLength(3)
      expect(secret).not.toContain('139 1234')

      bench.write(
        'changed.csv',
        secret.replace(/(Cy,mr1:people:)./, (_, head: string) => `${head}-`),
      )
      const decrypted = await bench.engine.run({
        ...request,
        flow: maskFlow('decrypt', 'changed.csv', 'again.csv'),
      })
      expect(decrypted).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
      expect(bench.text('again.csv').replaceAll('\r', '')).toBe('name,phone\n李雷,139 1234\nBo,\nAnn,😀\n')
      expect(await bench.rejects()).toMatchObject([
        {
          nodeId: 'mask',
          column: 'phone',
          rule: 'decrypt',
          reason: 'this was changed, or encrypted with another key named “people”',
        },
      ])
      const said = JSON.stringify([events, encrypted, decrypted])
      for (const spelling of spellings('people')) expect(said.includes(spelling)).toBe(false)
    } finally {
      await bench.close()
    }
  })

  it('tells where a key is missing before anything is written, and finds one that is made then', async () => {
    const bench = new EngineBench({ keys: folder })
    const flow = maskFlow('encrypt', 'plain.csv', 'secret.csv', 'new')
    const missing = {
      code: 'key.missing',
      location: { nodeId: 'mask', field: 'columns.0.key' },
      suggestions: ['other', 'people'],
    }
    try {
      bench.write('plain.csv', 'name,phone\nBo,1\n')
      expect((await bench.engine.infer(flow)).problems).toMatchObject([missing])
      expect(await bench.run(flow)).toMatchObject({ status: 'failed', problems: [missing] })
      expect(bench.names()).toEqual(['plain.csv'])
      await ring.create('new')
      expect((await bench.engine.infer(flow)).problems).toEqual([])
      expect(await bench.run(flow)).toMatchObject({ status: 'succeeded' })
    } finally {
      rmSync(path.join(folder, 'new.key'), { force: true })
      await bench.close()
    }
  })

  it('is the only way to the functions', async () => {
    const bench = new EngineBench({ keys: folder })
    try {
      bench.write('plain.csv', 'name,phone\nBo,1\n')
      for (const call of ['millrace_encrypt', 'millrace_decrypt', 'MILLRACE_DECRYPT']) {
        const expression = `${call}('people', phone)`
        const nodes = [
          { id: 'read', kind: 'csv.source', settings: { path: 'plain.csv' } },
          { id: 'write', kind: 'csv.target', settings: { path: 'out.csv' } },
        ]
        const column = { id: 'map', kind: 'map', settings: { columns: [{ name: 'x', expression }] } }
        const query = { id: 'map', kind: 'sql', settings: { query: `SELECT ${expression} AS x FROM input` } }
        for (const node of [column, query]) {
          const flow = flowOf([...nodes, node], ['read -> map', 'map -> write'])
          const { problems } = await bench.engine.infer(flow)
          expect(problems.map(({ code }) => code)).toContain('sql.notAllowed')
        }
      }
    } finally {
      await bench.close()
    }
  })
})
