import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { logLine } from '@millrace/contract'
import { isFinal } from '@millrace/engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { copyFlow, slowCondition, TestServer } from '../testing/test-server.ts'

const server = new TestServer({ concurrentRuns: 2 })
beforeAll(async () => {
  await server.start()
  await server.upload('people.csv', 'name,city\nAna,Wien\nBo,Graz\n李雷,上海\n')
  const rows = Array.from({ length: 2000 }, (_, row) => `n${row}`)
  await server.upload('many.csv', `name\n${rows.join('\n')}\n`)
})
afterAll(() => server.dispose())

describe('a run', () => {
  it('is found with every row accounted for', async () => {
    const flow = await server.createFlow(copyFlow('people.csv', 'sub/out.csv', "city <> 'Graz'"))
    const queued = await server.startRun(flow.id)
    expect(queued.status).toMatch(/queued|running/)
    const run = await server.waitFor(queued.id)
    expect(run).toMatchObject({ status: 'succeeded', balanced: true, rowsIn: 3, rowsOut: 2, filtered: 1 })
    expect(run.nodes.map(({ nodeId, state }) => [nodeId, state])).toEqual([
      ['in', 'succeeded'],
      ['keep', 'succeeded'],
      ['out', 'succeeded'],
    ])
    expect(run.outputs).toMatchObject([{ nodeId: 'out', name: 'sub/out.csv', rows: 2, available: true }])
    const output = await server.request('GET', `/runs/${run.id}/outputs/out`)
    expect(await output.text()).toBe(readFileSync(path.join(server.home, 'files/sub/out.csv'), 'utf8'))
    expect(await (await server.request('GET', `/runs/${run.id}/flow`)).json()).toEqual(flow.draft)
    const log = z.array(logLine).parse(await (await server.request('GET', `/runs/${run.id}/log`)).json())
    expect(log.at(0)?.message).toEqual({ en: 'The run started.', zh: '运行开始。' })
    expect(log.map(({ message }) => message.en)).toContain('Rows: 3 in = 2 out + 1 filtered')
    expect(log.at(-1)?.message.zh).toMatch(/^运行成功：读取 3 行，写入 2 行，筛除 1 行，拒绝 0 行/)
    const history = await (await server.request('GET', `/runs?status=succeeded&search=people`)).json()
    expect(history).toMatchObject({ total: 1, items: [{ id: run.id }] })

    writeFileSync(path.join(server.home, 'files/sub/out.csv'), 'somebody else wrote this')
    expect((await server.getRun(run.id)).outputs).toMatchObject([{ available: false }])
    expect((await server.request('GET', `/runs/${run.id}/outputs/out`)).status).toBe(410)
  })

  it('of a faulty flow fails at the node, and says why', async () => {
    const flow = await server.createFlow(copyFlow('missing.csv', 'never.csv'))
    const run = await server.waitFor((await server.startRun(flow.id)).id)
    expect(run).toMatchObject({
      status: 'failed',
      problem: { code: 'file.missing', location: { nodeId: 'in' } },
    })
    expect(run.nodes.map(({ state }) => state)).toEqual(['failed', 'waiting', 'waiting'])
    expect(existsSync(path.join(server.home, 'files/never.csv'))).toBe(false)
  })

  it('is refused for parameters that the flow does not have', async () => {
    const flow = await server.createFlow(copyFlow('people.csv', 'x.csv'))
    const answer = await server.request('POST', `/flows/${flow.id}/runs`, { parameters: { nothing: '1' } })
    expect(answer.status).toBe(422)
    expect((await server.request('POST', `/flows/${flow.id}/runs`, { version: 3 })).status).toBe(404)
  })

  it('R18 is cancelled though DuckDB does not listen, and writes nothing', async () => {
    const flow = await server.createFlow(copyFlow('many.csv', 'slow.csv', slowCondition))
    const { id } = await server.startRun(flow.id)
    await server.waitFor(id, ({ nodes }) => nodes.some(({ state }) => state === 'running'))
    expect((await server.request('DELETE', `/runs/${id}`)).status).toBe(409)
    expect((await server.request('POST', `/runs/${id}/cancel`)).status).toBe(202)
    // By itself it would go on for minutes.
    const run = await server.waitFor(id)
    expect(run).toMatchObject({ status: 'cancelled', problem: null, outputs: [] })
    expect(run.nodes.filter(({ state }) => state === 'running')).toEqual([])
    expect(existsSync(path.join(server.home, 'files/slow.csv'))).toBe(false)
    expect((await server.request('POST', `/runs/${id}/cancel`)).status).toBe(202)
    expect((await server.getRun(id)).status).toBe('cancelled')
    expect((await server.request('DELETE', `/runs/${id}`)).status).toBe(204)
    expect((await server.request('GET', `/runs/${id}`)).status).toBe(404)
  })
})

