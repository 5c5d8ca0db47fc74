import { flowDocument, problemDocument } from '@millrace/contract'
import { emptyFlow } from '@millrace/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyFlow, TestServer } from '../testing/test-server.ts'

const server = new TestServer()
beforeAll(() => server.start())
afterAll(() => server.dispose())

describe('drafts', () => {
  it('keeps a flow as it was given', async () => {
    const flow = { ...copyFlow('a.csv', 'b.csv'), name: '客户 “quoted” 🚚 __proto__' }
    const created = await server.createFlow(flow)
    const found = await (await server.request('GET', `/flows/${created.id}`)).json()
    expect(found).toEqual(created)
    expect(created).toMatchObject({ revision: 1, draft: flow, publishedVersion: null, unpublished: true })
  })

  it('tells the second of two editors, and keeps what the first one saved', async () => {
    const { id } = await server.createFlow(emptyFlow('one'))
    const first = await server.request('PUT', `/flows/${id}/draft`, { revision: 1, flow: emptyFlow('first') })
    expect(first.status).toBe(200)
    const second = await server.request('PUT', `/flows/${id}/draft`, {
      revision: 1,
      flow: emptyFlow('second'),
    })
    expect(second.status).toBe(409)
    expect(second.headers.get('content-type')).toContain('application/problem+json')
    expect(problemDocument.parse(await second.json())).toMatchObject({ code: 'flow-changed', revision: 2 })
    const stored = flowDocument.parse(await (await server.request('GET', `/flows/${id}`)).json())
    expect(stored.draft.name).toBe('first')
  })

  it('publishes versions that later drafts do not change', async () => {
    const { id } = await server.createFlow(emptyFlow('v1'))
    const published = await server.request('POST', `/flows/${id}/versions`, { revision: 1, message: 'first' })
    expect(published.status).toBe(201)
    expect((await server.request('POST', `/flows/${id}/versions`, { revision: 7 })).status).toBe(409)
    await server.request('PUT', `/flows/${id}/draft`, { revision: 1, flow: emptyFlow('v2') })
    expect(await (await server.request('GET', `/flows/${id}/versions/1`)).json()).toMatchObject({
      name: 'v1',
    })
    const document = flowDocument.parse(await (await server.request('GET', `/flows/${id}`)).json())
    expect(document).toMatchObject({ publishedVersion: 1, unpublished: true })
  })

  it('R20 takes 200 writers at once, ten to a flow, with readers of the history beside them', async () => {
    const flows = await Promise.all(
      Array.from({ length: 20 }, (_, n) => server.createFlow(emptyFlow(`flow ${n}`))),
    )
    const statuses: number[] = []
    const read = async (id: string) => {
      const answer = await server.request('GET', `/flows/${id}`)
      return flowDocument.parse(await answer.json())
    }
    /** Adds its mark to what it has read, until nobody was faster. */
    const write = async (id: string, writer: number) => {
      for (let saved = false; !saved; ) {
        const { revision, draft } = await read(id)
        const flow = { ...draft, description: `${draft.description} ${writer}` }
        const { status } = await server.request('PUT', `/flows/${id}/draft`, { revision, flow })
        statuses.push(status)
        saved = status !== 409
      }
    }
    const reads = Array.from({ length: 100 }, async () => {
      statuses.push(
        (await server.request('GET', '/runs')).status,
        (await server.request('GET', '/flows')).status,
      )
    })
    const writers = flows.flatMap(({ id }) => Array.from({ length: 10 }, (_, writer) => write(id, writer)))
    await Promise.all([...writers, ...reads])
    expect(statuses.filter((status) => status !== 200 && status !== 409)).toEqual([])
    for (const { id } of flows) {
      const { revision, draft } = await read(id)
      expect(revision).toBe(11)
      expect(draft.description.trim().split(' ').toSorted().join('')).toBe('0123456789')
    }
  }, 120_000)
})

describe('hostile bodies', () => {
  const post = (body: string, type = 'application/json') =>
    fetch(`${server.url}/api/flows`, { method: 'POST', headers: { 'Content-Type': type }, body })

  it.each([
    ['syntax', '{"flow": '],
    ['100,000 levels', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['__proto__', '{"name": "x", "__proto__": {"admin": true}}'],
    ['escaped __proto__', '{"name": "x", "flow": {"\\u005f_proto__": {}}}'],
    ['further fields', '{"name": "x", "workspaceId": "other"}'],
    ['wrong type', '{"name": 3}'],
    ['no body', ''],
  ])('refuses %s', async (_what, body) => {
    const answer = await post(body)
    expect(answer.status).toBe(400)
    expect(await answer.text()).not.toMatch(/\.ts|node_modules|\bat /)
  })

  it('refuses other media types and bodies that are too large', async () => {
    expect((await post('{"name":"x"}', 'text/plain')).status).toBe(415)
    expect((await post(JSON.stringify({ name: 'x'.repeat(21 * 2 ** 20) }))).status).toBe(413)
    expect((await server.request('GET', '/health')).status).toBe(200)
  })
})
