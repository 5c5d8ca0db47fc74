import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { inferResponse, keyEntry, problemDocument } from '@millrace/contract'
import { emptyFlow, type Flow } from '@millrace/engine'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { TestServer } from '../testing/test-server.ts'

const server = new TestServer()
beforeAll(() => server.start())
afterAll(() => server.dispose())

const create = (name: unknown) => server.request('POST', '/keys', { name })
const list = async () => z.array(keyEntry).parse(await (await server.request('GET', '/keys')).json())
const file = (name: string) => path.join(server.home, 'keys', `${name}.key`)

/** Encrypts a column of a file that stands in the Files area. */
const encryption = (key: string): Flow => {
  const node = (id: string, kind: string, settings: Record<string, unknown>) =>
    ({ id, kind, settings, label: '', note: '', position: { x: 0, y: 0 }, disabled: false }) as const
  return {
    ...emptyFlow('encryption'),
    nodes: [
      node('read', 'csv.source', { path: 'people.csv' }),
      node('mask', 'mask', { columns: [{ column: 'phone', how: 'encrypt', key }] }),
      node('write', 'csv.target', { path: 'secret.csv' }),
    ],
    edges: [
      { from: { node: 'read', port: 'out' }, to: { node: 'mask', port: 'in' } },
      { from: { node: 'mask', port: 'out' }, to: { node: 'write', port: 'in' } },
    ],
  }
}

it('makes a key that its owner alone can read, and tells its name only', async () => {
  expect(await list()).toEqual([])
  const answer = await create('people')
  expect(answer.status).toBe(201)
  const text = await answer.text()
  const secret = readFileSync(file('people'), 'utf8').trim()
  expect(Buffer.from(secret, 'base64')).toHaveLength(32)
  expect(statSync(file('people')).mode & 0o777).toBe(0o600)
  expect(statSync(path.join(server.home, 'keys')).mode & 0o777).toBe(0o700)
  const listed = await (await server.request('GET', '/keys')).text()
  expect(Object.keys(JSON.parse(text)).sort()).toEqual(['createdAt', 'name'])
  expect(JSON.parse(listed)).toEqual([JSON.parse(text)])
})

it('never replaces a key', async () => {
  await create('kept')
  const before = readFileSync(file('kept'), 'utf8')
  const answer = await create('kept')
  expect(answer.status).toBe(409)
  expect(problemDocument.parse(await answer.json()).code).toBe('key-exists')
  expect(readFileSync(file('kept'), 'utf8')).toBe(before)
})

it.each(['', '../x', 'A', 'a b', '中文', 'x'.repeat(41), 7, null])('refuses the name %j', async (name) => {
  const before = await list()
  expect((await create(name)).status).toBe(400)
  expect(await list()).toEqual(before)
})

it.each(['GET', 'PUT', 'DELETE'])('has no way to %s one key', async (method) => {
  await create('alone')
  expect([404, 405]).toContain((await server.request(method, '/keys/alone')).status)
  if (method !== 'GET') expect((await server.request(method, '/keys')).status).toBe(405)
  expect(statSync(file('alone')).isFile()).toBe(true)
})

it('tells at design time whether there is the key, from the moment on that it is made', async () => {
  await server.upload('people.csv', 'name,phone\nBo,139\n')
  const problems = async () => {
    const answer = await server.request('POST', '/design/infer', { flow: encryption('later') })
    return inferResponse.parse(await answer.json()).problems
  }
  expect(await problems()).toMatchObject([
    { code: 'key.missing', location: { nodeId: 'mask', field: 'columns.0.key' } },
  ])
  await create('later')
  expect(await problems()).toEqual([])
})
