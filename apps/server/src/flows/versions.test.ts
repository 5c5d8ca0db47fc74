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
    expect(run).toMatchObject({
      environment: 'test',
      parameters: { a: '1', b: '4' },
      environmentValues: { b: '2' },
    })
    await server.waitFor(run.id)
    const unknown = await server.request('POST', `/flows/${id}/runs`, { environment: 'none' })
    expect(unknown.status).toBe(404)
  })

  it('stay those of a run that is done again, and it says which of their values it has not', async () => {
    const parameter = (name: string) => ({
      name,
      type: 'text' as const,
      default: `${name}0`,
      description: '',
    })
    const parameters = ['a', 'b', 'c'].map(parameter)
    const { id } = await server.createFlow({ ...emptyFlow('done again'), parameters })
    const at = `/flows/${id}/environments`
    await server.request('POST', at, { name: 'test', values: { a: '1', b: '2' } })
    const first = await server.startRun(id, { environment: 'test', parameters: { b: '4' } })
    await server.waitFor(first.id)
    // What the environment has by now is not what the run had.
    await server.request('PUT', `${at}/test`, { name: 'test', values: { a: '7', b: '8' } })
    const retry = async (body: object, of = first.id) => {
      const answer = await server.request('POST', `/runs/${of}/retry`, body)
      const run = runSchema.parse(await answer.json())
      await server.waitFor(run.id)
      return { id: run.id, is: [run.environment, run.parameters, run.environmentValues] }
    }
    expect((await retry({})).is).toEqual(['test', { a: '1', b: '4' }, { b: '2' }])
    // As the dialog sends them, with what the run left to the defaults.
    const filled = { a: '1', b: '4', c: 'c0' }
    expect((await retry({ parameters: filled })).is).toEqual(['test', filled, { b: '2' }])
    const back = { a: '1', b: '2', c: 'c0' }
    expect((await retry({ parameters: back })).is).toEqual(['test', back, {}])
    const other = { a: '1', b: '2', c: 'c1' }
    const second = await retry({ parameters: other })
    expect(second.is).toEqual(['test', other, { c: 'c0' }])
    expect((await retry({ parameters: { a: '5' } }, second.id)).is).toEqual([
      'test',
      { a: '5', b: 'b0' },
      { a: '1', b: '2' },
    ])
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
