import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Database, openDatabase } from '../database/database.ts'
import { readOptions } from '../options.ts'
import { createTestDatabase, dropTestDatabase, testDatabaseUrl } from '../testing/test-database.ts'
import { MasterKeys } from './master-keys.ts'
import { createConnectionRepository } from './repository.ts'
import { Vault } from './vault.ts'

const home = mkdtempSync(path.join(os.tmpdir(), 'millrace-vault-'))
const folder = path.join(home, 'secrets-keys')
let database: Database
beforeAll(async () => {
  await createTestDatabase(home)
  database = (await openDatabase(home, readOptions({}).migrations, testDatabaseUrl(home))).database
})
afterAll(async () => {
  await database.$disconnect()
  await dropTestDatabase(home)
  rmSync(home, { recursive: true })
})
beforeEach(async () => {
  await database.connection.deleteMany()
  rmSync(folder, { recursive: true, force: true })
})

/** A vault as a server has it, with one connection for each secret. */
async function vaultWith(secrets: Readonly<Record<string, string>>) {
  const repository = createConnectionRepository(database)
  const vault = new Vault(repository, new MasterKeys(folder))
  for (const [id, password] of Object.entries(secrets)) {
    const secret = new Map([['password', password]])
    await vault.keep(id, secret, (envelopes) =>
      repository.create(id, 'postgres', { name: id, settings: '{}' }, envelopes),
    )
  }
  const read = async (id: string) => {
    const stored = await repository.find(id)
    if (!stored) throw new Error(`there is no ${id}`)
    return (await vault.open(stored))['password']
  }
  return { repository, vault, read }
}
const keyFiles = () => readdirSync(folder).toSorted()
const removeKey = (id: string) => rmSync(path.join(folder, `${id}.key`))

it('makes one key at first use, which its owner alone can read', async () => {
  const { vault } = await vaultWith({})
  expect(readdirSync(home)).not.toContain('secrets-keys')
  const places = Array.from({ length: 20 }, (_, index) => `c${index}`)
  await Promise.all(places.map((id) => vault.keep(id, new Map([['password', 'x']]), async () => undefined)))
  expect(keyFiles()).toEqual([expect.stringMatching(/^000001-[0-9a-f]{12}\.key$/)])
  expect(statSync(folder).mode & 0o777).toBe(0o700)
  expect(statSync(path.join(folder, keyFiles()[0] ?? '')).mode & 0o777).toBe(0o600)
})

it('stores an empty secret as none', async () => {
  const { vault } = await vaultWith({})
  const kept = await vault.keep('a', new Map([['password', '']]), async (envelopes) => envelopes)
  expect(kept).toEqual(new Map([['password', null]]))
})

it('opens no envelope in the row of another connection', async () => {
  const { read } = await vaultWith({ sales: 'one', hr: 'two' })
  const [stolen] = await database.connectionSecret.findMany({ where: { connectionId: 'hr' } })
  await database.connectionSecret.updateMany({
    where: { connectionId: 'sales' },
    data: { envelope: stolen?.envelope ?? '' },
  })
  await expect(read('sales')).rejects.toThrow('does not open here')
  expect(await read('hr')).toBe('two')
})

it('rotates while secrets are read and written, and needs the old keys no more', async () => {
  const secrets = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`c${index}`, `secret ${index}`]),
  )
  const { repository, vault, read } = await vaultWith(secrets)
  let reads = 0
  let isOver = false
  const reading = Promise.all(
    Object.entries(secrets).map(async ([id, secret]) => {
      for (; !isOver || reads < 100; reads++) {
        expect(await read(id)).toBe(secret)
        // SQLite answers at once: without this nothing else would get its turn.
        await setImmediate()
      }
    }),
  )
  const write = async () => {
    const stored = await repository.find('c0')
    const secret = new Map([['password', secrets['c0'] ?? '']])
    await vault.keep('c0', secret, async (envelopes) => {
      await setImmediate()
      if (stored) await repository.save(stored, { name: 'c0', settings: '{}' }, envelopes, true)
    })
  }
  for (let round = 0; round < 5; round++) {
    const [{ unused, unreadable }] = await Promise.all([vault.rotate(), write(), write()])
    expect(unreadable).toEqual([])
    expect(unused).toHaveLength(1)
    for (const id of unused) removeKey(id)
  }
  isOver = true
  await reading
  expect(reads).toBeGreaterThanOrEqual(100)
  const last = await vault.rotate()
  for (const id of last.unused) removeKey(id)
  expect(keyFiles()).toEqual([`${last.active}.key`])
  expect(await Promise.all(Object.keys(secrets).map(read))).toEqual(Object.values(secrets))
})

it('calls no key unused while something is still being stored under it', async () => {
  const { repository, vault, read } = await vaultWith({ slow: 'old' })
  const stored = await repository.find('slow')
  const keeping = vault.keep('slow', new Map([['password', 'new']]), async (envelopes) => {
    await setTimeout(300)
    if (stored) await repository.save(stored, { name: 'slow', settings: '{}' }, envelopes, true)
  })
  const { unused } = await vault.rotate()
  for (const id of unused) removeKey(id)
  await keeping
  expect(await read('slow')).toBe('new')
})

it('goes on with a rotation that died half way', async () => {
  const { repository, vault, read } = await vaultWith({ a: 'one', b: 'two' })
  const keys = new MasterKeys(folder)
  await keys.create()
  expect(await read('a')).toBe('one')
  const { rewrapped, unused } = await new Vault(repository, keys).rotate()
  expect(rewrapped).toBe(2)
  expect(unused).toHaveLength(2)
  expect(await vault.rotate()).toMatchObject({ rewrapped: 2, unreadable: [] })
})

it('names what it cannot open, and seals the rest anew', async () => {
  const { vault, read } = await vaultWith({ good: 'one', broken: 'two' })
  await database.connectionSecret.updateMany({
    where: { connectionId: 'broken' },
    data: { envelope: 'nothing' },
  })
  expect(await vault.rotate()).toMatchObject({
    rewrapped: 1,
    unreadable: [{ connectionId: 'broken', field: 'password' }],
  })
  expect(await read('good')).toBe('one')
  for (const file of keyFiles()) rmSync(path.join(folder, file))
  await expect(read('good')).rejects.toThrow('master key')
})
