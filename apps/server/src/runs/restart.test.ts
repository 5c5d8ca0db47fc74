import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { run as runDocument } from '@millrace/contract'
import { afterEach, expect, it } from 'vitest'
import { openDatabase } from '../database/database.ts'
import { readOptions } from '../options.ts'
import { isOnPostgresql, testDatabaseUrl } from '../testing/test-database.ts'
import { copyFlow, slowCondition, TestServer } from '../testing/test-server.ts'

const servers: TestServer[] = []
const create = async (options: ConstructorParameters<typeof TestServer>[0] = {}) => {
  const server = new TestServer(options)
  servers.push(server)
  return server.start()
}
afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose()
})
const people = 'name,city\nAna,Wien\nBo,Graz\n'
const open = async (home: string) =>
  (await openDatabase(home, readOptions({}).migrations, testDatabaseUrl(home))).database

it('R1 leaves what has ended as it is over 100 restarts', async () => {
  const server = await create()
  await server.upload('people.csv', people)
  const good = await server.createFlow(copyFlow('people.csv', 'out.csv'))
  const bad = await server.createFlow(copyFlow('none.csv', 'none-out.csv'))
  const ids = [(await server.startRun(good.id)).id, (await server.startRun(bad.id)).id]
  const before = await Promise.all(ids.map((id) => server.waitFor(id)))
  expect(before.map(({ status }) => status)).toEqual(['succeeded', 'failed'])
  for (let restart = 0; restart < 100; restart++) {
    await server.stop()
    await server.start()
  }
  expect(await Promise.all(ids.map((id) => server.getRun(id)))).toEqual(before)
}, 120_000)

it('ends running runs truthfully when it is stopped, and takes up the queued ones again', async () => {
  const server = await create({ concurrentRuns: 1 })
  await server.upload('many.csv', `name\n${Array.from({ length: 2000 }, (_, row) => `n${row}`).join('\n')}\n`)
  const slow = await server.createFlow(copyFlow('many.csv', 'slow.csv', slowCondition))
  const quick = await server.createFlow(copyFlow('many.csv', 'quick.csv'))
  const running = await server.startRun(slow.id)
  const queued = await server.startRun(quick.id)
  await server.waitFor(running.id, ({ nodes }) => nodes.some(({ state }) => state === 'running'))
  await server.stop()
  await server.start()
  const ended = await server.getRun(running.id)
  expect(ended).toMatchObject({ status: 'failed', problem: { code: 'run.died' }, outputs: [] })
  expect(existsSync(path.join(server.home, 'files/slow.csv'))).toBe(false)
  expect((await server.waitFor(queued.id)).status).toBe('succeeded')
}, 30_000)

/** Processes that work inside a folder (Linux; elsewhere none are seen). */
function processesIn(folder: string): string[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
    } catch {
      return false
    }
  })
}

