import { environment, flowVersion, problemDocument, run as runSchema } from '@millrace/contract'
import { emptyFlow } from '@millrace/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TestServer } from '../testing/test-server.ts'

const server = new TestServer()
beforeAll(() => server.start())
afterAll(() => server.dispose())

const hostile = '生产 / “prod” ../__proto__?#%2F 🚚'

describe('versions', () => {
  it('say who, when and why, newest first', async () => {
    const { id } = await server.createFlow(emptyFlow('v1'))
    const publish = (body: object) => server.request('POST', `/flows/${id}/versions`, body)
    expect((await publish({ revision: 1, message: 'first', author: '李雷' })).status).toBe(201)
    expect((await publish({ revision: 1 })).status).toBe(201)
    const versions = z
      .array(flowVersion)
      .parse(await (await server.request('GET', `/flows/${id}/versions`)).json())
    expect(versions.map(({ version, message, author }) => [version, message, author])).toEqual([
      [2, '', ''],
      [1, 'first', '李雷'],
    ])
    expect((await publish({ revision: 1, author: 'x'.repeat(101) })).status).toBe(400)
  })
})

describe('environments', () => {
  it('are made, changed, renamed and deleted under any name', async () => {
    const { id } = await server.createFlow(emptyFlow('e'))
    const at = `/flows/${id}/environments`
    const list = async () => z.array(environment).parse(await (await server.request('GET', at)).json())
    const made = await server.request('POST', at, { name: hostile, values: { since: '2026-01-31' } })
    expect(made.status).toBe(201)
    const again = await server.request('POST', at, { name: hostile, values: {} })
    expect(problemDocument.parse(await again.json())).toMatchObject({ code: 'environment-exists' })
    await server.request('POST', at, { name: 'test', values: {} })
    const own = `${at}/${encodeURIComponent(hostile)}`
    expect((await server.request('PUT', own, { name: 'test', values: {} })).status).toBe(409)
    expect((await server.request('PUT', own, { name: 'prod', values: { since: '' } })).status).toBe(200)
    expect(await list()).toEqual([
      { name: 'prod', values: { since: '' } },
      { name: 'test', values: {} },
    ])
    expect((await server.request('DELETE', own)).status).toBe(404)
    expect((await server.request('DELETE', `${at}/prod`)).status).toBe(204)
    expect(await list()).toEqual([{ name: 'test', values: {} }])
  })

  it('give a run the values that it is not given otherwise, and the run says so', async () => {
    const parameter = (name: string) => ({ name, type: 'text' as const, default: '', description: '' })
    const flow = { ...emptyFlow('by environment'), parameters: [parameter('a'), parameter('b')] }
    const { id } = await server.createFlow(flow)
    const values = { a: '1', b: '2', gone: '3' }
    await server.request('POST', `/flows/${id}/environments`, { name: 'test', values })
    const run = await server.startRun(id, { environment: 'test', parameters: { b: '4' } })
    expect(run).toMatchObject({ environment: 'test', parameters: { a: '1', b: '4' } })
    await server.waitFor(run.id)
    const retry = async (body: object) =>
      runSchema.parse(await (await server.request('POST', `/runs/${run.id}/retry`, body)).json())
    expect(await retry({})).toMatchObject({ environment: 'test', parameters: { a: '1', b: '4' } })
    expect(await retry({ parameters: { a: '5', b: '4' } })).toMatchObject({ environment: null })
    const unknown = await server.request('POST', `/flows/${id}/runs`, { environment: 'none' })
    expect(unknown.status).toBe(404)
  })

  it('go with their flow, and belong to no other', async () => {
    const { id } = await server.createFlow(emptyFlow('gone'))
    const other = await server.createFlow(emptyFlow('other'))
    await server.request('POST', `/flows/${id}/environments`, { name: 'test', values: { a: '1' } })
    expect(await (await server.request('GET', `/flows/${other.id}/environments`)).json()).toEqual([])
    await server.request('DELETE', `/flows/${id}`)
    expect((await server.request('GET', `/flows/${id}/environments`)).status).toBe(404)
    const lost = await server.request('POST', `/flows/${id}/environments`, { name: 'a', values: {} })
    expect(lost.status).toBe(404)
  })
})
