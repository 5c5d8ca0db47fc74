import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { TestServer } from '../testing/test-server.ts'

const webRoot = mkdtempSync(path.join(os.tmpdir(), 'millrace-web-'))
const server = new TestServer({ webRoot })
beforeAll(async () => {
  mkdirSync(path.join(webRoot, 'assets'))
  writeFileSync(path.join(webRoot, 'index.html'), '<title>Millrace</title>')
  writeFileSync(path.join(webRoot, 'assets/main-1a2b.js'), 'export {}')
  writeFileSync(path.join(webRoot, '.sources.sha256'), 'stamp')
  await server.start()
})
afterAll(async () => {
  await server.dispose()
  rmSync(webRoot, { recursive: true })
})
const get = (address: string) => fetch(`${server.url}${address}`, { headers: { Accept: 'text/html,*/*' } })

it('answers every page address with the app, not to be cached', async () => {
  for (const address of ['/', '/flows/abc', '/runs?status=failed']) {
    const answer = await get(address)
    expect([answer.status, await answer.text()]).toEqual([200, '<title>Millrace</title>'])
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
  }
})

it('lets hashed assets be cached for ever', async () => {
  const answer = await get('/assets/main-1a2b.js')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toContain('javascript')
  expect(answer.headers.get('cache-control')).toContain('immutable')
})

it('says of missing files and API addresses that they are missing', async () => {
  for (const address of [
    '/assets/gone.js',
    '/.sources.sha256',
    '/api/flowz',
    '/%2e%2e/secret.txt',
    '/..%2fsecret',
  ])
    expect((await get(address)).status).toBe(404)
})
