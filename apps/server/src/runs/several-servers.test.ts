import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../database/database.ts'
import { readOptions } from '../options.ts'
import { createTestDatabase, dropTestDatabase, testDatabaseUrl } from '../testing/test-database.ts'
import { copyFlow, slowCondition, TestServer } from '../testing/test-server.ts'
import { createRunRepository } from './repository.ts'

const disposals: (() => Promise<void> | void)[] = []
afterEach(async () => {
  while (disposals.length > 0) await disposals.pop()?.()
})

/** A folder of files and a database for several servers, each with a data folder of its own. */
async function cluster(size: number) {
  const shared = mkdtempSync(path.join(os.tmpdir(), 'millrace-shared-'))
  await createTestDatabase(shared)
  const databaseUrl = testDatabaseUrl(shared)
  disposals.push(async () => {
    await dropTestDatabase(shared)
    rmSync(shared, { recursive: true, force: true })
  })
  const servers: TestServer[] = []
  const add = async () => {
    const server = await new TestServer({ shared, databaseUrl, concurrentRuns: 2 }).start()
    disposals.push(() => server.dispose())
    servers.push(server)
    return server
  }
  for (let count = 0; count < size; count++) await add()
  const { database } = await openDatabase(shared, readOptions({}).migrations, databaseUrl)
  disposals.push(() => database.$disconnect())
  const [first, second] = servers
  if (!first || !second) throw new Error('several servers are two at least')
  return { shared, database, first, second, add, databaseUrl }
}
const people = 'name,city\nAna,Wien\nBo,Graz\n'
const many = `name\n${Array.from({ length: 2000 }, (_, row) => `n${row}`).join('\n')}\n`

describe.skipIf(testDatabaseUrl(os.tmpdir()) === undefined)('servers that share a database', () => {
  it('take each of 200 queued runs exactly once', async () => {
    const { database, databaseUrl, shared, first, second } = await cluster(2)
    await first.stop()
    await second.stop()
    const now = new Date()
    const order = { flowId: 'f', flowName: 'f', status: 'queued', trigger: 'person', flow: '{}' }
    await database.run.createMany({
      data: Array.from({ length: 200 }, (_, index) => ({
        ...order,
        id: `run-${index}`,
        queuedAt: now,
        clock: now,
        parameters: '{}',
      })),
    })
    /** Takes runs until none is left, as a server does, and counts how often another one was faster. */
    const takeAll = async (owner: string) => {
      const opened = await openDatabase(shared, readOptions({}).migrations, databaseUrl)
      const repository = createRunRepository(opened.database, opened.ignoringCase)
      const taken: string[] = []
      let missed = 0
      for (let next = await repository.nextQueued(); next; next = await repository.nextQueued())
        if (await repository.claim(next, new Date(), owner)) taken.push(next.id)
        else missed++
      await opened.database.$disconnect()
      return { taken, missed }
    }
    const servers = await Promise.all(['a', 'b', 'c'].map(takeAll))
    const taken = servers.flatMap((server) => server.taken)
    expect(taken).toHaveLength(200)
    expect(new Set(taken).size).toBe(200)
    expect(servers.reduce((sum, { missed }) => sum + missed, 0)).toBeGreaterThan(0)
  })

  it('execute what either has queued, each run once', async () => {
    const { database, first, second } = await cluster(2)
    const flow = await first.createFlow(copyFlow('nothing-there.csv', 'out.csv'))
    const runs = await Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? first : second).startRun(flow.id)),
    )
    for (const { id } of runs) expect((await second.waitFor(id)).status).toBe('failed')
    const began = await database.runEvent.findMany({ where: { body: { contains: '"status":"running"' } } })
    expect(began.map(({ runId }) => runId).toSorted()).toEqual(runs.map(({ id }) => id).toSorted())
    expect(await database.run.groupBy({ by: ['ownerId'] })).toHaveLength(2)
  }, 90_000)

  it('follow, cancel and delete what another one executes', async () => {
    const { first, second } = await cluster(2)
    await first.upload('many.csv', many)
    const flow = await first.createFlow(copyFlow('many.csv', 'slow.csv', slowCondition))
    // Both may take it: what is asked of either must hold for it.
    const { id } = await first.startRun(flow.id)
    const streams = [first.events(id), second.events(id)]
    await first.waitFor(id, ({ nodes }) => nodes.some(({ state }) => state === 'running'))
    expect((await second.request('POST', `/runs/${id}/cancel`)).status).toBe(202)
    expect((await first.request('POST', `/runs/${id}/cancel`)).status).toBe(202)
    expect((await second.waitFor(id)).status).toBe('cancelled')
    for (const { events } of await Promise.all(streams)) {
      const numbers = events.map((event) => event.id)
      expect(numbers).toEqual([...new Set(numbers)].toSorted((left, right) => left - right))
      expect(events.at(-1)?.event).toMatchObject({ type: 'status', status: 'cancelled' })
    }
    const queued = await Promise.all([first, second, first, second].map((server) => server.startRun(flow.id)))
    expect((await second.request('DELETE', `/flows/${flow.id}`)).status).toBe(204)
    for (const run of queued) expect((await first.request('GET', `/runs/${run.id}`)).status).toBe(404)
  }, 60_000)

  it('leave the runs of a living server alone, and end those of a dead one within 30 s', async () => {
    const { database, shared, first, second, add } = await cluster(2)
    await first.upload('people.csv', people)
    const flow = await first.createFlow(copyFlow('people.csv', 'decided.csv'))
    const { id } = await first.waitFor((await first.startRun(flow.id)).id)
    await first.stop()
    await second.stop()
    // As a server would leave it that lives and is about to commit what it has prepared.
    await database.$executeRaw`INSERT INTO "Server" VALUES ('other', now() AT TIME ZONE 'UTC' + interval '5 seconds')`
    await database.run.update({
      where: { id },
      data: { status: 'running', ownerId: 'other', endedAt: null, durationMs: null, rowsOut: 0 },
    })
    await database.runOutput.deleteMany({ where: { runId: id } })
    const third = await add()
    const begun = Date.now()
    expect((await third.getRun(id)).status).toBe('running')
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    expect((await third.getRun(id)).status).toBe('running')
    const run = await third.waitFor(id)
    expect(run).toMatchObject({ status: 'succeeded', rowsOut: 2 })
    expect(Date.now() - begun).toBeGreaterThan(15_000)
    expect(Date.now() - begun).toBeLessThan(35_000)
    expect(readFileSync(path.join(shared, 'files/decided.csv'), 'utf8')).toContain('Ana')
  }, 90_000)

  it('refuse a folder of files that belongs to another database', async () => {
    const { databaseUrl, shared } = await cluster(2)
    const stranger = new TestServer({ databaseUrl })
    disposals.push(() => stranger.dispose())
    await expect(stranger.start()).rejects.toThrow(/MILLRACE_SHARED/)
    const moved = new TestServer({ shared })
    disposals.push(() => moved.dispose())
    await expect(moved.start()).rejects.toThrow(/belongs to another database/)
  })
})
