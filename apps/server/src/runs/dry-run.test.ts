import { readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { changePage, flowSummary, logLine } from '@millrace/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { copyFlow, TestServer } from '../testing/test-server.ts'

const server = new TestServer()
beforeAll(async () => {
  await server.start()
  await server.upload('people.csv', 'name,city\nAna,Wien\n=Bo,Graz\n')
})
afterAll(() => server.dispose())

const written = (name: string) => readFileSync(path.join(server.home, 'files', name), 'utf8')
const post = async (address: string, body: object = {}) => {
  const answer = await server.request('POST', address, body)
  return { status: answer.status, body: await answer.json() }
}

describe('a dry run', () => {
  it('writes nothing, lists what would change, and is no run of data', async () => {
    await server.upload('dry.csv', 'what was there\n')
    const flow = await server.createFlow(copyFlow('people.csv', 'dry.csv'))
    const run = await server.waitFor((await server.startRun(flow.id, { dry: true })).id)
    expect(run).toMatchObject({ status: 'succeeded', dry: true, outputs: [], rowsOut: 2 })
    expect(run.nodes.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded'])
    expect(run.changes).toMatchObject([{ nodeId: 'out', mode: 'replace', inserted: 2, deleted: 0 }])
    expect(written('dry.csv')).toBe('what was there\n')
    const answer = await server.request('GET', `/runs/${run.id}/changes?pageSize=1&page=2&change=insert`)
    const page = changePage.parse(await answer.json())
    expect(page).toMatchObject({ total: 2, items: [{ nodeId: 'out', change: 'insert', before: null }] })
    const none = await (await server.request('GET', `/runs/${run.id}/changes?change=delete`)).json()
    expect(none).toEqual({ items: [], total: 0 })
    const csv = await (await server.request('GET', `/runs/${run.id}/changes.csv`)).text()
    expect(csv.split('\r\n')).toHaveLength(4)
    expect(csv).toContain('"{""name"":""Ana"",""city"":""Wien""}"')
    const lines = await (await server.request('GET', `/runs/${run.id}/log`)).json()
    const log = z.array(logLine).parse(lines)
    expect(log.at(-1)?.message.en).toMatch(/^The dry run succeeded and wrote nothing: 2 rows read/)
    const [summary] = z.array(flowSummary).parse(await (await server.request('GET', '/flows')).json())
    expect(summary?.lastRun).toBeNull()
  })

  it('fails of what the run itself would fail of before its first row', async () => {
    const shop = new DatabaseSync(path.join(server.home, 'files', 'unfit.db'))
    shop.exec(`CREATE TABLE narrow (name TEXT); CREATE TABLE keyless (name TEXT, city TEXT);
      CREATE TABLE full (name TEXT PRIMARY KEY, city TEXT); INSERT INTO full VALUES ('Bo', 'Oslo')`)
    shop.close()
    const body = { connector: 'sqlite', name: 'unfit', settings: { path: 'unfit.db' }, secrets: {} }
    const { id: connection } = z.object({ id: z.string() }).parse((await post('/connections', body)).body)
    const drawn = copyFlow('people.csv', '')
    for (const [settings, code] of [
      [{ table: 'narrow' }, 'table.noColumn'],
      [{ table: 'keyless', mode: 'upsert', keys: ['name'] }, 'table.noKey'],
      [{ table: 'nowhere', create: false }, 'table.unknown'],
      [{ table: 'full', mode: 'mirror', keys: ['name'] }, 'target.mirrorCap'],
    ] as const) {
      const target = { kind: 'sqlite.target', settings: { into: 'connection', connection, ...settings } }
      const nodes = drawn.nodes.map((node) => (node.id === 'out' ? { ...node, ...target } : node))
      const flow = await server.createFlow({ ...drawn, nodes })
      for (const dry of [true, false]) {
        const run = await server.waitFor((await server.startRun(flow.id, { dry })).id)
        expect(run).toMatchObject({ status: 'failed', dry, problem: { code, location: { nodeId: 'out' } } })
      }
    }
  })

  it('can be approved as long as it holds', async () => {
    await server.upload('source.csv', 'name,city\nAna,Wien\n')
    const flow = await server.createFlow(copyFlow('source.csv', 'approved.csv'))
    const dry = await server.waitFor((await server.startRun(flow.id, { dry: true })).id)
    const approved = await post(`/runs/${dry.id}/approve`)
    expect(approved.status).toBe(202)
    const { id } = z.object({ id: z.string() }).parse(approved.body)
    const run = await server.waitFor(id)
    expect(run).toMatchObject({
      status: 'succeeded',
      dry: false,
      approves: dry.id,
      clock: dry.clock,
      changes: [],
    })
    expect(written('approved.csv')).toBe('name,city\nAna,Wien\n')

    const next = await server.waitFor((await server.startRun(flow.id, { dry: true })).id)
    await server.upload('source.csv', 'name,city\nAna,Linz\n', '?overwrite=true')
    const again = z.object({ id: z.string() }).parse((await post(`/runs/${next.id}/approve`)).body)
    expect(await server.waitFor(again.id)).toMatchObject({
      status: 'failed',
      problem: { code: 'run.changed', location: { nodeId: 'out' } },
    })
    expect(written('approved.csv')).toBe('name,city\nAna,Wien\n')
    expect(await post(`/runs/${id}/approve`)).toMatchObject({
      status: 409,
      body: { code: 'run-not-approvable' },
    })
  })
})

describe('a run that has ended is done again', () => {
  it('with its flow and clock, or with the draft and new ones', async () => {
    const flow = await server.createFlow(copyFlow('people.csv', 'again.csv', "city = 'Wien'"))
    const first = await server.waitFor((await server.startRun(flow.id)).id)
    const draft = copyFlow('people.csv', 'again.csv')
    const saved = await server.request('PUT', `/flows/${flow.id}/draft`, {
      revision: flow.revision,
      flow: draft,
    })
    expect(saved.status).toBe(200)
    const retried = async (body: object) => {
      const { id } = z.object({ id: z.string() }).parse((await post(`/runs/${first.id}/retry`, body)).body)
      return server.waitFor(id)
    }
    expect(await retried({})).toMatchObject({ rowsOut: 1, clock: first.clock, retries: first.id })
    const other = await retried({ flow: 'current', clock: 'new' })
    expect(other).toMatchObject({ rowsOut: 2, retries: first.id })
    expect(other.clock).not.toBe(first.clock)
    expect((await post(`/runs/${first.id}/retry`, { parameters: { nothing: '1' } })).status).toBe(422)
    expect((await post('/runs/none/retry')).status).toBe(404)
  })
})

describe('a flow that requires an approved dry run', () => {
  const careful = (from: string, to: string) => ({ ...copyFlow(from, to), requiresApproval: true })
  const refused = { status: 409, body: { code: 'approval-required' } }

  it('runs only by an approval whose changes still hold, whoever starts it', async () => {
    await server.upload('careful-in.csv', 'name,city\nAna,Wien\n')
    const flow = await server.createFlow(careful('careful-in.csv', 'careful.csv'))
    expect(await post(`/flows/${flow.id}/runs`)).toMatchObject({
      ...refused,
      body: { problems: [{ code: 'run.notApproved', location: { nodeId: 'out' } }] },
    })
    const dry = await server.waitFor((await server.startRun(flow.id, { dry: true })).id)
    expect(dry).toMatchObject({ status: 'succeeded', dry: true })
    const started = async (address: string, body: object = {}) => {
      const { id } = z.object({ id: z.string() }).parse((await post(address, body)).body)
      return server.waitFor(id)
    }
    const approved = await started(`/runs/${dry.id}/approve`)
    expect(approved).toMatchObject({ status: 'succeeded', approves: dry.id })
    expect(written('careful.csv')).toBe('name,city\nAna,Wien\n')

    const next = await server.waitFor((await server.startRun(flow.id, { dry: true })).id)
    await server.upload('careful-in.csv', 'name,city\nBo,Graz\n', '?overwrite=true')
    const failed = await started(`/runs/${next.id}/approve`)
    const changed = { status: 'failed', problem: { code: 'run.changed' }, approves: next.id }
    expect(failed).toMatchObject(changed)
    // It has written nothing, so the approval still holds for a retry, as far as the changes do.
    expect(await started(`/runs/${failed.id}/retry`)).toMatchObject(changed)
    expect(await post(`/runs/${failed.id}/retry`, { flow: 'current' })).toMatchObject(refused)
    expect(written('careful.csv')).toBe('name,city\nAna,Wien\n')
    await server.upload('careful-in.csv', 'name,city\nAna,Wien\n', '?overwrite=true')
    expect(await started(`/runs/${failed.id}/retry`)).toMatchObject({ status: 'succeeded' })
  })

  it('writes what was approved once, though it is approved at the same moment, done again, and deleted', async () => {
    const files = path.join(server.home, 'files')
    const shop = new DatabaseSync(path.join(files, 'once.db'))
    shop.exec('CREATE TABLE people (name TEXT, city TEXT)')
    const body = { connector: 'sqlite', name: 'once', settings: { path: 'once.db' }, secrets: {} }
    const { id: connection } = z
      .object({ id: z.string() })
      .parse(await (await server.request('POST', '/connections', body)).json())
    await server.upload('once.csv', 'name,city\nAna,Wien\n')
    const drawn = careful('once.csv', '')
    const settings = { into: 'connection', connection, table: 'people', mode: 'append' }
    const nodes = drawn.nodes.map((node) =>
      node.id === 'out' ? { ...node, kind: 'sqlite.target', settings } : node,
    )
    const flow = await server.createFlow({ ...drawn, nodes })
    const dry = await server.waitFor((await server.startRun(flow.id, { dry: true })).id)
    const approve = () => post(`/runs/${dry.id}/approve`)
    const answers = await Promise.all([approve(), approve(), approve()])
    const used = { status: 409, body: { code: 'approval-used' } }
    expect(answers.filter(({ status }) => status === 409)).toMatchObject([used, used])
    const taken = answers.find(({ status }) => status === 202)?.body
    const { id } = z.object({ id: z.string() }).parse(taken)
    expect(await server.waitFor(id)).toMatchObject({ status: 'succeeded', rowsOut: 1 })
    expect(await server.getRun(dry.id)).toMatchObject({ approvedBy: id })
    expect(await post(`/runs/${id}/retry`)).toMatchObject(used)
    expect((await server.request('DELETE', `/runs/${id}`)).status).toBe(204)
    expect(await approve()).toMatchObject(used)
    expect(shop.prepare('SELECT count(*) AS n FROM people').get()).toEqual({ n: 1 })
    shop.close()
  })

  it('keeps its requirement with the version that was published', async () => {
    const flow = await server.createFlow(careful('people.csv', 'careful-version.csv'))
    expect((await post(`/flows/${flow.id}/versions`, { revision: flow.revision })).status).toBeLessThan(300)
    const saved = await server.request('PUT', `/flows/${flow.id}/draft`, {
      revision: flow.revision,
      flow: copyFlow('people.csv', 'careful-version.csv'),
    })
    expect(saved.status).toBe(200)
    expect(await post(`/flows/${flow.id}/runs`, { version: 1 })).toMatchObject(refused)
    expect((await post(`/flows/${flow.id}/runs`)).status).toBe(202)
  })
})
