import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Connections, connectionAccess } from '../../run/connections.ts'
import type { Prepared, PreparedTarget } from '../../run/engine.ts'
import type { ConnectorContext, Token } from '../../spec/index.ts'
import { EngineBench, flowOf } from '../../testing/index.ts'
import { mysqlTestServer } from '../../testing/mysql-server.ts'
import { mysqlMaintenance } from './maintenance.ts'
import { markOf } from './plan.ts'
import { mysql } from './spec.ts'
import { mysqlTarget } from './target.ts'

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

describe.skipIf(!mysqlTestServer)('committing to MySQL and MariaDB', { timeout: 120_000 }, () => {
  const server = mysqlTestServer as NonNullable<typeof mysqlTestServer>
  /** An account as analysts have it: MySQL does not list prepared transactions for it. */
  const narrow = { ...server?.settings, database: 'committing', user: 'millrace_narrow', password: 'narrow' }
  const connections: Connections = {
    find: (id) =>
      id === 'narrow'
        ? Promise.resolve({ connector: 'mysql', settings: narrow })
        : server.connections.find(id),
  }
  let bench: EngineBench
  beforeAll(async () => {
    bench = new EngineBench({ connections })
    await server.run(
      'DROP DATABASE IF EXISTS committing',
      'CREATE DATABASE committing',
      'CREATE TABLE committing.t (id int PRIMARY KEY, name text)',
      "INSERT INTO committing.t VALUES (1, 'old')",
      `CREATE USER IF NOT EXISTS ${narrow.user} IDENTIFIED BY '${narrow.password}'`,
      `GRANT ALL ON committing.* TO ${narrow.user}`,
    )
  })
  afterAll(async () => {
    await bench.close()
    await server.run('DROP DATABASE committing', `DROP USER ${narrow.user}`)
  })

  let runs = 0
  const run = (
    onPrepared: (prepared: Prepared) => Promise<void>,
    id: number,
    target: Record<string, unknown> = {},
    signal?: AbortSignal,
  ) => {
    const query = `SELECT ${id} AS id, 'new' AS name`
    const settings = { connection: 'db', table: 'committing.t', ...target }
    return bench.engine.run({
      flow: flowOf(
        [
          { id: 'in', kind: 'mysql.source', settings: { connection: 'db', read: 'query', query } },
          { id: 'out', kind: 'mysql.target', settings },
        ],
        ['in -> out'],
      ),
      runId: `commit-${runs++}`,
      clock: '2026-03-01T10:20:30.000Z',
      parameters: {},
      resultFolder: bench.results,
      onEvent: () => {},
      onPrepared,
      ...(signal && { signal }),
    })
  }
  const ids = async () => (await server.query('SELECT id FROM committing.t ORDER BY id')).map(({ id }) => id)
  /** Prepared transactions, those of this suite or those of others that use the server meanwhile. */
  const prepared = async (which: 'own' | 'others') => {
    const runIds = ['dead', ...Array.from({ length: runs }, (_, place) => `commit-${place}`)]
    const marks = runIds.map((runId) => markOf({ runId, nodeId: 'out' }))
    const found = (await server.query('XA RECOVER')).map(({ data }) => data ?? '')
    return found.filter((gid) => marks.includes(gid.split('-')[1] ?? '') === (which === 'own'))
  }
  const leftovers = async () => {
    const tables = await server.query(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'committing' AND table_name LIKE '\\_\\_millrace%' AND table_name <> '__millrace_commits'`,
    )
    return [...tables.map(({ name }) => name), ...(await prepared('own'))]
  }
  const access = connectionAccess(connections, { nodeId: 'out' })

  it.each([
    ['append', 2],
    ['replace', 3],
  ])('survives the death of the run process after everything was prepared: %s', async (mode, id) => {
    const result = await run(
      () => {
        killChildren()
        return Promise.resolve()
      },
      id,
      { mode },
    )
    expect(result.problems).toEqual([])
    expect(result.status).toBe('succeeded')
    expect(await ids()).toEqual(mode === 'append' ? ['1', '2'] : ['3'])
    expect(await leftovers()).toEqual([])
  })

  it.each([
    ['append', 4, 'db'],
    ['replace', 5, 'db'],
    ['append', 6, 'narrow'],
  ])(
    'is settled after the death of the server, as often as it is asked for: %s %i by %s',
    async (mode, id, connection) => {
      const before = await ids()
      const result = await run(
        async ({ targets }) => {
          expect(await ids()).toEqual(before)
          killChildren()
          const other = new EngineBench({ connections })
          const outcomes = [await other.engine.recover(targets), await other.engine.recover(targets)]
          await other.close()
          expect(outcomes.map(({ outcome }) => outcome)).toEqual(['committed', 'committed'])
          // What comes too late must not undo it.
          throw new Error('the server is gone')
        },
        id,
        { mode, connection },
      )
      expect(result.status).toBe('failed')
      expect(await ids()).toEqual(mode === 'append' ? [...before, String(id)] : ['5'])
      expect(await leftovers()).toEqual([])
    },
  )

  it.each(['db', 'narrow'])('never takes for committed what was undone, by %s', async (connection) => {
    let targets: readonly PreparedTarget[] = []
    const result = await run(
      (prepared) => {
        targets = prepared.targets
        return Promise.reject(new Error('not stored'))
      },
      11,
      { connection },
    )
    expect(result.status).toBe('failed')
    expect(await ids()).not.toContain('11')
    const token = targets[0]?.token as Token
    await mysqlTarget.abort(token, access)
    await expect(mysqlTarget.commit(token, access)).rejects.toMatchObject({
      problem: { code: 'target.undone' },
    })
    expect(await leftovers()).toEqual([])
  })

  it('waits for a session that still holds a prepared transaction', async () => {
    const { MysqlSession } = await import('./session.ts')
    const holder = await MysqlSession.connect(server.settings, never, 'write')
    const gid = `millrace-${'0'.repeat(24)}-1`
    await holder.run('DELETE FROM committing.__millrace_commits')
    await holder.run(`XA START '${gid}'`)
    await holder.run("INSERT INTO committing.t VALUES (8, 'held')")
    await holder.run(`XA END '${gid}'`)
    await holder.run(`XA PREPARE '${gid}'`)
    const token = {
      connection: 'db',
      way: 'transaction',
      gid,
      schema: 'committing',
      stage: 'none',
      session: holder.id,
    }
    await mysqlTarget.commit(token, access)
    expect(await ids()).toContain('8')
    holder.destroy()
  })

  it.each([
    ['db', 'recovers'],
    ['narrow', 'sweeps'],
    ['narrow', 'recovers'],
  ])('undoes what a run left that died before its token was stored: %s %s', async (connection, how) => {
    const { MysqlSession } = await import('./session.ts')
    const { holdLock } = await import('./leftovers.ts')
    const dead = { runId: 'dead', nodeId: 'out' }
    const mark = markOf(dead)
    const own = connection === 'narrow' ? narrow : server.settings
    const holder = await MysqlSession.connect(own, never, 'write')
    await holdLock(holder, mark)
    await holder.run(`CREATE TABLE committing.__millrace_stage_${mark} (n int) COMMENT 'millrace-${mark}-1'`)
    await holder.run(`XA START 'millrace-${mark}-1'`)
    await holder.run('DELETE FROM committing.t')
    await holder.run(`XA END 'millrace-${mark}-1'`)
    await holder.run(`XA PREPARE 'millrace-${mark}-1'`)
    const before = await ids()
    const settings = mysql.target.settings.parse({ connection, table: 'committing.t' })
    if (how === 'recovers')
      for (let times = 0; times < 2; times++) await mysqlTarget.abandon?.(dead, settings, access)
    else {
      const unknown = { known: new Set<string>(), olderThanSeconds: 60 }
      holder.destroy()
      // Until the server has noticed that its session is gone.
      await expect
        .poll(async () => (await mysqlMaintenance.sweep(own, unknown, never)).transactions, {
          timeout: 20_000,
        })
        .toBe(1)
      await expect
        .poll(() => mysqlMaintenance.sweep(own, unknown, never))
        .toEqual({ transactions: 0, tables: 0 })
    }
    expect(await leftovers()).toEqual([])
    expect(await ids()).toEqual(before)
    holder.destroy()
  })

  it('leaves nothing of a run that is cancelled while it writes', async () => {
    const before = await ids()
    const stop = new AbortController()
    // The rows wait for a lock that nobody gives away.
    const { MysqlSession } = await import('./session.ts')
    const blocker = await MysqlSession.connect(server.settings, never, 'write')
    await blocker.run('START TRANSACTION')
    await blocker.run("UPDATE committing.t SET name = 'blocked'")
    setTimeout(() => stop.abort(), 3000)
    const settings = { mode: 'upsert', keys: ['id'] }
    const result = await run(() => Promise.resolve(), 5, settings, stop.signal)
    expect(result.status).toBe('cancelled')
    await blocker.close()
    await expect.poll(leftovers, { timeout: 20_000 }).toEqual([])
    expect(await ids()).toEqual(before)
  })

  it('sweeps what nobody knows any more, and nothing else', async () => {
    const sweep = async (known: readonly string[]) => {
      const all = new Set([...known, ...(await prepared('others'))])
      return mysqlMaintenance.sweep(server.settings, { known: all, olderThanSeconds: -1 }, never)
    }
    await server.run('CREATE TABLE committing.__millrace_stage_0123456789abcdef01234567 (n int)')
    for (const mode of ['append', 'replace'])
      await run(
        async ({ targets }) => {
          const gid = String(targets[0]?.token['gid'] ?? '')
          if (mode === 'append') expect(await leftovers()).toContain(gid)
          expect((await sweep([gid])).transactions).toBe(0)
          expect((await leftovers()).length).toBeGreaterThan(0)
          expect(await leftovers()).not.toContain('__millrace_stage_0123456789abcdef01234567')
          await sweep([])
          expect(await leftovers()).toEqual([])
        },
        9,
        { mode },
      ).catch(() => {})
    expect(await ids()).not.toContain('9')
  })

  it.each([false, true])('takes a replacement back, and the taking back too; bound: %s', async (isBound) => {
    if (isBound)
      await server.run(
        'CREATE TRIGGER committing.keeps BEFORE INSERT ON committing.t FOR EACH ROW SET NEW.name = NEW.name',
      )
    const before = await ids()
    expect((await run(() => Promise.resolve(), 7, { mode: 'replace' })).problems).toEqual([])
    expect(await ids()).toEqual(['7'])
    const restore = (table: string) => mysqlMaintenance.restorePrevious(server.settings, table, never)
    const kept = (table: string) => mysqlMaintenance.previousRows(server.settings, table, never)
    expect(await kept('committing.t')).toBe(before.length)
    expect([await kept('committing.none'), await kept('committing.t__previous')]).toEqual([null, null])
    expect(await restore('committing.t')).toBe(before.length)
    expect(await ids()).toEqual(before)
    expect(await restore('committing.t')).toBe(1)
    expect(await ids()).toEqual(['7'])
    await expect(restore('committing.t__previous')).rejects.toMatchObject({
      problem: { code: 'target.noPrevious' },
    })
    expect(await leftovers()).toEqual([])
  })

  it('says while drawing what does not fit', async () => {
    await server.run(
      'CREATE TABLE committing.drift (id int, `Full Name` text NOT NULL, at timestamp NULL, sum int GENERATED ALWAYS AS (id + 1) STORED) ENGINE=InnoDB',
      'CREATE TABLE committing.mine (id int) ENGINE=MyISAM',
    )
    const context = { nodeId: 'out', signal: never, ...access } as unknown as ConnectorContext
    const check = async (settings: Record<string, unknown>) =>
      mysqlTarget.check?.(context, mysql.target.settings.parse({ connection: 'db', ...settings }), [
        { name: 'ID', type: 'BIGINT' },
        { name: 'full_name', type: 'VARCHAR' },
        { name: 'at', type: 'TIMESTAMP' },
        { name: 'sum', type: 'INTEGER' },
      ])
    const problems = (await check({ table: 'committing.drift', mode: 'upsert', keys: ['ID'] })) ?? []
    expect(
      problems.map(({ code, parameters, suggestions }) => [code, parameters['column'], suggestions]),
    ).toEqual([
      ['table.noColumn', 'full_name', ['Full Name']],
      ['table.zone', 'at', []],
      ['table.needsColumn', 'Full Name', []],
      ['table.filledColumn', 'sum', []],
      ['table.noKey', undefined, []],
    ])
    expect((await check({ table: 'committing.mine' }))?.at(-1)?.code).toBe('table.notTransactional')
    expect((await check({ table: 'committing.mine', mode: 'replace' }))?.at(-1)?.code).toBe('table.noColumn')
    expect((await check({ table: 'nope', create: false }))?.map(({ code }) => code)).toEqual([
      'table.unknown',
    ])
    expect(await check({ table: 'nope' })).toEqual([])
  })

  it('compares with what stands there before anything is written', async () => {
    await server.run(
      'DROP TRIGGER IF EXISTS committing.keeps',
      'DELETE FROM committing.t',
      "INSERT INTO committing.t VALUES (1, 'old'), (2, 'two')",
    )
    const query = "SELECT 1 AS id, 'new' AS name UNION ALL SELECT 2, 'two' UNION ALL SELECT 3, 'three'"
    const settings = { connection: 'db', table: 'committing.t', mode: 'mirror', keys: ['id'] }
    const result = await bench.run(
      flowOf(
        [
          { id: 'in', kind: 'mysql.source', settings: { connection: 'db', read: 'query', query } },
          { id: 'out', kind: 'mysql.target', settings },
        ],
        ['in -> out'],
      ),
      { dry: true },
    )
    expect(result.problems).toEqual([])
    expect(result.changes).toMatchObject([{ inserted: 1, updated: 1, unchanged: 1, deleted: 0 }])
    expect(await ids()).toEqual(['1', '2'])
  })
})
