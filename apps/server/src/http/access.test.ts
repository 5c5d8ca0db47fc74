import http from 'node:http'
import { problemDocument } from '@millrace/contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TestServer } from '../testing/test-server.ts'

const server = new TestServer()
beforeAll(() => server.start())
afterAll(() => server.dispose())

/** `fetch` does not let a caller choose Host and Origin. */
function send(method: string, address: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${server.url}${address}`, { method, headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
    request.end(method === 'POST' ? '{}' : undefined)
  })
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, { operationId: string; parameters: { name: string }[] }>>
}
const json = { 'Content-Type': 'application/json' }

it('answers only to its own names', async () => {
  expect(await send('GET', '/api/health', { Host: 'localhost:4680' })).toBe(200)
  expect(await send('GET', '/api/health', { Host: '[::1]:4680' })).toBe(200)
  for (const Host of ['evil.example', 'localhost.evil.example', '169.254.169.254', '127.0.0.1.nip.io'])
    expect(await send('GET', '/api/flows', { Host })).toBe(403)
})

it('refuses changes that a foreign page asks for', async () => {
  const { host } = new URL(server.url)
  expect(await send('POST', '/api/flows', { ...json, Origin: `http://${host}` })).toBe(201)
  for (const Origin of ['https://evil.example', 'null', `http://${host}.evil.example`, 'http://127.0.0.1:1'])
    expect(await send('POST', '/api/flows', { ...json, Origin })).toBe(403)
  expect(await send('POST', '/api/flows', { ...json, 'Sec-Fetch-Site': 'cross-site' })).toBe(403)
})

it('answers unknown addresses and methods with problem documents', async () => {
  const unknown = await server.request('GET', '/nothing')
  expect(unknown.status).toBe(404)
  expect(problemDocument.parse(await unknown.json()).code).toBe('not-found')
  const wrong = await server.request('DELETE', '/flows')
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, POST'])
  for (const address of ['/FLOWS', '/flows/', '//flows', '/flows;x=1'])
    expect((await server.request('GET', address)).status).toBe(404)
})

it('sends the headers that keep a browser from being used against its user', async () => {
  const { headers } = await server.request('GET', '/health')
  const policy = headers.get('content-security-policy') ?? ''
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('x-powered-by')).toBeNull()
})

it('describes every endpoint of the contract', async () => {
  const document: Document = JSON.parse(await (await server.request('GET', '/openapi.json')).text())
  expect(document.openapi).toBe('3.1.0')
  expect(document.paths['/flows/{id}/draft']?.['put']?.operationId).toBe('saveDraft')
  expect(document.paths['/runs']?.['get']?.parameters.map(({ name }) => name)).toContain('pageSize')
})
