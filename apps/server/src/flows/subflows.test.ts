import { problemDocument, usableFlow } from '@millrace/contract'
import { type Flow, flow as flowSchema } from '@millrace/engine'
import { flowOf } from '@millrace/engine/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { TestServer } from '../testing/test-server.ts'

const server = new TestServer()
beforeAll(async () => {
  await server.start()
  await server.upload('people.csv', 'id,name\n1,ana\n2,bo\n')
})
afterAll(() => server.dispose())

const column = (name: string) => ({ name, type: 'VARCHAR' })
const inner = (condition: string): Flow => ({
  ...flowOf(
    [
      { id: 'rows', kind: 'input', settings: { name: '客户', columns: [column('id'), column('name')] } },
      { id: 'some', kind: 'filter', settings: { expression: condition } },
      { id: 'kept', kind: 'output', settings: { name: 'kept' } },
    ],
    ['rows -> some', 'some -> kept'],
  ),
  name: '筛选 “some”',
})
const outer = (flow: string, version: number, content: Flow): Flow =>
  flowOf(
    [
      {
        id: 'people',
        kind: 'csv.source',
        settings: {
          path: 'people.csv',
          columns: [column('id'), column('name')].map((each) => ({ ...each, format: '' })),
        },
      },
      { id: 'sub', kind: 'subflow', settings: { uses: { flow, version, content }, parameters: {} } },
      { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
    ],
    ['people -> sub:客户', 'sub:kept -> out'],
  )

const publish = async (id: string, revision: number) =>
  server.request('POST', `/flows/${id}/versions`, { revision })
const usable = async () =>
  z.array(usableFlow).parse(await (await server.request('GET', '/usable-flows')).json())
const version = async (id: string, number: number) =>
  flowSchema.parse(await (await server.request('GET', `/flows/${id}/versions/${number}`)).json())

describe('flows as nodes of flows', () => {
  it('offers what is published, and runs the version that was taken, whatever becomes of it', async () => {
    const { id } = await server.createFlow(inner("id = '1'"))
    expect((await usable()).some(({ flow }) => flow === id)).toBe(false)
    await publish(id, 1)
    expect(await usable()).toEqual([
      { flow: id, version: 1, name: '筛选 “some”', inputs: ['客户'], outputs: ['kept'], uses: [] },
    ])
    const made = await server.createFlow(outer(id, 1, await version(id, 1)))
    await server.request('PUT', `/flows/${id}/draft`, { revision: 1, flow: inner('true') })
    await publish(id, 2)
    expect((await usable())[0]?.version).toBe(2)
    const first = await server.waitFor((await server.startRun(made.id)).id)
    expect(first).toMatchObject({ status: 'succeeded', balanced: true, rowsIn: 2, rowsOut: 1, filtered: 1 })
    expect(first.nodes.map(({ nodeId }) => nodeId)).toEqual([
      'people',
      'sub~rows',
      'sub~some',
      'sub~kept',
      'out',
    ])
    expect((await server.request('DELETE', `/flows/${id}`)).status).toBe(204)
    const again = await server.request('POST', `/runs/${first.id}/retry`, {})
    expect(again.status).toBe(202)
    const { id: second } = z.object({ id: z.string() }).parse(await again.json())
    expect(await server.waitFor(second)).toMatchObject({ status: 'succeeded', rowsOut: 1 })
  })

  it('refuses a flow that would use itself, and one that waits for rows of others', async () => {
    const { id } = await server.createFlow(inner('true'))
    await publish(id, 1)
    const content = await version(id, 1)
    const itself: Flow = { ...inner('true'), nodes: [...inner('true').nodes, ...outer(id, 1, content).nodes] }
    await server.request('PUT', `/flows/${id}/draft`, { revision: 1, flow: itself })
    const refused = await publish(id, 2)
    expect(refused.status).toBe(422)
    expect(problemDocument.parse(await refused.json()).problems).toMatchObject([
      { code: 'subflow.recursion' },
    ])
    const alone = await server.waitFor((await server.startRun(id, { version: 1 })).id)
    expect(alone).toMatchObject({ status: 'failed', problem: { code: 'flow.inputAlone' } })
  })
})
