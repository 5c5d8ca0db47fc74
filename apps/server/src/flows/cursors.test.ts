import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Cursor, cursor, problemDocument } from '@millrace/contract'
import { emptyFlow } from '@millrace/engine'
import { flowOf } from '@millrace/engine/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

describe('a position', () => {
  let flowId: string
  beforeAll(async () => {
    const files = path.join(server.home, 'files')
    mkdirSync(files, { recursive: true })
    const shop = new DatabaseSync(path.join(files, 'shop.db'))
    shop.exec(`CREATE TABLE orders (id INTEGER, changed TIMESTAMP, name TEXT, price DECIMAL(9,2));
      INSERT INTO orders VALUES (1, '2026-03-01 12:00:00', 'a', 1.5)`)
    shop.close()
    const body = { connector: 'sqlite', name: 'db', settings: { path: 'shop.db', patience: 2 }, secrets: {} }
    expect((await server.request('POST', '/connections', body)).status).toBe(201)
    const settings = { read: 'table', connection: 'db', table: 'orders', mode: 'incremental' }
    const cursorOf = { cursorColumn: 'changed', tieColumns: ['id', 'name'] }
    const gone = { ...settings, connection: 'gone', ...cursorOf }
    const flow = flowOf(
      [
        { id: 'in', kind: 'sqlite.source', settings: { ...settings, ...cursorOf } },
        { id: 'unknown', kind: 'sqlite.source', settings: gone },
      ],
      [],
    )
    flowId = (await server.createFlow(flow)).id
  })
  const refusal = async (position: object) => {
    const response = await move(flowId, 'in', position, null)
    const { code, problems } = problemDocument.parse(await response.json())
    return { status: response.status, code, problems }
  }

  it.each([
    ['changed', 'yesterday', 'a time such as', '时间，如'],
    ['changed', '2026-02-30', 'a time such as', '时间，如'],
    ['id', 'many', 'a whole number', '整数'],
    ['id', '1.5', 'a whole number', '整数'],
    ['id', '', 'a whole number', '整数'],
  ])('%s “%s” is refused with what is expected', async (column, value, en, zh) => {
    const { status, code, problems } = await refusal({ changed: '2026-03-01', [column]: value })
    expect({ status, code }).toEqual({ status: 422, code: 'cursor-invalid' })
    const field = column === 'id' ? 'tieColumns.0' : 'cursorColumn'
    expect(problems).toMatchObject([{ code: 'cursor.invalid', location: { nodeId: 'in', field } }])
    expect(problems[0]?.message.en).toContain(en)
    expect(problems[0]?.message.zh).toContain(zh)
    expect(await list(flowId)).toEqual([])
  })

  it('names columns that there are, and always that of the cursor', async () => {
    const { status, problems } = await refusal({ id: '1', changedAt: '2026-03-01' })
    expect(status).toBe(422)
    expect(problems).toMatchObject([
      { code: 'column.unknown', parameters: { column: 'changedAt' } },
      { code: 'setting.required', location: { nodeId: 'in', field: 'cursorColumn' } },
    ])
    expect((await refusal({ changed: null })).status).toBe(422)
  })

  it('is kept as runs keep it: as texts, with no spaces around what is no text', async () => {
    const given = { changed: ' 2026-03-01T12:00:00Z ', id: 7, name: ' seven ' }
    const moved = cursor.parse(await (await move(flowId, 'in', given, null)).json())
    expect(moved.position).toEqual({ changed: '2026-03-01T12:00:00Z', id: '7', name: ' seven ' })
  })

  it('is taken as it is where its column is not known', async () => {
    expect(await codeOf(move(flowId, 'unknown', { changed: 'yesterday' }, null))).toBe(200)
    expect(await codeOf(move(flowId, 'none', { changed: 'yesterday' }, null))).toBe(200)
  })
})
