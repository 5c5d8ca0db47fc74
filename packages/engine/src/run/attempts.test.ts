import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createProblem, isPassing, ProblemError } from '../problems/index.ts'
import { EngineBench, flowOf } from '../testing/index.ts'
import { testServer } from '../testing/postgres-server.ts'
import { Relay } from '../testing/relay.ts'
import { inAttempts, waitBefore } from './attempts.ts'
import type { RunEvent, RunRequest } from './engine.ts'

it('waits twice as long each time, and never more than five minutes', () => {
  expect([1, 2, 3, 4].map((retry) => waitBefore(retry, 2))).toEqual([2, 4, 8, 16])
  expect(waitBefore(10, 2)).toBe(300)
})

it('knows what passes by itself', () => {
  const at = { host: 'db', port: '5432' }
  expect(isPassing(createProblem('connection.refused', at))).toBe(true)
  expect(isPassing(createProblem('database.busy', { detail: 'deadlock detected' }))).toBe(true)
  expect(isPassing(createProblem('connection.login', { user: 'ana', detail: 'no' }))).toBe(false)
  expect(isPassing({ code: 'constructor' })).toBe(false)
})

it('ends its wait when the run is cancelled', async () => {
  const controller = new AbortController()
  const refused = new ProblemError(createProblem('connection.refused', { host: 'db', port: '5432' }))
  let attempts = 0
  const work = () => {
    attempts += 1
    return Promise.reject(refused)
  }
  const node = { id: 'out', retry: { times: 3, backOffSeconds: 300 } }
  const ended = inAttempts(node, controller.signal, () => controller.abort(), work)
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' })
  expect(attempts).toBe(1)
})

describe.skipIf(!testServer)('a node with retries, before a real server', () => {
  const server = testServer as NonNullable<typeof testServer>
  let relay: Relay
  let bench: EngineBench
  let password = server?.settings.password
  let run = 0
  const events: RunEvent[] = []
  beforeAll(async () => {
    await server.run('DROP SCHEMA IF EXISTS trying CASCADE; CREATE SCHEMA trying')
  })
  afterAll(() => server.run('DROP SCHEMA trying CASCADE'))
  beforeEach(async () => {
    password = server.settings.password
    relay = await Relay.before(server.settings.host, server.settings.port)
    const connections = {
      find: (id: string) => {
        const settings = { ...server.settings, ...(id === 'relay' && { port: relay.port, password }) }
        return Promise.resolve({ connector: 'postgres', settings })
      },
    }
    bench = new EngineBench({ connections })
    await server.run(
      `DROP TABLE IF EXISTS trying.t, trying.s; CREATE TABLE trying.t (id int PRIMARY KEY, name text);
       CREATE TABLE trying.s AS SELECT n AS id, repeat('x', 100) AS name FROM generate_series(1, 50000) AS n`,
    )
    events.length = 0
  })
  afterEach(async () => {
    await bench.close()
    relay.close()
  })

  const retry = { times: 3, backOffSeconds: 0.05 }
  /** From `trying.s` to `trying.t`; either of them over the relay. */
  const copy = (
    over: 'source' | 'target',
    policy: typeof retry | undefined,
    request: Partial<RunRequest> = {},
  ) => {
    const connection = (end: string) => (end === over ? 'relay' : 'direct')
    const policyOf = (end: string) => (end === over && policy ? { retry: policy } : {})
    const source = { connection: connection('source'), table: 'trying.s' }
    const target = { connection: connection('target'), table: 'trying.t', mode: 'append' }
    const flow = flowOf(
      [
        { id: 'in', kind: 'postgres.source', settings: source, ...policyOf('source') },
        { id: 'out', kind: 'postgres.target', settings: target, ...policyOf('target') },
      ],
      ['in -> out'],
    )
    return bench.run(flow, { runId: `try-${run++}`, onEvent: (event) => events.push(event), ...request })
  }
  const retries = () => events.flatMap((event) => (event.type === 'retry' ? [event] : []))
  const written = async () => {
    const [row] = await server.query(
      'SELECT count(*)::text AS n, count(DISTINCT id)::text AS d FROM trying.t',
    )
    return [Number(row?.['n']), Number(row?.['d'])]
  }
  const leftovers = () =>
    server.query(
      "SELECT relname FROM pg_class WHERE relname LIKE 'millrace%' AND relnamespace = 'trying'::regnamespace",
    )

  it.each(['source', 'target'] as const)('reaches its system once it lets it in: %s', async (over) => {
    relay.refuse(2)
    const result = await copy(over, retry)
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, problems: [] })
    const nodeId = over === 'source' ? 'in' : 'out'
    expect(retries()).toMatchObject([
      { nodeId, attempt: 2, attempts: 4, waitSeconds: 0.05, problem: { code: 'connection.lost' } },
      { nodeId, attempt: 3, attempts: 4, waitSeconds: 0.1 },
    ])
    expect(await written()).toEqual([50_000, 50_000])
  })

  it.each(['source', 'target'] as const)(
    'begins anew where the connection broke amid rows: %s',
    async (over) => {
      relay.cutNext(over === 'source' ? 'server' : 'client', 2_000_000)
      const result = await copy(over, retry)
      expect(result).toMatchObject({ status: 'succeeded', balanced: true })
      expect(retries()).toHaveLength(1)
      expect(await written()).toEqual([50_000, 50_000])
      expect(result.nodes.map(({ ledger }) => ledger?.equation)).toEqual([
        '50000 read = 50000 out + 0 rejected',
        '50000 in = 50000 written + 0 rejected',
      ])
      expect(await leftovers()).toEqual([])
    },
  )

  it('writes again what the database undid because of others', async () => {
    // A sequence goes on where a transaction is undone.
    await server.run(`CREATE SEQUENCE IF NOT EXISTS trying.calls; ALTER SEQUENCE trying.calls RESTART;
      CREATE OR REPLACE FUNCTION trying.fails_once() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF nextval('trying.calls') = 1 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF; RETURN NULL; END $$;
      CREATE TRIGGER t AFTER INSERT ON trying.t FOR EACH STATEMENT EXECUTE FUNCTION trying.fails_once()`)
    expect(await copy('target', retry)).toMatchObject({ status: 'succeeded', balanced: true })
    expect(retries()).toMatchObject([{ problem: { code: 'database.busy' } }])
    expect(await written()).toEqual([50_000, 50_000])
    await server.run('DROP TRIGGER t ON trying.t; ALTER SEQUENCE trying.calls RESTART')
  })

  it('gives up after as many attempts as it was allowed, with the last reason', async () => {
    relay.refuse(100)
    const result = await copy('target', { times: 2, backOffSeconds: 0.05 })
    expect(result).toMatchObject({
      status: 'failed',
      problems: [{ code: 'connection.lost', location: { nodeId: 'out' } }],
    })
    expect(retries()).toHaveLength(2)
    expect(await written()).toEqual([0, 0])
  })

  it('tries once without a policy, and once where waiting would not help', async () => {
    relay.refuse(1)
    expect(await copy('source', undefined)).toMatchObject({ status: 'failed' })
    password = 'wrong'
    expect(await copy('target', retry)).toMatchObject({ problems: [{ code: 'connection.login' }] })
    password = server.settings.password
    await server.run('DROP TABLE trying.s')
    expect(await copy('source', retry)).toMatchObject({ problems: [{ code: 'table.unknown' }] })
    expect(retries()).toEqual([])
  })
})