/** A server in a process of its own, to be killed. */
async function spawnServer(home: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, '../serve.ts')], {
    env: { ...process.env, MILLRACE_HOME: home, DATABASE_URL: testDatabaseUrl(home), PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  for await (const chunk of child.stdout) {
    const [, url] = /Millrace is at (\S+)/.exec(String(chunk)) ?? []
    if (url !== undefined) return { child, url }
  }
  throw new Error('the server did not start')
}

it('R2 finds the truth after kill -9 in the middle of a run', async () => {
  const server = await create()
  await server.upload('many.csv', `name\n${Array.from({ length: 2000 }, (_, row) => `n${row}`).join('\n')}\n`)
  const flow = await server.createFlow(copyFlow('many.csv', 'killed.csv', slowCondition))
  await server.stop()
  const { child, url } = await spawnServer(server.home)
  const post = (address: string) =>
    fetch(`${url}/api${address}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    })
  const { id }: { id: string } = JSON.parse(await (await post(`/flows/${flow.id}/runs`)).text())
  const isRunning = async () => {
    const { nodes } = runDocument.parse(await (await fetch(`${url}/api/runs/${id}`)).json())
    return nodes.some(({ state }) => state === 'running')
  }
  await expect.poll(isRunning, { timeout: 15_000 }).toBe(true)
  expect(processesIn(server.home)).not.toEqual([])
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('exit', resolve))
  // Nobody waits for its engine processes any more, so they must not grind on.
  await expect.poll(() => processesIn(server.home), { timeout: 15_000 }).toEqual([])
  await server.start()
  const run = await server.getRun(id)
  expect(run).toMatchObject({ status: 'failed', problem: { code: 'run.died' }, outputs: [] })
  expect(run.nodes.some(({ state }) => state === 'running')).toBe(false)
  expect(existsSync(path.join(server.home, 'files/killed.csv'))).toBe(false)
  const { events } = await server.events(id, 1_000)
  expect(events.at(-1)?.event).toMatchObject({ type: 'status', status: 'failed' })
}, 60_000)

it('commits what was decided before the server died', async () => {
  const server = await create()
  await server.upload('people.csv', people)
  const flow = await server.createFlow(copyFlow('people.csv', 'decided.csv'))
  const { id } = await server.waitFor((await server.startRun(flow.id)).id)
  const whole = await server.getRun(id)
  await server.stop()
  // As a crash between the decision and its storing would have left the row.
  const database = await open(server.home)
  const data = { status: 'running', endedAt: null, durationMs: null, balanced: null, rowsOut: 0 }
  await database.run.update({ where: { id }, data })
  await database.runOutput.deleteMany({ where: { runId: id } })
  await database.runNode.updateMany({ where: { runId: id, nodeId: 'out' }, data: { state: 'running' } })
  await database.$disconnect()
  await server.start()
  const run = await server.getRun(id)
  expect(run).toMatchObject({ status: 'succeeded', balanced: true, rowsOut: 2, rowsIn: 2 })
  expect(run.outputs).toEqual(whole.outputs)
  expect(run.nodes.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  expect(readFileSync(path.join(server.home, 'files/decided.csv'), 'utf8')).toContain('Ana')
})

it('keeps two servers out of one data folder', async () => {
  const server = await create()
  const { home } = server
  const second = new TestServer({ home })
  await expect(second.start()).rejects.toThrow(/works in/)
  await second.dispose()
  expect((await server.request('GET', '/health')).status).toBe(200)
})

it('keeps the history within its quota and gives the disk back', async () => {
  const server = await create({ historyBytes: 50_000 })
  await server.upload('people.csv', people)
  const flow = await server.createFlow(copyFlow('people.csv', 'out.csv'))
  const runs = []
  for (let run = 0; run < 6; run++) runs.push(await server.startRun(flow.id))
  await Promise.all(runs.map(({ id }) => server.waitFor(id)))
  await server.stop()
  const database = await open(server.home)
  const body = JSON.stringify({ type: 'log', line: 'x'.repeat(100_000) })
  for (const [index, { id }] of runs.entries()) {
    await database.run.update({ where: { id }, data: { payloadBytes: 40_000 } })
    await database.runEvent.create({
      data: { runId: id, sequence: 900 + index, at: new Date(), type: 'log', body },
    })
  }
  const pages = async (opened: typeof database) =>
    Number(/\d+/.exec(JSON.stringify(await opened.$queryRawUnsafe('PRAGMA page_count')))?.[0])
  const before = isOnPostgresql ? 0 : await pages(database)
  await database.$disconnect()
  await server.start()
  await expect
    .poll(async () => (await server.request('GET', '/runs')).json(), { timeout: 5_000 })
    .toMatchObject({ total: 1, items: [{ id: runs.at(-1)?.id }] })
  await server.stop()
  expect(readdirSync(path.join(server.home, 'runs')).length).toBeLessThanOrEqual(1)
  // PostgreSQL gives back what its autovacuum can, in its own time.
  if (isOnPostgresql) return
  const after = await open(server.home)
  const count = await pages(after)
  await after.$disconnect()
  expect(count).toBeLessThan(before - 100)
}, 30_000)
