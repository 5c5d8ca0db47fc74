import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../../testing/index.ts'
import { plainTestServer, testServer } from '../../testing/postgres-server.ts'

describe.skipIf(!testServer || !plainTestServer).each([
  ['with prepared transactions', testServer],
  ['by an open session', plainTestServer],
])('writing to PostgreSQL %s', (_, given) => {
  const server = given as NonNullable<typeof given>
  let bench: EngineBench
  beforeAll(async () => {
    bench = new EngineBench({ connections: server.connections })
    await server.run('DROP SCHEMA IF EXISTS writing CASCADE; CREATE SCHEMA writing')
  })
  afterAll(async () => {
    // What is not committed still has its staging tables.
    const left = await server.query(
      "SELECT relname FROM pg_class WHERE relname LIKE 'millrace%' AND relnamespace = 'writing'::regnamespace",
    )
    await bench.close()
    await server.run('DROP SCHEMA writing CASCADE')
    expect(left).toEqual([])
  })

  let run = 0
  /** Writes the rows of a SELECT to `writing.t`. */
  const write = async (select: string, settings: Record<string, unknown> = {}) => {
    const source = { connection: 'db', read: 'query', query: select }
    const target = { connection: 'db', table: 'writing.t', ...settings }
    const result = await bench.engine.run({
      flow: flowOf(
        [
          { id: 'in', kind: 'postgres.source', settings: source },
          { id: 'out', kind: 'postgres.target', settings: target },
        ],
        ['in -> out'],
      ),
      runId: `run-${run++}`,
      clock: '2026-03-01T10:20:30.000Z',
      parameters: {},
      resultFolder: bench.results,
      onEvent: () => {},
      onPrepared: () => Promise.resolve(),
    })
    return { ...result, effects: result.nodes.find(({ nodeId }) => nodeId === 'out')?.ledger?.terms }
  }
  const values = (...rows: readonly string[]) => `SELECT * FROM (VALUES ${rows.join(', ')}) AS v (id, name)`
  const rows = async (table = 'writing.t') =>
    (
      await server.query(`SELECT id || ' ' || coalesce(name, '-') AS row FROM ${table} ORDER BY id, name`)
    ).map(({ row }) => row)
  const fresh = (definition = 'id int PRIMARY KEY, name varchar(5)') =>
    server.run(
      `DROP TABLE IF EXISTS writing.t CASCADE; CREATE TABLE writing.t (${definition}); DROP TABLE IF EXISTS writing.t__previous`,
    )
  const whys = async () =>
    (await bench.rejects()).map(({ column, value, reason }) => ({ column, value, reason }))

  it('makes the table, then appends', async () => {
    await server.run('DROP TABLE IF EXISTS writing.t CASCADE')
    expect((await write(values("(1, 'a')", '(2, NULL)'))).problems).toEqual([])
    const again = await write(values("(3, 'c')"))
    expect(again).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
    expect(await rows()).toEqual(['1 a', '2 -', '3 c'])
  })

  it('upserts by key, and tells what it did', async () => {
    await fresh()
    await write(values("(1, 'a')", "(2, 'b')", "(3, 'c')"), { mode: 'upsert', keys: ['id'] })
    const result = await write(values("(1, 'a')", "(2, 'B')", "(4, 'd')"), { mode: 'upsert', keys: ['id'] })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true })
    expect(await rows()).toEqual(['1 a', '2 B', '3 c', '4 d'])
    expect(result.effects).toMatchObject({ inserted: 1, updated: 1, unchanged: 1, deleted: 0 })
  })

  it('updates only what is there', async () => {
    await fresh()
    await server.run("INSERT INTO writing.t VALUES (1, 'a'), (2, 'b')")
    const result = await write(values("(1, 'A')", "(2, 'b')", "(9, 'x')"), { mode: 'update', keys: ['id'] })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
    expect(await rows()).toEqual(['1 A', '2 b'])
    expect(await whys()).toEqual([{ column: 'id', value: '9', reason: 'no row of the table has this key' }])
  })

  it('deletes by key', async () => {
    await fresh()
    await server.run("INSERT INTO writing.t VALUES (1, 'a'), (2, 'b')")
    const result = await write('SELECT * FROM (VALUES (2), (9)) AS v (id)', { mode: 'delete', keys: ['id'] })
    expect(result.effects).toMatchObject({ inserted: 0, updated: 0, unchanged: 1, deleted: 1 })
    expect(await rows()).toEqual(['1 a'])
  })

  it('mirrors, up to its cap; rows that are refused keep theirs alive', async () => {
    await fresh()
    await server.run("INSERT INTO writing.t SELECT g, 'x' FROM generate_series(1, 10) g")
    const half = `SELECT g AS id, CASE WHEN g = 5 THEN 'too long' ELSE 'y' END AS name FROM generate_series(2, 11) g UNION ALL SELECT 6, 'z'`
    const settings = { mode: 'mirror', keys: ['id'] }
    const stopped = await write("SELECT 1 AS id, 'x' AS name", settings)
    expect(stopped.problems[0]).toMatchObject({
      code: 'target.mirrorCap',
      location: { nodeId: 'out', field: 'mirrorCap' },
    })
    const result = await write(half, settings)
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 3 })
    expect(result.effects).toMatchObject({ inserted: 1, updated: 7, unchanged: 0, deleted: 1 })
    expect(await rows()).toEqual(['2 y', '3 y', '4 y', '5 x', '6 x', '7 y', '8 y', '9 y', '10 y', '11 y'])
  })

  it('replaces all rows and keeps the previous ones, whatever hangs on the table', async () => {
    await fresh()
    await server.run(`INSERT INTO writing.t VALUES (1, 'a'), (2, 'b');
      CREATE VIEW writing.seen AS SELECT * FROM writing.t; DROP TABLE IF EXISTS writing.child;
      CREATE TABLE writing.child (id int REFERENCES writing.t); INSERT INTO writing.child VALUES (2)`)
    const result = await write(values("(2, 'B')", "(3, 'c')"), { mode: 'replace' })
    expect(result.problems).toEqual([])
    expect(result.effects).toMatchObject({ inserted: 2, updated: 0, unchanged: 0, deleted: 2 })
    expect(await rows('writing.seen')).toEqual(['2 B', '3 c'])
    expect(await rows('writing.t__previous')).toEqual(['1 a', '2 b'])
    const broken = await write(values("(7, 'c')"), { mode: 'replace' })
    expect(broken.status).toBe('failed')
    expect(await rows()).toEqual(['2 B', '3 c'])
    await server.run('DROP TABLE writing.child')
  })

  it('rejects what the server refuses, with its reason, and commits the rest', async () => {
    await fresh('id int PRIMARY KEY, name varchar(5) NOT NULL, CHECK (id < 5000)')
    const select = `SELECT g AS id, CASE g WHEN 70 THEN 'too long' WHEN 4000 THEN NULL ELSE 'ok' END AS name FROM generate_series(1, 5001) g`
    const result = await write(select)
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 4 })
    expect((await whys()).sort((a, b) => a.reason.localeCompare(b.reason))).toMatchObject([
      { column: '', reason: expect.stringContaining('check constraint') },
      { column: '', reason: expect.stringContaining('check constraint') },
      { column: 'name', value: null, reason: expect.stringContaining('null value') },
      { column: 'name', value: 'too long', reason: 'value too long for type character varying(5)' },
    ])
    expect(await server.query('SELECT count(*) AS n FROM writing.t')).toEqual([{ n: '4997' }])
    const failing = await write(select, { onReject: 'fail' })
    expect(failing.problems[0]).toMatchObject({ code: 'database.refused', location: { nodeId: 'out' } })
    const limited = await write(select, { rejectLimit: 2 })
    expect(limited.problems[0]).toMatchObject({ code: 'target.rejectLimit' })
    expect(await server.query('SELECT count(*) AS n FROM writing.t')).toEqual([{ n: '4997' }])
  })

  it('rejects repeated and missing keys, and values that the table would change without a word', async () => {
    await fresh('id int PRIMARY KEY, amount numeric(10,2), day date')
    const result = await write(
      `SELECT * FROM (VALUES (1, 1.5, timestamp '2024-01-01'), (1, 2.5, NULL), (NULL, 3, NULL), (4, 4.125, NULL),
        (5, 5.500, timestamp '2024-01-01 10:00'), (6, 6.500, timestamp '2024-01-02')) AS v (id, amount, day)`,
      { mode: 'upsert', keys: ['id'] },
    )
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 5 })
    expect(await server.query('SELECT * FROM writing.t')).toEqual([
      { id: '6', amount: '6.50', day: '2024-01-02' },
    ])
  })

  it('takes tables, columns and values of any spelling', async () => {
    const names = [
      'quo"te',
      'a b',
      '😀',
      '中文',
      'constructor',
      '__proto__',
      'select',
      "x'; DROP TABLE writing.t; --",
      '$millrace$',
    ]
    const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`)
    const cells = [
      "'tab\tand\nline'",
      "E'back\\\\slash \\\\N \\\\.'",
      "'𝄞'",
      "''",
      'NULL',
      "'\"'",
      "'''; --'",
      "'\\N'",
      "'x'",
    ]
    await server.run(
      `DROP TABLE IF EXISTS writing."O""dd.t"; CREATE TABLE writing."O""dd.t" (${quoted.map((name) => `${name} text`).join(', ')}, CHECK ("select" <> 'no'))`,
    )
    const list = cells.map((cell, place) => `${cell}::text AS ${quoted[place]}`).join(', ')
    const refused = list.replace("'''; --'::text", "'no'::text")
    const result = await write(`SELECT ${list} UNION ALL SELECT ${refused}`, { table: 'writing."O""dd.t"' })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
    const [there] = await server.query('SELECT * FROM writing."O""dd.t"')
    expect(Object.values(there ?? {})).toEqual([
      'tab\tand\nline',
      'back\\slash \\N \\.',
      '𝄞',
      '',
      null,
      '"',
      "'; --",
      '\\N',
      'x',
    ])
  })

  const typed: readonly (readonly [type: string, ...values: string[]])[] = [
    ['smallint', '-32768'],
    ['bigint', '9223372036854775807'],
    ['boolean', 't', 'f'],
    ['numeric(38,10)', '-1234567890123456789012345678.0123456789'],
    ['numeric', '123456789012345678901234567890123456789012345.5', 'NaN'],
    ['real', '1.17549435e-38', 'NaN', '-Infinity'],
    ['double precision', '0.30000000000000004', '5e-324', 'Infinity', '-0'],
    ['money', '-1234567.89'],
    ['date', '0044-03-15 BC', '1582-10-10', 'infinity', '12345-06-07'],
    ['time', '24:00:00', '23:59:59.999999'],
    ['timetz', '10:00:00.5+05:30'],
    ['timestamp', '0044-03-15 10:00:00.25 BC', '1850-01-01 00:00:00.000001', '-infinity'],
    ['timestamptz', '0001-01-01 00:00:00+00', '2024-03-31 02:30:00+08', 'infinity'],
    ['interval', '-1 year 2 mons -3 days 04:05:06.789'],
    ['text', '', ' 𝄞 中文 \t\n\r\\ \\N "q" \'s\' \x01'],
    ['varchar(5)', 'abcde'],
    ['char(4)', 'ab'],
    ['bytea', '\\x00ff5c0a', ''],
    ['uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['json', '{"b":1,  "a":[1e400,null]}'],
    ['jsonb', '{"a":[1,null,"x\\n"],"n":123456789012345678901234567890}'],
    ['integer[]', '{1,NULL,3}', '{}'],
    ['text[]', '{"a,b","\\"q\\"",NULL,"","NULL","{}","back\\\\slash"}'],
    ['numeric(20,4)[]', '{1234567890123456.7891}'],
    ['date[]', '{2024-01-01,NULL}'],
    ['writing.mood', 'so so'],
    ['writing.even', '42'],
    ['inet', '192.168.0.1/24'],
    ['int4range', '[1,5)'],
    ['bit(4)', '1010'],
    ['xml', '<a>b</a>'],
    ['point', '(1,2)'],
    ['tsvector', "'a' 'b'"],
  ]

  it('brings every type there and back without a change', async () => {
    await server.run(`CREATE TYPE writing.mood AS ENUM ('so so', '好'); CREATE DOMAIN writing.even AS int CHECK (VALUE % 2 = 0);
      CREATE TABLE writing.types (${typed.map(([type], place) => `c${place} ${type}`).join(', ')});
      CREATE TABLE writing.copied (LIKE writing.types)`)
    const quote = (value: string) => `'${value.replaceAll("'", "''")}'`
    for (const [place, [, ...values]] of typed.entries())
      for (const value of values)
        await server.run(`INSERT INTO writing.types (c${place}) VALUES (${quote(value)})`)
    const total = typed.reduce((sum, [, ...values]) => sum + values.length, 0)
    const difference = (table: string) =>
      server.query(
        `(SELECT t::text FROM writing.types t EXCEPT ALL SELECT t::text FROM ${table} t) UNION ALL (SELECT t::text FROM ${table} t EXCEPT ALL SELECT t::text FROM writing.types t)`,
      )
    const copied = await write('SELECT * FROM writing.types', { table: 'writing.copied' })
    expect(copied.problems).toEqual([])
    expect(copied).toMatchObject({ rejected: 0, balanced: true })
    expect(await difference('writing.copied')).toEqual([])
    const made = await write('SELECT * FROM writing.types', { table: 'writing.made' })
    expect(made.problems).toEqual([])
    expect(await server.query('SELECT count(*) AS n FROM writing.made')).toEqual([{ n: String(total) }])
  })
})
