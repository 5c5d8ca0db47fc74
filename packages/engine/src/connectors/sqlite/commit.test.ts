import { readdirSync, readFileSync, statSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isPassing } from '../../problems/index.ts'
import { connectionAccess } from '../../run/connections.ts'
import type { Prepared, PreparedTarget } from '../../run/engine.ts'
import type { ConnectorContext, Token } from '../../spec/index.ts'
import { EngineBench, flowOf } from '../../testing/index.ts'
import { SqliteFile } from '../../testing/sqlite-file.ts'
import { sqliteMaintenance } from './maintenance.ts'
import { sqlite } from './spec.ts'
import { sqliteTarget } from './target.ts'

/** Kills every process that this one has started, as the kernel does when memory is short. */
function killChildren(): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8')
      if (/^PPid:\s+(\d+)$/m.exec(status)?.[1] === String(process.pid)) process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended in between.
    }
  }
}

const never = new AbortController().signal

describe.each(['delete', 'wal'])('committing to SQLite, journal %s', { timeout: 60_000 }, (journal) => {
  let shop: SqliteFile
  beforeAll(() => {
    shop = new SqliteFile()
    shop.run(`PRAGMA journal_mode = ${journal}`, 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)')
  })
  afterAll(() => shop.bench.close())
  beforeEach(() => shop.run('DELETE FROM t', "INSERT INTO t VALUES (1, 'old')"))

  let runs = 0
  const flow = (id: number, target: object = {}) =>
    flowOf(
      [
        {
          id: 'in',
          kind: 'sqlite.source',
          settings: {
            read: 'query',
            connection: 'db',
            statement: `SELECT CAST(${id} AS INTEGER) AS id, CAST('new' AS TEXT) AS name`,
          },
        },
        {
          id: 'out',
          kind: 'sqlite.target',
          settings: { into: 'connection', connection: 'db', table: 't', mode: 'append', ...target },
        },
        { id: 'file', kind: 'csv.target', settings: { path: 'out.csv' } },
      ],
      ['in -> out', 'in -> file'],
    )
  const run = (
    onPrepared: (prepared: Prepared) => Promise<void>,
    id: number,
    target: object = {},
    signal?: AbortSignal,
  ) =>
    shop.bench.engine.run({
      flow: flow(id, target),
      runId: `commit-${runs++}`,
      clock: '2026-03-01T10:20:30.000Z',
      parameters: {},
      resultFolder: shop.bench.results,
      onEvent: () => {},
      onPrepared,
      ...(signal && { signal }),
    })
  const ids = () => shop.query('SELECT id FROM t ORDER BY id').map(([id]) => id)
  const access = () => connectionAccess(shop.connections, { nodeId: 'out' })
  const tokenOf = (targets: readonly PreparedTarget[]): Token =>
    targets.find(({ nodeId }) => nodeId === 'out')?.token ?? {}
  const ok = () => Promise.resolve()

  it.each(['append', 'replace'])(
    'undoes everything when the run process dies before it commits: %s',
    async (mode) => {
      shop.bench.write('out.csv', 'old\n')
      const result = await run(
        () => {
          // Nobody sees the rows yet.
          expect(ids()).toEqual(['1'])
          killChildren()
          return Promise.resolve()
        },
        2,
        { mode },
      )
      expect(result.status).toBe('failed')
      expect(result.problems.at(-1)?.code).toMatch(/^(target\.undone|run\.died)$/)
      expect(ids()).toEqual(['1'])
      expect(shop.query("SELECT name FROM sqlite_schema WHERE name LIKE '%previous'")).toEqual([])
      // The other target is undone with it.
      expect(shop.bench.text('out.csv')).toBe('old\n')
      expect(shop.query('PRAGMA integrity_check')).toEqual([['ok']])
    },
  )

  it('tells after a crash what became of it, as often as it is asked', async () => {
    let targets: readonly PreparedTarget[] = []
    const result = await run((prepared) => {
      targets = prepared.targets
      return ok()
    }, 3)
    expect(result.status).toBe('succeeded')
    const outcome = () => sqliteTarget.outcome?.(tokenOf(targets), access())
    expect([await outcome(), await outcome()]).toEqual(['committed', 'committed'])
    const other = new EngineBench({ connections: shop.connections })
    expect(await other.engine.recover(targets)).toEqual({ outcome: 'committed' })
    await other.close()
    expect(await sqliteTarget.outcome?.({ ...tokenOf(targets), gid: 'millrace-unknown' }, access())).toBe(
      'aborted',
    )
    expect(ids()).toEqual(['1', '3'])
  })

  it('does not say what became of it while the process may still commit', async () => {
    let asked: Promise<unknown> = Promise.resolve()
    const result = await run(async ({ targets }) => {
      asked = sqliteTarget.outcome?.(tokenOf(targets), access()) ?? asked
      asked.catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 300))
    }, 4)
    expect(result.problems).toEqual([])
    // It waited for the lock, and only then looked.
    expect(await asked).toBe('committed')
    expect(ids()).toEqual(['1', '4'])
  })

  it('is undone when the decision cannot be stored', async () => {
    let targets: readonly PreparedTarget[] = []
    const result = await run((prepared) => {
      targets = prepared.targets
      return Promise.reject(new Error('not stored'))
    }, 6)
    expect(result.status).toBe('failed')
    expect(ids()).toEqual(['1'])
    expect(await sqliteTarget.outcome?.(tokenOf(targets), access())).toBe('aborted')
    const other = new EngineBench({ connections: shop.connections })
    expect(await other.engine.recover(targets)).toMatchObject({ outcome: 'aborted' })
    await other.close()
  })

  it('waits for a program that writes, and gives up in time', async () => {
    const holder = shop.open()
    holder.exec("BEGIN EXCLUSIVE; INSERT INTO t VALUES (50, 'other')")
    setTimeout(() => holder.exec('COMMIT'), 1300)
    expect((await run(ok, 7)).problems).toEqual([])
    expect(ids()).toEqual(['1', '7', '50'])
    holder.exec('BEGIN IMMEDIATE')
    const result = await run(ok, 8)
    expect(result.problems[0]).toMatchObject({ code: 'database.locked', location: { nodeId: 'out' } })
    // A node that may try again does.
    expect(result.problems.map(isPassing)).toEqual([true])
    holder.exec('ROLLBACK')
    holder.close()
    expect(ids()).toEqual(['1', '7', '50'])
  })

  it('tries again where a node may, and writes once', async () => {
    const holder = shop.open()
    holder.exec('BEGIN IMMEDIATE')
    let attempts = 1
    const once = flow(11)
    const nodes = once.nodes.map((node) =>
      node.id === 'out' ? { ...node, retry: { times: 3, backOffSeconds: 1 } } : node,
    )
    const result = await shop.bench.run(
      { ...once, nodes },
      {
        runId: `commit-${runs++}`,
        onEvent: (event) => {
          if (event.type !== 'retry') return
          attempts = event.attempt
          if (attempts === 2) holder.exec('ROLLBACK')
        },
      },
    )
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true })
    expect(attempts).toBe(2)
    expect(ids()).toEqual(['1', '11'])
    holder.close()
  })

  it('commits although another program reads for a while', async () => {
    const reader = shop.open()
    reader.exec('BEGIN')
    reader.prepare('SELECT * FROM t').all()
    setTimeout(() => reader.exec('COMMIT'), 600)
    expect((await run(ok, 9)).problems).toEqual([])
    expect(ids()).toEqual(['1', '9'])
    reader.close()
  })

  it('leaves nothing of a run that is cancelled while it waits for the lock', async () => {
    const holder = shop.open()
    holder.exec('BEGIN IMMEDIATE')
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 800)
    const result = await run(ok, 5, {}, stop.signal)
    expect(result.status).toBe('cancelled')
    holder.exec('ROLLBACK')
    holder.close()
    expect(ids()).toEqual(['1'])
  })

  it('forgets, after a month, what it noted of commits', async () => {
    await run(ok, 10)
    const sweep = (known: readonly string[] = []) =>
      sqliteMaintenance.sweep(
        shop.settings,
        { known: new Set(known), olderThanSeconds: 3600 },
        never,
        shop.files,
      )
    const noted = () => shop.query("SELECT name FROM sqlite_schema WHERE name = '__millrace_commits'").length
    expect(await sweep()).toEqual({ transactions: 0, tables: 0 })
    expect(noted()).toBe(1)
    shop.run("UPDATE __millrace_commits SET committed = datetime('now', '-31 days')")
    const [[gid = '']] = shop.query('SELECT id FROM __millrace_commits') as [[string]]
    await sweep([gid])
    expect(shop.query('SELECT id FROM __millrace_commits')).toEqual([[gid]])
    await sweep()
    expect(noted()).toBe(0)
    await sweep()
  })

  it('takes a replacement back, and the taking back too', async () => {
    shop.run(
      "INSERT INTO t VALUES (2, 'two')",
      'CREATE TABLE IF NOT EXISTS child (t INTEGER REFERENCES t)',
      'DELETE FROM child',
    )
    expect((await run(ok, 7, { mode: 'replace' })).problems).toEqual([])
    expect(ids()).toEqual(['7'])
    const restore = (table: string) =>
      sqliteMaintenance.restorePrevious(shop.settings, table, never, shop.files)
    const kept = (table: string) => sqliteMaintenance.previousRows(shop.settings, table, never, shop.files)
    expect([await kept('t'), await kept('none'), await kept('t__previous')]).toEqual([2, null, null])
    expect(await restore('main.t')).toBe(2)
    expect(ids()).toEqual(['1', '2'])
    expect(await restore('t')).toBe(1)
    expect(ids()).toEqual(['7'])
    await expect(restore('t__previous')).rejects.toMatchObject({ problem: { code: 'target.noPrevious' } })
    shop.run('INSERT INTO child VALUES (7)')
    await expect(restore('t')).rejects.toMatchObject({ problem: { code: 'database.refused' } })
    expect(ids()).toEqual(['7'])
    shop.run('DROP TABLE child', 'DROP TABLE t__previous')
  })

  it('says while drawing what does not fit', async () => {
    shop.run(
      'CREATE TABLE IF NOT EXISTS drift (id INTEGER, "Full Name" TEXT NOT NULL, at TIMESTAMPTZ, sum INTEGER AS (id + 1))',
      'CREATE VIEW IF NOT EXISTS looked AS SELECT * FROM t',
    )
    const context = {
      nodeId: 'out',
      signal: never,
      ...access(),
      ...shop.files,
    } as unknown as ConnectorContext
    const check = async (settings: object) =>
      sqliteTarget.check?.(
        context,
        sqlite.target.settings.parse({ into: 'connection', connection: 'db', ...settings }),
        [
          { name: 'ID', type: 'BIGINT' },
          { name: 'full_name', type: 'VARCHAR' },
          { name: 'at', type: 'TIMESTAMP' },
          { name: 'sum', type: 'INTEGER' },
        ],
      )
    const problems = (await check({ table: 'drift', mode: 'upsert', keys: ['ID'] })) ?? []
    expect(
      problems.map(({ code, parameters, suggestions }) => [code, parameters['column'], suggestions]),
    ).toEqual([
      ['table.noColumn', 'full_name', ['Full Name']],
      ['table.zone', 'at', []],
      ['table.needsColumn', 'Full Name', []],
      ['table.filledColumn', 'sum', []],
      ['table.noKey', undefined, []],
    ])
    expect((await check({ table: 'looked' }))?.map(({ code }) => code)).toEqual(['database.refused'])
    expect((await check({ table: 'nope', create: false }))?.map(({ code }) => code)).toEqual([
      'table.unknown',
    ])
    expect(await check({ table: 'nope' })).toEqual([])
    const ofFile = { into: 'file', connection: '', path: 'x.db', table: 't' }
    expect((await check({ ...ofFile, mode: 'mirror', keys: ['ID'] }))?.[0]).toMatchObject({
      code: 'setting.invalid',
      location: { field: 'mode' },
    })
    expect(await check({ ...ofFile, mode: 'append' })).toEqual([])
  })

  it('compares with what stands there before anything is written', async () => {
    shop.run("INSERT INTO t VALUES (2, 'two')")
    const statement =
      "SELECT CAST(column1 AS INTEGER) AS id, CAST(column2 AS TEXT) AS name FROM (VALUES (1, 'new'), (2, 'two'), (3, 'three'))"
    const result = await shop.bench.run(
      flowOf(
        [
          { id: 'in', kind: 'sqlite.source', settings: { read: 'query', connection: 'db', statement } },
          {
            id: 'out',
            kind: 'sqlite.target',
            settings: { into: 'connection', connection: 'db', table: 't', mode: 'mirror', keys: ['id'] },
          },
        ],
        ['in -> out'],
      ),
      { dry: true },
    )
    expect(result.problems).toEqual([])
    expect(result.changes).toMatchObject([{ inserted: 1, updated: 1, unchanged: 1, deleted: 0 }])
    expect(ids()).toEqual(['1', '2'])
  })

  it.each([
    ['upsert', 2, 4],
    ['update', 1, 5],
  ])(
    'tells in a dry run of what it will reject for its key as the run does: %s',
    async (mode, out, rejected) => {
      shop.run("INSERT INTO t VALUES (2, 'two')")
      const statement =
        "SELECT CAST(column1 AS INTEGER) AS id, CAST(column2 AS TEXT) AS name FROM (VALUES (2, 'new'), (7, 'a'), (8, 'b'), (8, 'c'), (8, 'd'), (NULL, 'e'))"
      const update = flowOf(
        [
          { id: 'in', kind: 'sqlite.source', settings: { read: 'query', connection: 'db', statement } },
          {
            id: 'out',
            kind: 'sqlite.target',
            settings: { into: 'connection', connection: 'db', table: 't', mode, keys: ['id'] },
          },
        ],
        ['in -> out'],
      )
      const told = async (dry: boolean) => {
        const { problems, balanced, nodes } = await shop.bench.run(update, { dry })
        expect(problems).toEqual([])
        const { rows, total } = await shop.bench.engine.readRejects(shop.bench.results, {
          offset: 0,
          limit: 10,
        })
        const ledger = nodes.find(({ nodeId }) => nodeId === 'out')?.ledger
        const texts = rows.map(({ column, value, rule, reason, row }) => [column, value, rule, reason, row])
        return {
          balanced,
          counts: [ledger?.out, ledger?.rejected, ledger?.equation],
          total,
          texts: texts.map(String).toSorted(),
        }
      }
      const [dry, run] = [await told(true), await told(false)]
      expect(dry.counts.slice(0, 2)).toEqual([{ written: out }, rejected])
      expect(dry).toEqual(run)
    },
  )

  it('leaves the journal as its owner has set it', () => {
    expect(shop.query('PRAGMA journal_mode')).toEqual([[journal]])
  })

  it('undoes what has reached the file already when the run process dies', async () => {
    const statement = `WITH RECURSIVE n(g) AS (VALUES (1) UNION ALL SELECT g + 1 FROM n WHERE g < 60000)
      SELECT CAST(g AS INTEGER) AS id, CAST(printf('%200d', g) AS TEXT) AS name FROM n`
    const many = flow(0, { mode: 'replace' })
    const nodes = many.nodes.map((node) =>
      node.id === 'in' ? { ...node, settings: { ...node.settings, statement } } : node,
    )
    const written = () =>
      statSync(shop.path).size + (statSync(`${shop.path}-wal`, { throwIfNoEntry: false })?.size ?? 0)
    const before = written()
    const result = await shop.bench.engine.run({
      flow: { ...many, nodes },
      runId: `commit-${runs++}`,
      clock: '2026-03-01T10:20:30.000Z',
      parameters: {},
      resultFolder: shop.bench.results,
      onEvent: () => {},
      onPrepared: () => {
        expect(written()).toBeGreaterThan(before + 2 ** 20)
        killChildren()
        return Promise.resolve()
      },
    })
    expect(result).toMatchObject({ status: 'failed', problems: [{ code: 'run.died' }] })
    expect(ids()).toEqual(['1'])
    expect(shop.query('PRAGMA integrity_check')).toEqual([['ok']])
  })
})
