import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { overview } from '@millrace/contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../database/database.ts'
import { readOptions } from '../options.ts'
import { createTestDatabase, dropTestDatabase, testDatabaseUrl } from '../testing/test-database.ts'
import { copyFlow, TestServer } from '../testing/test-server.ts'
import { OverviewService } from './service.ts'

const hour = 3_600_000
const now = Date.parse('2026-03-29T12:00:00Z')
const statuses = ['succeeded', 'succeeded', 'failed', 'succeeded', 'cancelled'] as const

/** Half a month of runs of seven flows, one every hour and three minutes; every eleventh is dry. */
const runs = Array.from({ length: 340 }, (_, index) => ({
  id: `run-${index}`,
  flowId: `flow-${index % 7}`,
  flowName: `Flow ${index % 7}`,
  version: null,
  status: statuses[(index * 3 + Math.floor(index / 7)) % statuses.length] ?? 'failed',
  trigger: 'person',
  queuedAt: new Date(now - (340 - index) * (hour + 180_000)),
  durationMs: 100 + ((index * 7919) % 5000),
  clock: new Date(now),
  flow: '{}',
  parameters: '{}',
  rowsOut: BigInt(index * 10),
  rejected: BigInt(index % 4),
  dry: index % 11 === 0,
}))

const median = (values: readonly number[]): number | null => {
  const sorted = values.toSorted((a, b) => a - b)
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]]
  return low === undefined || high === undefined ? null : (low + high) / 2
}

describe('the overview of some hundred runs', () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'millrace-overview-'))
  let database: Database
  let service: OverviewService

  beforeAll(async () => {
    await createTestDatabase(home)
    database = (await openDatabase(home, readOptions({}).migrations, testDatabaseUrl(home))).database
    service = new OverviewService(database)
    await database.run.createMany({ data: runs })
  })
  afterAll(async () => {
    await database.$disconnect()
    await dropTestDatabase(home)
    rmSync(home, { recursive: true, force: true })
  })

  it.each([
    ['24 hours', 24, hour],
    ['30 days, of which half are empty', 30, 24 * hour],
    ['7 days', 7, 24 * hour],
  ])('%s are what a loop over the runs counts', async (_, count, span) => {
    const starts = Array.from({ length: count }, (_, index) =>
      new Date(now - (count - index) * span).toISOString(),
    )
    const { spans } = await service.read(starts)
    const expected = starts.map((start, index) => {
      const end = index === count - 1 ? Number.POSITIVE_INFINITY : Date.parse(starts[index + 1] ?? '')
      const inside = runs.filter(
        ({ queuedAt, dry }) => !dry && queuedAt.getTime() >= Date.parse(start) && queuedAt.getTime() < end,
      )
      const of = (status: string) => inside.filter((run) => run.status === status)
      const times = of('succeeded').map(({ durationMs }) => durationMs)
      return {
        start,
        succeeded: of('succeeded').length,
        failed: of('failed').length,
        cancelled: of('cancelled').length,
        rowsOut: of('succeeded').reduce((sum, { rowsOut }) => sum + Number(rowsOut), 0),
        rejected: of('succeeded').reduce((sum, { rejected }) => sum + Number(rejected), 0),
        medianMs: median(times),
        longestMs: times.length === 0 ? null : Math.max(...times),
      }
    })
    expect(spans).toEqual(expected)
    expect(spans.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBeGreaterThan(0)
  })

  it('names the flows whose newest run that counts has failed, newest first', async () => {
    const newest = new Map(runs.filter(({ dry }) => !dry).map((run) => [run.flowId, run]))
    const failed = [...newest.values()]
      .filter(({ status }) => status === 'failed')
      .map(({ id }) => id)
      .toReversed()
    const { failing, failures } = await service.read([new Date(now).toISOString()])
    expect(failing).toBe(failed.length)
    expect(failed.length).toBeGreaterThan(0)
    expect(failures.map(({ id }) => id).toSorted()).toEqual(failed.toSorted())
    expect(failures.map(({ queuedAt }) => queuedAt)).toEqual(
      failures
        .map(({ queuedAt }) => queuedAt)
        .toSorted()
        .toReversed(),
    )
  })

  it('says what runs before what waits, and a run that goes on leaves its flow failing', async () => {
    const before = await service.read([new Date(now).toISOString()])
    const [failure] = before.failures
    if (!failure) throw new Error('nothing fails')
    const base = { flow: '{}', parameters: '{}', clock: new Date(now), trigger: 'person', version: null }
    const more = ['queued', 'running', 'queued'].map((status, index) => ({
      ...base,
      id: `active-${index}`,
      flowId: failure.flowId,
      flowName: failure.flowName,
      status,
      queuedAt: new Date(now + index),
    }))
    await database.run.createMany({ data: more })
    const after = await service.read([new Date(now).toISOString()])
    expect(after).toMatchObject({ running: 1, queued: 2, failing: before.failing })
    expect(after.active.map(({ id }) => id)).toEqual(['active-1', 'active-0', 'active-2'])
  })
})

describe('GET /api/overview', () => {
  const server = new TestServer()
  beforeAll(() => server.start())
  afterAll(() => server.dispose())

  it('tells of a run that has just ended', async () => {
    await server.upload('people.csv', 'name\na\nb\n')
    const { id } = await server.createFlow(copyFlow('people.csv', 'out.csv'))
    await server.waitFor((await server.startRun(id)).id)
    const starts = [new Date(Date.now() - hour).toISOString(), new Date(Date.now() - 60_000).toISOString()]
    const answer = await server.request('GET', `/overview?starts=${starts.join(',')}`)
    const { spans, failing } = overview.parse(await answer.json())
    expect(failing).toBe(0)
    expect(spans).toMatchObject([
      { start: starts[0], succeeded: 0, medianMs: null },
      { start: starts[1], succeeded: 1, rowsOut: 2, medianMs: expect.any(Number) },
    ])
  })

  it.each([
    ['nothing', ''],
    ['no moments', 'yesterday'],
    ['moments backwards', '2026-01-02T00:00:00Z,2026-01-01T00:00:00Z'],
    ['too many', Array.from({ length: 65 }, (_, at) => new Date(at).toISOString()).join(',')],
  ])('refuses %s', async (_, starts) => {
    expect((await server.request('GET', `/overview?starts=${starts}`)).status).toBe(400)
  })
})
