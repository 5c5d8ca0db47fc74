import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backfill } from '../../run/engine.ts'
import { conditionValues, expectConditions } from '../../testing/condition-cases.ts'
import { flowOf } from '../../testing/index.ts'
import { SqliteFile } from '../../testing/sqlite-file.ts'

describe('reading from a SQLite connection', { timeout: 60_000 }, () => {
  let shop: SqliteFile
  beforeAll(() => {
    shop = new SqliteFile()
    shop.run('CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT)', "INSERT INTO orders VALUES (1, 'a')")
  })
  afterAll(() => shop.bench.close())

  const flow = (settings: object) =>
    flowOf(
      [
        {
          id: 'in',
          kind: 'sqlite.source',
          settings: { read: 'table', connection: 'db', ...settings },
        },
        { id: 'out', kind: 'csv.target', settings: { path: 'out.csv', guardFormulas: false } },
      ],
      ['in -> out'],
    )
  const read = async (settings: object) => {
    const result = await shop.bench.run(flow(settings))
    expect(result.problems).toEqual([])
    return { ...result, text: shop.bench.text('out.csv') }
  }
  const columnsOf = async (settings: object) =>
    (await shop.bench.engine.infer(flow(settings))).ports['in']?.['out']?.map(
      ({ name, type }) => `${name} ${type}`,
    )
  const preview = async (settings: object) =>
    (
      await shop.bench.engine.preview({
        flow: flow(settings),
        nodeId: 'in',
        port: 'out',
        limit: 100,
        parameters: {},
      })
    ).rows

  it('gives every value of every declared type as it is', async () => {
    shop.run(
      `CREATE TABLE types (i INTEGER, big BIGINT, r REAL, t TEXT, v VARCHAR(3), b BLOB, any_value, flag BOOLEAN,
        d DATE, at DATETIME, z TIMESTAMP WITH TIME ZONE, hour TIME, n DECIMAL(12,2), exact DECIMAL_TEXT(38,10), free NUMERIC, other STRING)`,
      `INSERT INTO types VALUES (9007199254740993, -9223372036854775808, 0.1, 'tab' || char(9) || char(0) || '𝄞', 'long text', x'00ff', 'x', 1,
        '2024-02-29', '0099-01-02 03:04:05.123456', '2024-01-02T03:04:05+02:00', '23:59:59.5', 19.99, '1234567890123456789012345678.0123456789', 1.5e300, '00x')`,
      `INSERT INTO types VALUES (3.0, 9223372036854775807, 1e999, '', '', x'', 1.0, 'false', '2024-01-02 00:00:00', '2024-01-02T03:04Z', '2024-01-02', '10:20', 7, '-0.1', -0.0, 'NULL')`,
      'INSERT INTO types DEFAULT VALUES',
    )
    expect(await columnsOf({ table: 'types' })).toEqual([
      'i BIGINT',
      'big BIGINT',
      'r DOUBLE',
      't VARCHAR',
      'v VARCHAR',
      'b BLOB',
      'any_value VARCHAR',
      'flag BOOLEAN',
      'd DATE',
      'at TIMESTAMP',
      'z TIMESTAMP WITH TIME ZONE',
      'hour TIME',
      'n DECIMAL(12,2)',
      'exact DECIMAL(38,10)',
      'free DOUBLE',
      'other VARCHAR',
    ])
    const rows = await preview({ table: 'types' })
    expect(rows[0]).toEqual([
      '9007199254740993',
      '-9223372036854775808',
      '0.1',
      'tab\t\0𝄞',
      'long text',
      '\\x00\\xFF',
      'x',
      'true',
      '2024-02-29',
      '0099-01-02 03:04:05.123456',
      '2024-01-02 01:04:05+00',
      '23:59:59.5',
      '19.99',
      '1234567890123456789012345678.0123456789',
      '1.5e+300',
      '00x',
    ])
    expect(rows[1]).toEqual([
      '3',
      '9223372036854775807',
      'inf',
      '',
      '',
      '',
      '1.0',
      'false',
      '2024-01-02',
      '2024-01-02 03:04:00',
      '2024-01-02 00:00:00+00',
      '10:20:00',
      '7.00',
      '-0.1000000000',
      '0.0',
      'NULL',
    ])
    expect(new Set(rows[2])).toEqual(new Set([null]))
  })

  it('rejects what is not of its column’s type, with the row and why', async () => {
    shop.run(
      'CREATE TABLE loose (id INTEGER PRIMARY KEY, i INTEGER, r REAL, t TEXT, b BLOB, flag BOOLEAN, d DATE, n DECIMAL(5,2), free NUMERIC)',
      "INSERT INTO loose (i) VALUES ('abc'), (1.5), (x'00')",
      "INSERT INTO loose (r) VALUES ('x')",
      "INSERT INTO loose (t) VALUES (x'41'), (CAST(x'ff41' AS TEXT)), (char(65533))",
      "INSERT INTO loose (b) VALUES ('text')",
      "INSERT INTO loose (flag) VALUES (2), ('yes')",
      "INSERT INTO loose (d) VALUES ('2024-02-30'), ('2024-01-02 10:00:00'), (1704067200)",
      'INSERT INTO loose (n) VALUES (1.005), (1000), (0.30000000000000004)',
      'INSERT INTO loose (free) VALUES (9007199254740993)',
    )
    const result = await read({ table: 'loose' })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 15 })
    expect(result.text.trim().split('\n').slice(1)).toEqual(['7,,,\uFFFD,,,,,', '16,,,,,,,0.30,'])
    const rejects = await shop.bench.rejects()
    const found = rejects.map(({ column, value }) => `${column}=${value}`)
    expect(found.toSorted()).toEqual(
      [
        'i=abc',
        'i=1.5',
        'i=00',
        'r=x',
        't=41',
        't=ff41',
        'b=text',
        'flag=2',
        'flag=yes',
        'd=2024-02-30',
        'd=2024-01-02 10:00:00',
        'd=1704067200',
        'n=1.005',
        'n=1000.0',
        'free=9007199254740993',
      ]
        .map((text) => text.replace('1000.0', '1000'))
        .toSorted(),
    )
    expect(rejects.find(({ value }) => value === 'abc')).toMatchObject({
      rule: 'type',
      reason: '“abc” is a TEXT and not a whole number',
      row: expect.stringContaining('"i":"abc"'),
    })
  })

  it('reads views and queries, with parameters as constants, and nothing that would change anything', async () => {
    shop.run(
      'CREATE VIEW counted AS SELECT name, count(*) AS n, CAST(count(*) AS INTEGER) AS exact FROM orders GROUP BY name',
    )
    expect(await columnsOf({ table: 'counted' })).toEqual(['name VARCHAR', 'n VARCHAR', 'exact BIGINT'])
    const query = (statement: string) => ({ read: 'query', statement })
    expect(await columnsOf(query('SELECT id, id AS id, CAST(id AS REAL) AS r FROM orders;'))).toHaveLength(3)
    const quoted = {
      ...flow(query("SELECT id, ${who} AS who FROM orders -- ';\n")),
      parameters: [{ name: 'who', type: 'text' as const, default: "O'Neil; --", description: '' }],
    }
    const { problems } = await shop.bench.run(quoted)
    expect(problems).toEqual([])
    expect(shop.bench.text('out.csv')).toBe("id,who\n1,O'Neil; --\n")
    for (const statement of [
      'DELETE FROM orders',
      'SELECT 1; DELETE FROM orders',
      'WITH x AS (SELECT 1) DELETE FROM orders',
      "ATTACH 'x.db' AS x",
      'PRAGMA query_only = OFF',
      'INSERT INTO orders VALUES (9, 1) RETURNING id',
      'SELECT 1) UNION SELECT * FROM (SELECT 2',
    ]) {
      const { problems } = await shop.bench.engine.infer(flow(query(statement)))
      if (!statement.startsWith('SELECT 1)'))
        expect(problems[0]).toMatchObject({ location: { nodeId: 'in', field: 'statement' } })
    }
    const run = await shop.bench.run(flow(query('WITH x AS (SELECT 1) DELETE FROM orders RETURNING id')))
    expect(run.problems[0]).toMatchObject({ location: { nodeId: 'in', field: 'statement' } })
    expect(shop.query('SELECT * FROM orders')).toEqual([['1', 'a']])
    const wrong = await shop.bench.engine.infer(flow(query('SELECT id, nmae FROM orders')))
    expect(wrong.problems[0]).toMatchObject({
      code: 'database.refused',
      location: { nodeId: 'in', field: 'statement', position: 11 },
    })
  })

  it('does not look for a file that was chosen before the connection', async () => {
    expect((await read({ table: 'orders', path: 'gone.db' })).text).toBe('id,name\n1,a\n')
    expect(await columnsOf({ table: 'orders', path: 'gone.db' })).toHaveLength(2)
  })

  it('says what is missing', async () => {
    const first = async (settings: object) => (await shop.bench.engine.infer(flow(settings))).problems[0]
    expect(await first({ table: 'nowhere' })).toMatchObject({
      code: 'table.unknown',
      location: { field: 'table' },
    })
    expect(await first({ table: 'other.orders' })).toMatchObject({ code: 'table.unknown' })
    expect(await first({})).toMatchObject({ code: 'setting.required', location: { field: 'table' } })
    expect(await first({ connection: '' })).toMatchObject({
      code: 'setting.required',
      location: { field: 'connection' },
    })
    expect(await first({ connection: 'gone', table: 'orders' })).toMatchObject({ code: 'connection.missing' })
    expect(await first({ read: 'file' })).toMatchObject({
      code: 'setting.required',
      location: { field: 'path' },
    })
  })

  it('takes tables and columns of any spelling', async () => {
    const names = [
      'quo"te',
      'a b',
      '😀',
      '中文',
      'constructor',
      '__proto__',
      'select',
      "x'; --",
      'x'.repeat(200),
    ]
    const quoted = names.map((name) => `"${name.replaceAll('"', '""')}"`)
    shop.run(
      `CREATE TABLE "O""dd.t" (${quoted.map((name) => `${name} TEXT`).join(', ')})`,
      `INSERT INTO "O""dd.t" VALUES (${names.map((_, place) => `'v${place}'`).join(', ')})`,
    )
    expect(
      (await columnsOf({ table: '"O""dd.t"' }))?.map((column) => column.replace(' VARCHAR', '')),
    ).toEqual(names)
    expect(await preview({ table: 'main."O""dd.t"' })).toEqual([names.map((_, place) => `v${place}`)])
  })

  it('reads what is new by a cursor, with ties, look-back, backfill and reset', async () => {
    shop.run(
      'CREATE TABLE log (id INTEGER, at DATETIME, name TEXT, PRIMARY KEY (at, id)) WITHOUT ROWID',
      "INSERT INTO log VALUES (1, '2024-01-01 10:00:00', 'a'), (2, '2024-01-01 10:00:00', 'b'), (3, '2024-01-02 00:00:00', 'c')",
    )
    let cursors: Record<string, Record<string, string | null>> = {}
    const step = async (settings: object = {}, backfill?: Backfill) => {
      const all = { table: 'log', mode: 'incremental', cursorColumn: 'at', ...settings }
      const result = await shop.bench.run(flow(all), { cursors, ...(backfill && { backfill }) })
      expect(result.problems).toEqual([])
      if (!backfill) cursors = result.cursors as typeof cursors
      return shop.bench
        .text('out.csv')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',')[0]))
    }
    expect(await step()).toEqual([1, 2, 3])
    expect(cursors['in']).toEqual({ at: '2024-01-02 00:00:00', id: '3' })
    expect(await step()).toEqual([])
    shop.run("INSERT INTO log VALUES (4, '2024-01-02 00:00:00', 'd'), (0, '2024-01-02 00:00:00', 'late')")
    expect(await step()).toEqual([4])
    expect((await step({ lookBack: '1 hour' })).toSorted()).toEqual([0, 3, 4])
    expect(await step({}, { nodeId: 'in', from: '2024-01-01', to: '2024-01-01 23:59' })).toEqual([1, 2])
    expect(cursors['in']).toEqual({ at: '2024-01-02 00:00:00', id: '4' })
    cursors = {}
    expect(
      await step({ read: 'query', statement: 'SELECT * FROM log WHERE id > 2', tieColumns: ['id'] }),
    ).toEqual([3, 4])
  })

  it('keeps all digits of a cursor, and lets no value of another type move it on', async () => {
    shop.run(
      'CREATE TABLE numbers (n NUMERIC, name TEXT)',
      "INSERT INTO numbers VALUES (9007199254740993, 'x'), (0.30000000000000004, 'y'), ('zzz', 'z')",
    )
    const settings = { table: 'numbers', mode: 'incremental', cursorColumn: 'n' }
    const run = await shop.bench.run(
      flow({ ...settings, where: { conditions: [{ column: 'n', operator: 'lessThan', values: ['1'] }] } }),
    )
    expect(run.cursors).toEqual({ in: { n: '0.30000000000000004' } })
    const next = await shop.bench.run(flow(settings), { cursors: run.cursors })
    expect(next.cursors).toEqual({ in: { n: '9007199254740993' } })
    expect(next.rejected).toBe(2)
  })

  it('lets the database decide the conditions that a filter has, with the same rows', async () => {
    const values = conditionValues((value, place) =>
      place === 4 ? value : `'${value.replaceAll("'", "''")}'`,
    )
    shop.run(
      'CREATE TABLE conditions (id INTEGER, name TEXT, amount DECIMAL(10,2), placed DATETIME, paid BOOLEAN)',
      `INSERT INTO conditions VALUES ${values}`,
    )
    await expectConditions(shop.bench, 'sqlite.source', { read: 'table', table: 'conditions' })
  })
})
