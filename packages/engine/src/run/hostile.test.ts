import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../testing/index.ts'
import type { Connections } from './connections.ts'
import type { RunResult } from './engine.ts'

const mebibyte = 2 ** 20

let bench: EngineBench
beforeAll(() => {
  bench = new EngineBench({ inputLimit: 400 * mebibyte })
})
afterAll(() => bench.close())

const copyOf = (kind: string, settings: Record<string, unknown>, target = 'out.csv') =>
  flowOf(
    [
      { id: 'in', kind, settings },
      { id: 'out', kind: 'csv.target', settings: { path: target } },
    ],
    ['in -> out'],
  )

const read = (name: string, kind = 'csv.source', on = bench): Promise<RunResult> =>
  on.run(copyOf(kind, { path: name }))

const strays = (on = bench) => on.names().filter((name) => name.startsWith('.'))

/** Whatever a file did to it, the engine runs the next flow. */
async function expectAlive(on = bench): Promise<void> {
  on.write('alive.csv', 'a\n1\n')
  expect(await on.run(copyOf('csv.source', { path: 'alive.csv' }, 'alive-out.csv'))).toMatchObject({
    status: 'succeeded',
    balanced: true,
  })
}

/** A failed run that names the source, leaves the old output whole and nothing else behind. */
async function expectRefused(result: RunResult, code: string): Promise<void> {
  expect(result.status).toBe('failed')
  expect(result.problems[0]).toMatchObject({ code, location: { nodeId: 'in' } })
  expect(result.problems[0]?.message.zh).not.toBe('')
  expect(bench.text('out.csv')).toBe('old')
  expect(strays()).toEqual([])
  await expectAlive()
}

describe('files that want to do harm', () => {
  beforeAll(() => bench.write('out.csv', 'old'))
  afterEach(() => bench.write('out.csv', 'old'))

  const rows = Buffer.from(`a,b\n${'1,2\n'.repeat(500_000)}`)
  const refused: [what: string, code: string, kind: string, content: () => Uint8Array | string][] = [
    ['an empty file', 'file.empty', 'csv.source', () => ''],
    ['an empty gzip', 'file.empty', 'csv.source', () => gzipSync('')],
    ['a gzip that is cut off', 'file.unreadable', 'csv.source', () => gzipSync(rows).subarray(0, -200)],
    ['a gzip with wrong bytes', 'file.unreadable', 'csv.source', () => gzipSync(rows).fill(7, 900, 950)],
    [
      'a gzip that unpacks to 500 MB',
      'file.tooLarge',
      'csv.source',
      () => gzipSync(Buffer.alloc(500 * mebibyte, '1\n')),
    ],
    [
      'an Excel file called CSV',
      'file.unreadable',
      'csv.source',
      () => Buffer.from('PK\u0003\u0004 xl/workbook'),
    ],
    [
      '100,000 levels of JSON lists',
      'file.unreadable',
      'json.source',
      () => '['.repeat(100_000) + ']'.repeat(100_000),
    ],
    [
      '100,000 levels of JSON objects',
      'file.unreadable',
      'json.source',
      () => `[${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}]`,
    ],
    ['CSV called Parquet', 'file.unreadable', 'parquet.source', () => 'a,b\n1,2\n'],
    ['CSV called SQLite', 'file.unreadable', 'sqlite.source', () => 'a,b\n1,2\n'.repeat(2000)],
  ]
  it.each(refused)(
    '%s',
    async (_, code, kind, content) => {
      bench.write('hostile.bin', content())
      await expectRefused(await read('hostile.bin', kind), code)
    },
    60_000,
  )

  it('a file that is not there', async () => {
    await expectRefused(await read('nowhere.csv'), 'file.missing')
  })

  it('only a header gives no rows, and the header', async () => {
    bench.write('header.csv', 'id,姓名\n')
    expect(await read('header.csv')).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
    expect(bench.text('out.csv')).toBe('id,姓名\n')
  })

  it('names that repeat, and names of 200 characters, all arrive', async () => {
    const long = '长'.repeat(200)
    bench.write('names.csv', `a,A,a,${long},${long},__proto__,constructor\n1,2,3,4,5,6,7\n`)
    expect(await read('names.csv')).toMatchObject({ status: 'succeeded', balanced: true })
    expect(bench.text('out.csv')).toBe(`a,A_2,a_3,${long},${long}_2,__proto__,constructor\n1,2,3,4,5,6,7\n`)
  })

  const wide = (count: number): string => {
    const names = Array.from({ length: count }, (_, index) => `column ${index}`)
    return `${names.join(',')}\n${`${names.map((_, at) => at).join(',')}\n`.repeat(20)}`
  }

  it('2,000 columns are read and written', async () => {
    bench.write('wide.csv', wide(2000))
    expect(await read('wide.csv')).toMatchObject({ status: 'succeeded', balanced: true, problems: [] })
    expect(bench.text('out.csv')).toBe(wide(2000))
  }, 60_000)

  it('10,000 columns are read, or refused for want of memory', async () => {
    bench.write('wide.csv', wide(10_000))
    const result = await read('wide.csv')
    if (result.status === 'succeeded') expect(bench.text('out.csv')).toBe(wide(10_000))
    else {
      expect(result.problems[0]).toMatchObject({ code: 'run.memory', location: { nodeId: 'out' } })
      expect(bench.text('out.csv')).toBe('old')
      expect(strays()).toEqual([])
    }
    await expectAlive()
  }, 60_000)

  const line = 'x'.repeat(99)
  /** No row of these may be lost without a word: it fails, or every row is written or rejected. */
  const giants: [what: string, cell: () => string][] = [
    ['a plain cell of 100 MB', () => line.repeat(1_000_000)],
    ['a quoted cell of 100 MB', () => `"${line.repeat(1_000_000)}"`],
    ['a quoted cell of 100 MB in lines', () => `"${`${line}\n`.repeat(1_000_000)}"`],
    ['a quoted cell of 66 MB in lines', () => `"${`${line}\n`.repeat(660_000)}"`],
    ['a quoted cell of 66 MB in lines, with quotes inside', () => `"${`${line}""\n`.repeat(650_000)}"`],
    ['a quote of 100 MB that never ends', () => `"${`${line}\n`.repeat(1_000_000)}`],
  ]
  it.each(giants)(
    '%s',
    async (_, cell) => {
      bench.write('giant.csv', `a,b\n1,first\n2,${cell()}\n3,last\n`)
      const result = await read('giant.csv')
      if (result.status === 'failed') await expectRefused(result, 'file.unreadable')
      else {
        const written = bench.text('out.csv').split('\n').length - 2
        expect({ ...result, written }).toMatchObject({ balanced: true, rejected: 3 - written })
      }
      await expectAlive()
    },
    60_000,
  )
})

