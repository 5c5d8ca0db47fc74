import { readdirSync } from 'node:fs'
import path from 'node:path'
import { golden, goldenOutcome, problemDocument } from '@millrace/contract'
import { goldenFile } from '@millrace/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { copyFlow, TestServer } from '../testing/test-server.ts'

const server = new TestServer()
beforeAll(async () => {
  await server.start()
  await server.upload('people.csv', 'id,name\n1,ana\n2,bo\n')
})
afterAll(() => server.dispose())

const files = () => readdirSync(path.join(server.home, 'goldens'))

describe('golden tests', () => {
  it('are saved, run, accepted, handed out as a file and deleted', async () => {
    const flow = copyFlow('people.csv', 'out.csv', 'true')
    const { id } = await server.createFlow(flow)
    const at = `/flows/${id}/goldens`
    const asked = { flow, name: '全部 “all” ../x', nodeId: 'out', port: 'in', author: '李雷' }
    const made = golden.parse(await (await server.request('POST', at, asked)).json())
    expect(made).toMatchObject({ name: asked.name, rows: 2, author: '李雷' })
    const again = await server.request('POST', at, asked)
    expect(problemDocument.parse(await again.json())).toMatchObject({ status: 409, code: 'golden-exists' })

    const test = async (of: object) =>
      z.array(goldenOutcome).parse(await (await server.request('POST', `${at}/test`, { flow: of })).json())
    // The test reads its own rows, whatever becomes of the file.
    await server.upload('people.csv', 'id,name\n7,eva\n', '?overwrite=true')
    expect(await test(flow)).toMatchObject([{ id: made.id, passed: true, problems: [] }])
    const fewer = copyFlow('people.csv', 'out.csv', "id = '1'")
    const [differs] = await test(fewer)
    expect(differs).toMatchObject({ passed: false, comparison: { counts: { removed: 1 } } })
    expect(differs?.comparison?.rows).toMatchObject([{ kind: 'removed', before: ['2', 'bo'] }])

    const accepted = await server.request('PUT', `${at}/${made.id}`, { flow: fewer, author: 'Anna' })
    expect(await accepted.json()).toMatchObject({ rows: 1, author: 'Anna' })
    expect(await test(fewer)).toMatchObject([{ passed: true }])

    const file = await server.request('GET', `${at}.json`)
    expect(file.headers.get('content-disposition')).toContain('attachment')
    expect(goldenFile.parse(await file.json()).tests.map(({ name }) => name)).toEqual([asked.name])
    const other = await server.createFlow(flow)
    expect((await server.request('DELETE', `/flows/${other.id}/goldens/${made.id}`)).status).toBe(404)
    expect((await server.request('DELETE', `${at}/${made.id}`)).status).toBe(204)
    expect(await (await server.request('GET', at)).json()).toEqual([])
    expect(files()).toEqual([])
  })

  it('are refused where there are no rows, and go with their flow', async () => {
    const flow = copyFlow('people.csv', 'out.csv')
    const { id } = await server.createFlow(flow)
    const at = `/flows/${id}/goldens`
    const bad = { flow: copyFlow('people.csv', 'out.csv', 'nme = 1'), name: 'a', nodeId: 'out', port: 'in' }
    const refused = problemDocument.parse(await (await server.request('POST', at, bad)).json())
    expect(refused.problems).toMatchObject([{ code: 'golden.noPort' }])
    expect((await server.request('POST', at, { ...bad, flow })).status).toBe(201)
    expect(files()).toHaveLength(1)
    await server.request('DELETE', `/flows/${id}`)
    expect(files()).toEqual([])
    expect((await server.request('GET', at)).status).toBe(404)
  })
})
