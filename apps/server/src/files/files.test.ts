import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { fileEntry, problemDocument } from '@millrace/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TestServer } from '../testing/test-server.ts'

const server = new TestServer({ uploadBytes: 1_000_000 })
beforeAll(() => server.start())
afterAll(() => server.dispose())

const list = async () => z.array(fileEntry).parse(await (await server.request('GET', '/files')).json())
const staged = () => readdirSync(path.join(server.home, 'uploads'))
const content = (name: string) => server.request('GET', `/files/content?path=${encodeURIComponent(name)}`)

describe('uploads', () => {
  it('keeps names and bytes, in folders too', async () => {
    const text = 'id,名称\n1,“é”\n'
    expect((await server.upload('2026/客户 1.csv', text)).status).toBe(201)
    expect(await list()).toMatchObject([{ path: '2026/客户 1.csv', connector: 'csv', readOnly: false }])
    const answer = await content('2026/客户 1.csv')
    expect(await answer.text()).toBe(text)
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="__ 1.csv"; filename*=UTF-8''%E5%AE%A2%E6%88%B7%201.csv`,
    )
    expect(staged()).toEqual([])
  })

  it('replaces a file only when asked to', async () => {
    await server.upload('same.csv', 'old')
    const refused = await server.upload('same.csv', 'new')
    expect(refused.status).toBe(409)
    expect(problemDocument.parse(await refused.json()).code).toBe('file-exists')
    expect(await (await content('same.csv')).text()).toBe('old')
    expect((await server.upload('same.csv', 'new', '?overwrite=true')).status).toBe(201)
    expect(await (await content('same.csv')).text()).toBe('new')
  })

  it('accepts an empty file', async () => {
    expect((await server.upload('empty.csv', '')).status).toBe(201)
    expect(await (await content('empty.csv')).text()).toBe('')
  })

  it.each([
    '../escape.csv',
    'a/../../escape.csv',
    '/etc/cron.d/x',
    'a\\b.csv',
    '.hidden',
    'a//b.csv',
    'CON.csv',
    'a\u0000.csv',
    'a*.csv',
    '@other/x.csv',
    'x'.repeat(300),
    '..',
  ])('refuses the name %j', async (name) => {
    const before = await list()
    const answer = await server.upload(name, 'x')
    expect(answer.status).toBe(400)
    expect(await list()).toEqual(before)
    expect(staged()).toEqual([])
  })

  it('stops a file that is too large, and leaves nothing', async () => {
    const answer = await server.upload('large.csv', 'x'.repeat(1_000_001))
    expect(answer.status).toBe(413)
    expect(staged()).toEqual([])
    expect((await list()).map(({ path: name }) => name)).not.toContain('large.csv')
  })

  it('takes no JSON for an upload, and no multipart without a file', async () => {
    const fake = { files: { file: { filepath: '/etc/passwd', originalFilename: 'x.csv' } } }
    expect((await server.request('POST', '/files', fake)).status).toBe(415)
    const form = new FormData()
    form.append('file', 'a field, not a file')
    expect((await fetch(`${server.url}/api/files`, { method: 'POST', body: form })).status).toBe(400)
  })

  it('forgets an upload that breaks off', async () => {
    await new Promise<void>((resolve) => {
      const request = http.request(`${server.url}/api/files`, {
        method: 'POST',
        headers: { 'Content-Type': 'multipart/form-data; boundary=b', 'Content-Length': '100000' },
      })
      request.on('error', () => resolve())
      request.write('--b\r\nContent-Disposition: form-data; name="file"; filename="cut.csv"\r\n\r\nhalf a')
      setTimeout(() => request.destroy(new Error('cut')), 200)
    })
    await expect.poll(staged).toEqual([])
    expect((await list()).map(({ path: name }) => name)).not.toContain('cut.csv')
  })
})

describe('paths of requests', () => {
  it.each(['../millrace.db', 'x/../../millrace.db', '/etc/passwd', '..\\millrace.db', '@none/x', 'a\u0000b'])(
    'refuses %j',
    async (name) => {
      expect((await content(name)).status).toBe(400)
      expect((await server.request('DELETE', `/files?path=${encodeURIComponent(name)}`)).status).toBe(400)
    },
  )

  it('does not follow links', async () => {
    const files = path.join(server.home, 'files')
    writeFileSync(path.join(server.home, 'secret.csv'), 'secret')
    mkdirSync(path.join(server.home, 'outside'))
    writeFileSync(path.join(server.home, 'outside/secret.csv'), 'secret')
    symlinkSync(path.join(server.home, 'secret.csv'), path.join(files, 'link.csv'))
    symlinkSync(path.join(server.home, 'outside'), path.join(files, 'folder'))
    expect((await content('link.csv')).status).toBe(404)
    expect((await content('folder/secret.csv')).status).toBe(404)
    expect((await server.request('DELETE', '/files?path=folder/secret.csv')).status).toBe(404)
    expect((await server.upload('folder/new.csv', 'x')).status).toBe(400)
    expect((await list()).map(({ path: name }) => name)).not.toContain('link.csv')
    expect(readFileSync(path.join(server.home, 'outside/secret.csv'), 'utf8')).toBe('secret')
  })

  it('deletes a file once', async () => {
    await server.upload('gone.csv', 'x')
    expect((await server.request('DELETE', '/files?path=gone.csv')).status).toBe(204)
    expect((await server.request('DELETE', '/files?path=gone.csv')).status).toBe(404)
  })
})

it('previews a file as its connector reads it', async () => {
  await server.upload('preview.csv', 'name,city\nAna,Wien\n李雷,上海\n')
  const answer = await server.request('GET', '/files/preview?path=preview.csv')
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    columns: [{ name: 'name' }, { name: 'city' }],
    rows: [
      ['Ana', 'Wien'],
      ['李雷', '上海'],
    ],
  })
})