/** Mounts a small file system on a folder; says why it cannot. */
function mountSmall(folder: string, size: string): string | undefined {
  mkdirSync(folder, { recursive: true })
  const { status, stderr, error } = spawnSync(
    'mount',
    ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder],
    {
      encoding: 'utf8',
    },
  )
  return status === 0 ? undefined : (error?.message ?? stderr)
}

const unmount = (folder: string): void => void spawnSync('umount', [folder])

const probe = mkdtempSync(path.join(tmpdir(), 'millrace-mount-'))
const cannotMount = process.getuid?.() === 0 ? mountSmall(probe, '64k') : 'only root may mount a small disk'
if (cannotMount === undefined) unmount(probe)
rmSync(probe, { recursive: true })

describe.skipIf(cannotMount !== undefined)(`a full disk (${cannotMount ?? 'a small one, mounted'})`, () => {
  const rows = `id,text\n${Array.from({ length: 20_000 }, (_, id) => `${id},${'text '.repeat(20)}`).join('\n')}\n`

  const connections: Connections = {
    find: () => Promise.resolve({ connector: 'sqlite', settings: { path: 'shop.db', patience: 2 } }),
  }
  const into = (table: string) => ({ into: 'connection', connection: 'shop', table, mode: 'append' })
  const emptyShop = (bench: EngineBench) => {
    const shop = new DatabaseSync(path.join(bench.files, 'shop.db'))
    shop.exec('CREATE TABLE people (id INTEGER, text TEXT)')
    shop.close()
  }

  it('where a target writes: the old file stays whole, nothing is left, the engine lives', async () => {
    const small = new EngineBench()
    try {
      expect(mountSmall(small.files, '3m')).toBeUndefined()
      small.write('rows.csv', rows)
      small.write('out.csv', 'old')
      const result = await read('rows.csv', 'csv.source', small)
      expect(result).toMatchObject({ status: 'failed', outputs: [] })
      expect(result.problems).toMatchObject([{ code: 'disk.full', location: { nodeId: 'out' } }])
      expect(small.text('out.csv')).toBe('old')
      expect(small.names()).toEqual(['out.csv', 'rows.csv'])
      await expectAlive(small)
    } finally {
      unmount(small.files)
      await small.close()
    }
  })

  it('where the engine works: the same', async () => {
    const small = new EngineBench()
    const work = path.join(small.home, 'work')
    try {
      small.write('rows.csv', rows)
      small.write('out.csv', 'old')
      expect(mountSmall(work, '1m')).toBeUndefined()
      const result = await read('rows.csv', 'csv.source', small)
      expect(result).toMatchObject({ status: 'failed', outputs: [] })
      expect(result.problems).toMatchObject([{ code: 'disk.full', location: { nodeId: 'out' } }])
      expect(small.text('out.csv')).toBe('old')
      expect(small.names()).toEqual(['out.csv', 'rows.csv'])
      await expectAlive(small)
    } finally {
      await small.engine.close()
      unmount(work)
      await small.close()
    }
  })

  it.each([
    ['to the last byte', 0, 'csv.target', { path: 'out.csv' }],
    ['but for a page, while rows are staged for SQLite', 4096, 'sqlite.target', into('people')],
  ])('where the engine works, %s: the same', async (_, left, kind, settings) => {
    const small = new EngineBench({ connections })
    const work = path.join(small.home, 'work')
    try {
      small.write('rows.csv', rows)
      emptyShop(small)
      expect(mountSmall(work, '1m')).toBeUndefined()
      writeFileSync(path.join(work, 'ballast'), Buffer.alloc(mebibyte - left))
      const source = { id: 'in', kind: 'csv.source', settings: { path: 'rows.csv' } }
      const result = await small.run(flowOf([source, { id: 'out', kind, settings }], ['in -> out']))
      expect(result).toMatchObject({ status: 'failed', outputs: [], problems: [{ code: 'disk.full' }] })
    } finally {
      await small.engine.close()
      unmount(work)
      await small.close()
    }
  })

  it.each([
    ['a file', { path: 'new.db', table: 'people' }],
    ['the database of a connection', into('people')],
  ])('where SQLite writes %s: the same', async (_, settings) => {
    const small = new EngineBench({ connections })
    try {
      expect(mountSmall(small.files, '3m')).toBeUndefined()
      small.write('rows.csv', rows)
      emptyShop(small)
      const source = { id: 'in', kind: 'csv.source', settings: { path: 'rows.csv' } }
      const flow = flowOf([source, { id: 'out', kind: 'sqlite.target', settings }], ['in -> out'])
      const result = await small.run(flow)
      expect(result).toMatchObject({ status: 'failed', outputs: [] })
      expect(result.problems).toMatchObject([{ code: 'disk.full', location: { nodeId: 'out' } }])
      expect(small.names()).toEqual(['rows.csv', 'shop.db'])
    } finally {
      unmount(small.files)
      await small.close()
    }
  })

  it('where a file is unpacked: the file is not blamed', async () => {
    const small = new EngineBench()
    const work = path.join(small.home, 'work')
    try {
      small.write('rows.csv.gz', gzipSync(rows))
      expect(mountSmall(work, '1m')).toBeUndefined()
      const result = await read('rows.csv.gz', 'csv.source', small)
      expect(result.problems).toMatchObject([{ code: 'disk.full', location: { nodeId: 'in' } }])
    } finally {
      await small.engine.close()
      unmount(work)
      await small.close()
    }
  })

  it('where rows spill that memory does not hold: the same', async () => {
    const small = new EngineBench({ memoryLimit: 1200 * mebibyte })
    const work = path.join(small.home, 'work')
    try {
      const many = Array.from(
        { length: 1_000_000 },
        (_, id) => `${(id * 7919) % 1_000_003},${'text '.repeat(80)}`,
      )
      small.write('rows.csv', `id,text\n${many.join('\n')}\n`)
      expect(mountSmall(work, '8m')).toBeUndefined()
      const flow = flowOf(
        [
          { id: 'in', kind: 'csv.source', settings: { path: 'rows.csv' } },
          { id: 'sorted', kind: 'sort', settings: { keys: [{ column: 'text' }, { column: 'id' }] } },
          { id: 'out', kind: 'csv.target', settings: { path: 'out.csv' } },
        ],
        ['in -> sorted', 'sorted -> out'],
      )
      const result = await small.run(flow)
      expect(result.status).toBe('failed')
      expect(result.problems).toMatchObject([{ code: 'disk.full' }])
      expect(result.problems[0]?.location.nodeId).toMatch(/sorted|out/)
      expect(small.names()).toEqual(['rows.csv'])
      await expectAlive(small)
    } finally {
      await small.engine.close()
      unmount(work)
      await small.close()
    }
  }, 60_000)
})
