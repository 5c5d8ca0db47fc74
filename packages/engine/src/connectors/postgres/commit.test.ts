import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionAccess } from '../../run/connections.ts'
import type { Prepared, PreparedTarget } from '../../run/engine.ts'
import { EngineBench, flowOf } from '../../testing/index.ts'
import { plainTestServer, testServer } from '../../testing/postgres-server.ts'
import { postgresMaintenance } from './maintenance.ts'
import { postgres } from './spec.ts'
import { check } from './target.ts'

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

describe.skipIf(!testServer || !plainTestServer).each([
  { how: 'with prepared transactions', given: testServer, twoPhase: true },
  { how: 'by an open session', given: plainTestServer, twoPhase: false },
])('committing to PostgreSQL $how', ({ given, twoPhase }) => {
  // A database of its own: a sweep looks at all of it.
  const outside = given as NonNullable<typeof given>
  const server = outside?.at('committing') as NonNullable<typeof given>
  let bench: EngineBench
  beforeAll(async () => {
    bench = new EngineBench({ connections: server.connections })
    await outside.run('DROP DATABASE IF EXISTS committing WITH (FORCE)')
    await outside.run('CREATE DATABASE committing')
    await server.run(`CREATE SCHEMA committing;
      CREATE TABLE committing.t (id int PRIMARY KEY, name text); INSERT INTO committing.t VALUES (1, 'old')`)
  })
  afterAll(async () => {
    await bench.close()
    await outside.run('DROP DATABASE committing WITH (FORCE)')
  })

  let runs = 0
  const run = (
    onPrepared: (prepared: Prepared) => Promise<void>,
    id: number,
    target: Record<string, unknown> = {},
  ) =>
    bench.engine.run({
      flow: flowOf(
        [
          {
            id: 'in',
            kind: 'postgres.source',
            settings: { connection: 'db', read: 'query', query: `SELECT ${id} AS id, 'new' AS name` },
          },
          {
            id: 'out',
            kind: 'postgres.target',
            settings: { connection: 'db', table: 'committing.t', ...target },
          },
        ],
        ['in -> out'],
      ),
      runId: `commit-${runs++}`,
      clock: '2026-03-01T10:20:30.000Z',
      parameters: {},
      resultFolder: bench.results,
      onEvent: () => {},
      onPrepared,
    })
  const ids = async () => (await server.query('SELECT id FROM committing.t ORDER BY id')).map(({ id }) => id)
  const leftovers = () =>
    server.query(
      `SELECT relname FROM pg_class WHERE relname LIKE 'millrace%' UNION ALL SELECT gid FROM pg_prepared_xacts WHERE database = current_database()`,
    )

  it('survives the death of the run process after everything was prepared', async () => {
    const result = await run(() => {
      killChildren()
      return Promise.resolve()
    }, 2)
    expect(result.status).toBe(twoPhase ? 'succeeded' : 'failed')
    expect(result.problems).toHaveLength(twoPhase ? 0 : 1)
    expect(await ids()).toEqual(twoPhase ? ['1', '2'] : ['1'])
    expect(await leftovers()).toEqual([])
  })

  it('is settled after the death of the server, as often as it is asked for', async () => {
    let targets: readonly PreparedTarget[] = []
    const before = await ids()
    const result = await run(async (prepared) => {
      targets = prepared.targets
      expect(await ids()).toEqual(before)
      killChildren()
      const other = new EngineBench({ connections: server.connections })
      const outcomes = [await other.engine.recover(targets), await other.engine.recover(targets)]
      await other.close()
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(
        twoPhase ? ['committed', 'committed'] : ['aborted', 'aborted'],
      )
      // What comes too late must not undo it.
      throw new Error('the server is gone')
    }, 3)
    expect(result.status).toBe('failed')
    expect(await ids()).toEqual(twoPhase ? [...before, '3'] : before)
    expect(await leftovers()).toEqual([])
  })

  it('sweeps what nobody knows any more, and nothing else', async () => {
    const sweep = (known: readonly string[]) =>
      postgresMaintenance.sweep(server.settings, { known: new Set(known), olderThanSeconds: 0 }, never)
    await server.run('CREATE UNLOGGED TABLE committing.millrace_stage_0123456789abcdef01234567 (n int)')
    const swept = run(async ({ targets }) => {
      const gid = String(targets[0]?.token['gid'] ?? '')
      expect(await sweep([gid])).toEqual({ transactions: 0, tables: 1 })
      expect((await leftovers()).length).toBeGreaterThan(0)
      killChildren()
      // The server notices the end of an open session by itself, but in its own time.
      await expect
        .poll(
          async () =>
            (
              await server.query(
                "SELECT count(*) AS n FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()",
              )
            )[0]?.['n'],
        )
        .toBe('0')
      expect(await sweep([])).toEqual({ transactions: twoPhase ? 1 : 0, tables: 2 })
      expect(await leftovers()).toEqual([])
    }, 4)
    // What was undone behind its back must not pass for a success.
    expect(
      await swept.then(
        ({ status }) => status,
        () => 'failed',
      ),
    ).toBe('failed')
    expect(await ids()).not.toContain('4')
  })

  it('takes a replacement back, and the taking back too', async () => {
    const before = await ids()
    expect((await run(() => Promise.resolve(), 7, { mode: 'replace' })).problems).toEqual([])
    expect(await ids()).toEqual(['7'])
    const restore = (table: string) => postgresMaintenance.restorePrevious(server.settings, table, never)
    const kept = (table: string) => postgresMaintenance.previousRows(server.settings, table, never)
    expect(await kept('committing.t')).toBe(before.length)
    expect([await kept('committing.none'), await kept('committing.t__previous')]).toEqual([null, null])
    expect(await restore('committing.t')).toBe(before.length)
    expect(await ids()).toEqual(before)
    expect(await restore('committing.t')).toBe(1)
    expect(await ids()).toEqual(['7'])
    await expect(restore('committing.t__previous')).rejects.toMatchObject({
      problem: { code: 'target.noPrevious' },
    })
  })

  it('says while drawing what does not fit', async () => {
    await server.run(
      `CREATE TABLE committing.drift (id int, "Name" text NOT NULL, at timestamptz, sum int GENERATED ALWAYS AS (id + 1) STORED)`,
    )
    const settings = { connection: 'db', table: 'committing.drift', mode: 'upsert', keys: ['id'] }
    const context = {
      nodeId: 'out',
      signal: never,
      ...connectionAccess(server.connections, { nodeId: 'out' }),
    }
    const problems = await check(context, postgres.target.settings.parse(settings), [
      { name: 'id', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
      { name: 'at', type: 'TIMESTAMP' },
      { name: 'sum', type: 'INTEGER' },
    ])
    expect(
      problems.map(({ code, parameters, suggestions }) => [code, parameters['column'], suggestions]),
    ).toEqual([
      ['table.noColumn', 'name', ['Name']],
      ['table.zone', 'at', []],
      ['table.needsColumn', 'Name', []],
      ['table.filledColumn', 'sum', []],
      ['table.noKey', undefined, []],
    ])
  })
})