describe('rejects', () => {
  it('can be paged and saved as CSV that no spreadsheet runs', async () => {
    await server.upload('amounts.csv', 'name,amount\nAna,12\n=1+1,twelve\n"Bo, ""the"" 2nd",-\n')
    const base = copyFlow('amounts.csv', 'amounts-out.csv')
    const columns = [
      { name: 'name', type: 'VARCHAR', format: '' },
      { name: 'amount', type: 'BIGINT', format: '' },
    ]
    const nodes = base.nodes.map((node) =>
      node.id === 'in' ? { ...node, settings: { ...node.settings, columns } } : node,
    )
    const flow = await server.createFlow({ ...base, nodes })
    const run = await server.waitFor((await server.startRun(flow.id)).id)
    expect(run).toMatchObject({ status: 'succeeded', rowsIn: 3, rowsOut: 1, rejected: 2 })
    const page = await (await server.request('GET', `/runs/${run.id}/rejects?pageSize=1&page=2`)).json()
    expect(page).toMatchObject({ total: 2, items: [{ nodeId: 'in', column: 'amount', value: '-' }] })
    const none = await (await server.request('GET', `/runs/${run.id}/rejects?nodeId=out`)).json()
    expect(none).toMatchObject({ total: 0, items: [] })
    const csv = await (await server.request('GET', `/runs/${run.id}/rejects.csv`)).text()
    expect(csv.split('\r\n')).toHaveLength(4)
    expect(csv).toContain('in,amount,twelve,')
    expect(csv).toContain("in,amount,'-,")
    expect((await server.request('GET', '/runs/none/rejects.csv')).status).toBe(404)
  })
})

describe('events', () => {
  it('come in order, end with the run, and resume where a client was cut off', async () => {
    const flow = await server.createFlow(copyFlow('people.csv', 'events.csv'))
    const { id } = await server.startRun(flow.id)
    const begun = await server.events(id, undefined, 2)
    const seen = begun.events.at(-1)?.id ?? 0
    const rest = await server.events(id, seen)
    const all = await server.events(id)
    const numbers = all.events.map((event) => event.id)
    expect(numbers).toEqual(numbers.toSorted((left, right) => left - right))
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(all.events.at(-1)?.event).toMatchObject({ type: 'status', status: 'succeeded' })
    const kept = rest.events.filter(({ event }) => event.type !== 'progress')
    expect(kept).toEqual(all.events.filter((event) => event.id > seen))
    const ledgers = all.events.flatMap(({ event }) => (event.type === 'ledger' ? [event.ledger.nodeId] : []))
    expect(ledgers.toSorted()).toEqual(['in', 'keep', 'out'])
    const last = numbers.at(-1)
    expect(await server.events(id, last)).toMatchObject({ status: 204, events: [] })
    expect((await server.events('none')).status).toBe(404)
  })
})

describe('the queue', () => {
  it('R14 runs the rest when half of a hundred are cancelled, and never those', async () => {
    const flow = await server.createFlow(copyFlow('people.csv', 'queue.csv'))
    const runs = await Promise.all(Array.from({ length: 100 }, () => server.startRun(flow.id)))
    const cancelled = runs.filter((_, index) => (index * 7) % 10 < 5).map(({ id }) => id)
    await Promise.all(cancelled.map((id) => server.request('POST', `/runs/${id}/cancel`)))
    const ended = await Promise.all(runs.map(({ id }) => server.waitFor(id)))
    for (const run of ended) {
      if (!cancelled.includes(run.id)) expect(run.status).toBe('succeeded')
      else if (run.startedAt === null) expect(run.status).toBe('cancelled')
      expect(isFinal(run.status)).toBe(true)
    }
    const neverStarted = ended.filter(({ startedAt }) => startedAt === null)
    expect(neverStarted.length).toBeGreaterThan(40)
    expect(neverStarted.every(({ nodes }) => nodes.every(({ state }) => state === 'waiting'))).toBe(true)
    expect(ended.filter(({ status }) => status === 'succeeded').length).toBeGreaterThanOrEqual(50)
  }, 120_000)

  it('ends the runs of a flow that is deleted', async () => {
    const flow = await server.createFlow(copyFlow('many.csv', 'deleted.csv', slowCondition))
    const runs = await Promise.all([1, 2, 3].map(() => server.startRun(flow.id)))
    expect((await server.request('DELETE', `/flows/${flow.id}`)).status).toBe(204)
    for (const { id } of runs) expect((await server.request('GET', `/runs/${id}`)).status).toBe(404)
  })
})
