import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyFlow, TestServer } from '../testing/test-server.ts'

/** How long a run may go on after what carries it has gone, in ms. */
const patience = 30_000

/** True for every row, after about a tenth of a second each. */
const slow = "levenshtein(repeat('a', 6000) || name, repeat('b', 6000)) > 0"
const names = (count: number) => `name\n${Array.from({ length: count }, (_, row) => `n${row}`).join('\n')}\n`
const lines = (home: string, name: string) =>
  readFileSync(path.join(home, 'files', name), 'utf8')
    .trim()
    .split('\n').length - 1

describe('engine processes', () => {
  const server = new TestServer({ concurrentRuns: 3 })
  beforeAll(() => server.start())
  afterAll(() => server.dispose())

  const isWorking = ({ nodes }: { nodes: readonly { state: string }[] }) =>
    nodes.some(({ state }) => state === 'running')

  it.skipIf(process.platform !== 'linux')(
    'R2 ends a run within 30 s of the death of its process',
    async () => {
      await server.upload('slow.csv', names(20_000))
      const flow = await server.createFlow(copyFlow('slow.csv', 'never.csv', slow))
      const { id } = await server.startRun(flow.id)
      await server.waitFor(id, isWorking)
      const carriers = readdirSync('/proc').filter((pid) => {
        try {
          return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`).startsWith(server.home)
        } catch {
          return false
        }
      })
      expect(carriers).not.toEqual([])
      const killedAt = Date.now()
      for (const pid of carriers) process.kill(Number(pid), 'SIGKILL')
      const run = await server.waitFor(id)
      expect(Date.now() - killedAt).toBeLessThan(patience)
      expect(run).toMatchObject({ status: 'failed', problem: { code: 'run.died' }, outputs: [] })
      expect(readdirSync(path.join(server.home, 'files'))).toEqual(['slow.csv'])
    },
  )

  it('R2 stops a run that takes longer than it may', async () => {
    const impatient = new TestServer({ runSeconds: 2 })
    try {
      await impatient.start()
      await impatient.upload('slow.csv', names(20_000))
      const flow = await impatient.createFlow(copyFlow('slow.csv', 'never.csv', slow))
      const run = await impatient.waitFor((await impatient.startRun(flow.id)).id)
      expect(run).toMatchObject({ status: 'failed', problem: { code: 'run.tooLong' }, outputs: [] })
      expect(run.durationMs).toBeLessThan(10_000)
      expect(readdirSync(path.join(impatient.home, 'files'))).toEqual(['slow.csv'])
    } finally {
      await impatient.dispose()
    }
  })

  it('R19 lets a run that takes too much memory die alone', async () => {
    await server.upload('some.csv', names(20))
    const flows = await Promise.all([
      server.createFlow(copyFlow('some.csv', 'first.csv', slow)),
      server.createFlow(copyFlow('some.csv', 'greedy.csv', 'len(range(400000000 + length(name))) > 0')),
      server.createFlow(copyFlow('some.csv', 'last.csv', slow)),
    ])
    const started = await Promise.all(flows.map(({ id }) => server.startRun(id)))
    const [first, greedy, last] = await Promise.all(started.map(({ id }) => server.waitFor(id)))
    expect(greedy).toMatchObject({ status: 'failed', problem: { code: 'run.memory' }, outputs: [] })
    for (const [run, output] of [
      [first, 'first.csv'],
      [last, 'last.csv'],
    ] as const) {
      expect(run).toMatchObject({ status: 'succeeded', balanced: true, rowsOut: 20 })
      expect(lines(server.home, output)).toBe(20)
      // In flight when the other one died.
      const died = Date.parse(greedy?.endedAt ?? '')
      expect(Date.parse(run?.startedAt ?? '')).toBeLessThan(died)
      expect(Date.parse(run?.endedAt ?? '')).toBeGreaterThan(died)
    }
  })
})

/** Mounts a file system of so many bytes; says why it cannot. */
function mountSmall(folder: string, size: string): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may mount a small disk'
  mkdirSync(folder, { recursive: true })
  const parameters = ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]
  const { status, stderr, error } = spawnSync('mount', parameters, { encoding: 'utf8' })
  return status === 0 ? undefined : (error?.message ?? stderr)
}
const unmount = (folder: string): void => void spawnSync('umount', ['--lazy', folder])

const probe = mkdtempSync(path.join(tmpdir(), 'millrace-mount-'))
const cannotMount = mountSmall(probe, '64k')
if (cannotMount === undefined) unmount(probe)
rmSync(probe, { recursive: true, force: true })

describe.skipIf(cannotMount !== undefined)(`a data folder (${cannotMount ?? 'on a small disk'})`, () => {
  const server = new TestServer()
  beforeAll(async () => {
    expect(mountSmall(server.home, '24m')).toBeUndefined()
    await server.start()
  })
  afterAll(async () => {
    await server.stop()
    unmount(server.home)
    await server.dispose()
  })

  it('R17 that is 95 % full fails runs with the reason, loses nothing, and works again by itself', async () => {
    const rows = 20_000
    await server.upload(
      'rows.csv',
      `id,name\n${Array.from({ length: rows }, (_, id) => `${id},${'text '.repeat(20)}`).join('\n')}\n`,
    )
    const flow = await server.createFlow(copyFlow('rows.csv', 'out.csv'))
    expect(await server.waitFor((await server.startRun(flow.id)).id)).toMatchObject({ status: 'succeeded' })
    const before = readFileSync(path.join(server.home, 'files/out.csv'))
    const ballast = path.join(server.home, 'ballast')
    const free = () =>
      Number(
        spawnSync('df', ['--output=avail', '-B1', server.home], { encoding: 'utf8' }).stdout.split('\n')[1],
      )
    writeFileSync(ballast, Buffer.alloc(free() - 2 ** 20))
    for (let attempt = 0; attempt < 3; attempt++) {
      const begun = Date.now()
      const run = await server.waitFor((await server.startRun(flow.id)).id)
      expect(Date.now() - begun).toBeLessThan(patience)
      expect(run).toMatchObject({ status: 'failed', problem: { code: 'disk.full' }, outputs: [] })
      expect(readFileSync(path.join(server.home, 'files/out.csv')).equals(before)).toBe(true)
      expect(readdirSync(path.join(server.home, 'files'))).toEqual(['out.csv', 'rows.csv'])
      expect((await server.request('GET', '/runs')).status).toBe(200)
    }
    rmSync(ballast)
    expect(await server.waitFor((await server.startRun(flow.id)).id)).toMatchObject({
      status: 'succeeded',
      rowsOut: rows,
    })
    const { total }: { total: number } = JSON.parse(await (await server.request('GET', '/runs')).text())
    expect(total).toBe(5)
  })
})
