import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readConnections } from './connections-file.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'millrace-connections-'))
afterAll(() => rmSync(folder, { recursive: true }))

const file = path.join(folder, 'connections.json')
const read = (content: unknown, environment: NodeJS.ProcessEnv = {}) => {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
  return readConnections(file, environment)
}
const settings = { host: 'db.example', port: 5432, database: 'sales', user: 'ana' }
const sales = (changes: object) => ({
  sales: { connector: 'postgres', settings: { ...settings, ...changes } },
})

it('fills in variables of the environment, when a connection is needed', async () => {
  const content = sales({ host: '${env:HOST}.example', port: '${env:PORT}', password: '${env:SECRET}' })
  const connections = read(content, { HOST: 'db', PORT: '5433', SECRET: 'a ${env:HOST} "b"' })
  expect(await connections.find('sales')).toEqual({
    connector: 'postgres',
    settings: { ...settings, host: 'db.example', port: 5433, password: 'a ${env:HOST} "b"' },
  })
  await expect(read(content, { HOST: 'db', PORT: '1' }).find('sales')).rejects.toMatchObject({
    problem: { code: 'connection.incomplete', parameters: { detail: 'the variable SECRET is not set' } },
  })
})

it.each(['elsewhere', 'constructor', '__proto__', ''])('has nothing called %j', async (id) => {
  expect(await read(sales({})).find(id)).toBeUndefined()
})

it.each([
  ['{', /cannot be read/],
  ['[]', /expected record/],
  [{ sales: { connector: 'postgres' } }, /sales\.settings/],
  [{ sales: { connector: 'postgres', settings, password: 'x' } }, /password/],
  [{ sales: { connector: 'csv', settings: {} } }, /no connections of "csv"/],
  [sales({ password: 'plain' }), /sales: password is a secret/],
  [sales({ password: 'x${env:SECRET}' }), /password is a secret/],
])('refuses %j in words', (content, message) => {
  expect(() => read(content)).toThrow(message)
})

it('says of a file that is not there that it cannot be read', () => {
  expect(() => readConnections(path.join(folder, 'none.json'), {})).toThrow(/none\.json cannot be read/)
})
