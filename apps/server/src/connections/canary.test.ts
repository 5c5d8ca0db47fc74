import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { diagnosis, flowDocument, run } from '@millrace/contract'
import { afterAll, beforeAll, expect, it } from 'vitest'

const canary = 'canary-5f0c71-😀-пароль'
const home = mkdtempSync(path.join(os.tmpdir(), 'millrace-canary-'))
let millrace: ChildProcess
let echo: Server
let log = ''
let address = ''
const answers: string[] = []

/** A PostgreSQL server that asks for the password in the clear and repeats it in its refusal. */
function startEcho(): Promise<Server> {
  const message = (type: string, body: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(body.length + 4)
    return Buffer.concat([Buffer.from(type), length, body])
  }
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      if (data.readInt32BE(0) === 8) socket.write('N')
      else if (data[0] === 0x70) {
        const password = data.subarray(5, -1).toString()
        const fields = `SFATAL\0C28P01\0Mno, ${password} is wrong, nor is ${encodeURIComponent(password)}\0\0`
        socket.end(message('E', Buffer.from(fields)))
      } else socket.write(message('R', Buffer.from([0, 0, 0, 3])))
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

beforeAll(async () => {
  echo = await startEcho()
  millrace = spawn(process.execPath, [path.resolve(import.meta.dirname, '../serve.ts')], {
    env: {
      ...process.env,
      MILLRACE_HOME: home,
      PORT: '0',
      LOG_LEVEL: 'trace',
    },
  })
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer) => {
      log += String(chunk)
      const [, url] = /Millrace is at (\S+)/.exec(log) ?? []
      if (url === undefined) return
      address = `${url}/api`
      resolve()
    }
    millrace.stdout?.on('data', take)
    millrace.stderr?.on('data', take)
    millrace.once('exit', () => reject(new Error(log)))
  })
}, 60_000)
afterAll(() => {
  millrace.kill('SIGKILL')
  echo.close()
  rmSync(home, { recursive: true, force: true })
})

async function ask(method: string, place: string, body?: unknown): Promise<Response> {
  const answer = await fetch(`${address}${place}`, {
    method,
    ...(body !== undefined && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  answers.push(`${method} ${place} ${answer.status} ${await answer.clone().text()}`)
  return answer
}

/** The forms in which a secret would still be one. */
const forms = [
  canary,
  encodeURIComponent(canary),
  JSON.stringify(canary).slice(1, -1),
  Buffer.from(canary).toString('base64').replace(/=+$/, ''),
  Buffer.from(canary).toString('hex'),
]
const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

it('a secret is found in no answer, no log and no file, not even where its server repeats it', async () => {
  const listening = echo.address()
  const port = typeof listening === 'object' && listening ? listening.port : 0
  const settings = { host: '127.0.0.1', port, database: 'sales', user: 'ana' }
  const secrets = { password: canary }
  const given = { connector: 'postgres', name: 'Sales', settings, secrets }
  expect((await ask('POST', '/connections', given)).status).toBe(201)
  const { steps } = diagnosis.parse(await (await ask('POST', '/connections/sales/test')).json())
  // The server did repeat it: else this would prove nothing.
  expect(JSON.stringify(steps)).toContain('no, •••• is wrong, nor is ••••')
  await ask('POST', '/connections/test', { connector: 'postgres', settings, secrets })
  await ask('POST', '/connections/test', { connector: 'postgres', settings, id: 'sales' })
  await ask('POST', '/connections/sales/browse', { path: [] })
  await ask('POST', '/connections/sales/columns', { path: ['public', 'orders'] })
  await ask('PUT', '/connections/sales', { name: 'Sales', settings: { ...settings, host: 'x' } })
  await ask('PUT', '/connections/sales', { name: 'Sales', settings: { ...settings, port: 'no' }, secrets })
  await ask('PUT', '/connections/sales', { name: 'Sales', settings, secrets: { passwort: canary } })
  await ask('PUT', '/connections/sales', { name: 7, settings, secrets })
  const node = { id: 'read', kind: 'postgres.source', settings: { connection: 'sales', table: 'a.b' } }
  const write = { id: 'write', kind: 'csv.target', settings: { path: 'out.csv' } }
  const nodes = [node, write].map((one) => ({ ...one, position: { x: 0, y: 0 } }))
  const edges = [{ from: { node: 'read', port: 'out' }, to: { node: 'write', port: 'in' } }]
  const flow = { format: 'millrace.flow', version: 1, name: 'Canary', nodes, edges }
  const inferred = await (await ask('POST', '/design/infer', { flow })).text()
  expect(inferred).toContain('no, •••• is wrong')
  await ask('POST', '/design/preview', { flow, nodeId: 'read', port: 'out' })
  const { id } = flowDocument.parse(await (await ask('POST', '/flows', { flow })).json())
  const started = run.parse(await (await ask('POST', `/flows/${id}/runs`, {})).json())
  const ended = async () => run.parse(await (await ask('GET', `/runs/${started.id}`)).json())
  await expect.poll(async () => (await ended()).status, { timeout: 30_000, interval: 300 }).toBe('failed')
  expect(JSON.stringify((await ended()).nodes)).toContain('no, •••• is wrong')
  await ask('GET', `/runs/${started.id}/log`)
  await ask('POST', '/connections/rotate-keys')
  for (const place of ['/connections', '/connections/sales', '/connections/sales/used-by', '/openapi.json'])
    await ask('GET', place)

  const found = (text: string) => forms.filter((form) => text.includes(form))
  expect(
    answers.flatMap((answer) => found(answer).map((form) => `${form} in ${answer.slice(0, 60)}`)),
  ).toEqual([])
  expect(found(log)).toEqual([])
  const files = filesIn(home)
  expect(files.some((file) => file.endsWith('millrace.db'))).toBe(true)
  expect(files.filter((file) => found(readFileSync(file, 'utf8')).length > 0)).toEqual([])
}, 60_000)
