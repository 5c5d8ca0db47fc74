import { type Cursor, cursor } from '@millrace/contract'
import { emptyFlow } from '@millrace/engine'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await new TestServer().start()
})
afterAll(() => server.dispose())

const codeOf = async (response: Promise<Response>) => (await response).status
const list = async (flowId: string): Promise<Cursor[]> =>
  z.array(cursor).parse(await (await server.request('GET', `/flows/${flowId}/cursors`)).json())
const move = (flowId: string, nodeId: string, position: object, movedAt: string | null) =>
  server.request('PUT', `/flows/${flowId}/cursors/${nodeId}`, { position, movedAt })

it('is moved and reset by people who have seen where it is, and by nobody else', async () => {
  const { id } = await server.createFlow(emptyFlow('cursors'))
  expect(await list(id)).toEqual([])
  const first = cursor.parse(await (await move(id, 'in', { at: '2024-01-01' }, null)).json())
  expect(first).toMatchObject({ nodeId: 'in', position: { at: '2024-01-01' }, runId: null })
  expect(await codeOf(move(id, 'in', { at: '2025-01-01' }, null))).toBe(409)
  const second = cursor.parse(await (await move(id, 'in', { at: '2025-01-01' }, first.movedAt)).json())
  const reset = (movedAt: string) =>
    server.request('DELETE', `/flows/${id}/cursors/in?movedAt=${encodeURIComponent(movedAt)}`)
  expect(await codeOf(reset(first.movedAt))).toBe(409)
  expect(await list(id)).toEqual([second])
  expect(await codeOf(reset(second.movedAt))).toBe(200)
  expect(await list(id)).toMatchObject([{ nodeId: 'in', position: null }])
  expect(await codeOf(move(id, 'in', {}, null))).toBe(400)
  expect(await codeOf(server.request('GET', '/flows/none/cursors'))).toBe(404)
})
