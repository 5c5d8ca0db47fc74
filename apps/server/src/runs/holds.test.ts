import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type Run, run } from '@millrace/contract'
import type { Flow, VolumeGuard } from '@millrace/engine'
import { afterEach, expect, it } from 'vitest'
import { openDatabase } from '../database/database.ts'
import { readOptions } from '../options.ts'
import { copyFlow, TestServer } from '../testing/test-server.ts'
import { usualRows } from './usual-rows.ts'

const servers: TestServer[] = []
const create = async (options: ConstructorParameters<typeof TestServer>[0] = {}) => {
  const server = new TestServer(options)
  servers.push(server)
  return server.start()
}
afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose()
})

const people = (count: number) => `name\n${Array.from({ length: count }, (_, row) => `n${row}`).join('\n')}\n`
const guarded = (guard: VolumeGuard): Flow => {
  const flow = copyFlow('people.csv', 'out.csv')
  return { ...flow, nodes: flow.nodes.map((node) => (node.id === 'keep' ? { ...node, guard } : node)) }
}
const written = (server: TestServer) => readFileSync(path.join(server.home, 'files/out.csv'), 'utf8')
const isHeld = ({ hold }: Run) => hold !== null
const decide = async (server: TestServer, id: string, decision: string, author = '') =>
  server.request('POST', `/runs/${id}/${decision}`, { author })

it('waits with fewer rows than usual until somebody releases or discards it', async () => {
  const server = await create({ concurrentRuns: 1 })
  await server.upload('people.csv', people(100))
  const flow = await server.createFlow(guarded({ tolerance: 20 }))
  expect((await server.waitFor((await server.startRun(flow.id)).id)).status).toBe('succeeded')
  await server.upload('people.csv', people(10), '?overwrite=true')
  const held = await server.waitFor((await server.startRun(flow.id)).id, isHeld)
  expect(held).toMatchObject({
    status: 'running',
    hold: { violations: [{ nodeId: 'keep', rows: 10, least: 80, most: 120, usual: 100 }] },
  })
  // What waits holds up nobody else.
  const other = await server.waitFor((await server.startRun(flow.id, { dry: true })).id)
  expect(other).toMatchObject({ status: 'succeeded', hold: null })
  expect(written(server)).toBe(people(100))
  const discarded = run.parse(await (await decide(server, held.id, 'discard', 'Mei')).json())
  expect(discarded.id).toBe(held.id)
  const ended = await server.waitFor(held.id)
  expect(ended).toMatchObject({ status: 'failed', problem: { code: 'run.volume' }, hold: null })
  expect((await decide(server, held.id, 'release')).status).toBe(409)
  expect(written(server)).toBe(people(100))
  const again = await server.waitFor((await server.startRun(flow.id)).id, isHeld)
  expect((await decide(server, again.id, 'release', 'Mei')).status).toBe(202)
  expect(await server.waitFor(again.id)).toMatchObject({ status: 'succeeded', rowsOut: 10, hold: null })
  const log = await (await server.request('GET', `/runs/${again.id}/log`)).text()
  expect(log).toContain('Mei released the held run.')
  const types = (await server.events(again.id)).events.flatMap(({ event }) =>
    event.type === 'hold' ? [event.hold?.violations.length ?? null] : [],
  )
  expect(types).toEqual([1, null])
})

it('can be cancelled while it waits', async () => {
  const server = await create()
  await server.upload('people.csv', people(1))
  const flow = await server.createFlow(guarded({ minimum: 2 }))
  const held = await server.waitFor((await server.startRun(flow.id)).id, isHeld)
  await server.request('POST', `/runs/${held.id}/cancel`)
  expect(await server.waitFor(held.id)).toMatchObject({ status: 'cancelled', hold: null })
})

it('ends as failed when the server is stopped while it waits', async () => {
  const server = await create()
  await server.upload('people.csv', people(1))
  const flow = await server.createFlow(guarded({ minimum: 2 }))
  const held = await server.waitFor((await server.startRun(flow.id)).id, isHeld)
  await server.stop()
  await server.start()
  const died = { status: 'failed', problem: { code: 'run.died' }, hold: null }
  expect(await server.getRun(held.id)).toMatchObject(died)
  // As a server leaves it that is killed.
  const { database } = await openDatabase(server.home, readOptions({}).migrations)
  await server.stop()
  const hold = JSON.stringify(held.hold)
  await database.run.updateMany({ where: { id: held.id }, data: { status: 'running', hold } })
  await database.$disconnect()
  await server.start()
  expect(await server.waitFor(held.id)).toMatchObject(died)
})

it('is compared with the median of what recent runs counted, as the guard counts', () => {
  const ledger = {
    nodeId: '',
    in: { in: 9 },
    filtered: 0,
    rejected: 0,
    terms: {},
    balanced: true,
    equation: '',
  }
  const run = (rows: number): Parameters<typeof usualRows>[0] => [
    { nodeId: 'keep', kind: 'filter', ledger: { ...ledger, out: { out: rows, rejects: 1000 } } },
    { nodeId: 'out', kind: 'csv.target', ledger: { ...ledger, out: { written: rows } } },
    { nodeId: 'unknown', kind: 'filter', ledger: null },
  ]
  expect(usualRows([1, 500, 3].flatMap(run))).toEqual({ keep: 3, out: 9 })
  expect(usualRows([4, 2].flatMap(run))).toEqual({ keep: 3, out: 9 })
})
