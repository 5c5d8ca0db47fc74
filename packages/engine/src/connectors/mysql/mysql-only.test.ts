import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../../testing/index.ts'
import { isMariaDB, mysqlTestServer } from '../../testing/mysql-server.ts'

const isThere = mysqlTestServer !== undefined && !(await isMariaDB())

/** What MySQL has and MariaDB has not, or has otherwise: left out where the server at hand is a MariaDB. */
describe.skipIf(!isThere)('what only MySQL has', { timeout: 120_000 }, () => {
  const server = mysqlTestServer as NonNullable<typeof mysqlTestServer>
  let bench: EngineBench
  beforeAll(async () => {
    bench = new EngineBench({ connections: server.connections })
    await server.run('DROP DATABASE IF EXISTS only_mysql', 'CREATE DATABASE only_mysql')
  })
  afterAll(async () => {
    await bench.close()
    await server.run('DROP DATABASE only_mysql')
  })

  let runs = 0
  const write = async (source: Record<string, unknown>, target: Record<string, unknown>) => {
    const result = await bench.run(
      flowOf(
        [
          { id: 'in', kind: 'mysql.source', settings: { connection: 'db', ...source } },
          { id: 'out', kind: 'mysql.target', settings: { connection: 'db', ...target } },
        ],
        ['in -> out'],
      ),
      { runId: `only-mysql-${runs++}` },
    )
    return { ...result, effects: result.nodes.find(({ nodeId }) => nodeId === 'out')?.ledger?.terms }
  }
  const writeQuery = (query: string, target: Record<string, unknown>) =>
    write({ read: 'query', query }, { rejectPercent: 100, ...target })
  const refusals = async () =>
    (await bench.rejects()).map(({ row, column, reason }) => [JSON.parse(row ?? '{}').id, column, reason])

  const matrix: readonly (readonly [native: string, type: string, value: string])[] = [
    ['json', 'JSON', `'{"b": [1, 1.0, null, "中\\\\n"], "a": 12345678901234567890}'`],
    ['vector(3)', 'BLOB', "TO_VECTOR('[1, -2.5, 1e-30]')"],
    ['point NOT NULL SRID 4326', 'BLOB', "ST_PointFromText('POINT(48.1 11.5)', 4326)"],
    ['geometrycollection', 'BLOB', "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 2))')"],
    ['varchar(20) COLLATE utf8mb4_0900_ai_ci', 'VARCHAR', "'Straße '"],
    ['varchar(20) COLLATE utf8mb4_0900_as_cs', 'VARCHAR', "'İI'"],
    ['varchar(20) COLLATE utf8mb4_zh_0900_as_cs', 'VARCHAR', "'北京 𝄞'"],
    ["varchar(20) DEFAULT (concat('a', 'b'))", 'VARCHAR', "'x'"],
    ['int INVISIBLE', 'INTEGER', '7'],
    ['bit(3)', 'BIGINT', "b'101'"],
    ['tinyint(1)', 'TINYINT', '2'],
  ]
  const names = matrix.map((_, place) => `c${place}`)

  it('carries every value of its types to a table like it, over computed columns and indexes of expressions', async () => {
    const definitions = matrix.map(([native], place) => `c${place} ${native}`)
    await server.run(
      `CREATE TABLE only_mysql.kinds (id int PRIMARY KEY, ${definitions.join(', ')},
        total int GENERATED ALWAYS AS (id + c8) VIRTUAL INVISIBLE, first json GENERATED ALWAYS AS (c0->'$.b[0]') STORED,
        tags json, UNIQUE KEY lowered ((lower(c4))), KEY tagged ((CAST(tags AS UNSIGNED ARRAY))), SPATIAL INDEX (c2), CHECK (c8 > 0))`,
      `INSERT INTO only_mysql.kinds (id, ${names.join(', ')}, tags) VALUES (1, ${matrix.map(([, , value]) => value).join(', ')}, '[1, 2]')`,
      'CREATE TABLE only_mysql.copy LIKE only_mysql.kinds',
    )
    const list = ['id', ...names, 'tags']
    const infer = await bench.engine.infer(
      flowOf(
        [{ id: 'in', kind: 'mysql.source', settings: { connection: 'db', table: 'only_mysql.kinds' } }],
        [],
      ),
    )
    const found = infer.ports['in']?.['out'] ?? []
    expect(found.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id INTEGER',
      ...matrix.map(([, type], place) => `c${place} ${type}`),
      'total INTEGER',
      'first JSON',
      'tags JSON',
    ])
    const query = `SELECT ${list.join(', ')} FROM only_mysql.kinds`
    const cells = [...list, 'total', 'first'].map((name) => `HEX(${name}) AS ${name}`).join(', ')
    const all = (table: string) => server.query(`SELECT ${cells} FROM only_mysql.${table}`)
    for (const [mode, effects] of [
      ['append', { inserted: 1 }],
      ['upsert', { inserted: 0, updated: 0, unchanged: 1 }],
      ['mirror', { inserted: 0, updated: 0, unchanged: 1, deleted: 0 }],
      ['replace', { inserted: 1, deleted: 1 }],
    ] as const) {
      const keys = mode === 'upsert' || mode === 'mirror' ? ['id'] : []
      const result = await writeQuery(query, { table: 'only_mysql.copy', mode, keys })
      expect(result.problems).toEqual([])
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0, effects })
      expect(await all('copy')).toEqual(await all('kinds'))
    }
    expect((await write({ table: 'only_mysql.kinds' }, { table: 'only_mysql.made' })).problems).toEqual([])
    const same = `SELECT COUNT(*) AS n FROM only_mysql.made m JOIN only_mysql.kinds k USING (id) WHERE m.c0 = k.c0 AND HEX(m.c1) = HEX(k.c1) AND m.total = k.total AND m.c6 = k.c6`
    expect(await server.query(same)).toEqual([{ n: '1' }])
  })

  it('upserts by its key, whatever else an index over an expression or a part holds unique', async () => {
    await server.run(
      'CREATE TABLE only_mysql.people (id int PRIMARY KEY, name varchar(20), UNIQUE KEY ((lower(name))))',
      "INSERT INTO only_mysql.people VALUES (1, 'Ana'), (2, 'Bo')",
    )
    const settings = { table: 'only_mysql.people', mode: 'upsert', keys: ['id'] }
    const result = await writeQuery("SELECT 3 AS id, 'ANA' AS name UNION ALL SELECT 2, 'Cy'", settings)
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
    expect(await server.query('SELECT * FROM only_mysql.people ORDER BY id')).toEqual([
      { id: '1', name: 'Ana' },
      { id: '2', name: 'Cy' },
    ])
  })

  it('refuses the rows that its types, indexes and partitions do not take, and no others', async () => {
    await server.run(
      `CREATE TABLE only_mysql.strict (id int PRIMARY KEY, e vector(2), j json, s json, t varchar(20),
        KEY ((CAST(j AS UNSIGNED ARRAY))), KEY ((CAST(t AS char(3)))), CHECK (json_schema_valid('{"type": "object"}', s)))
       PARTITION BY RANGE (id) (PARTITION small VALUES LESS THAN (100))`,
      'CREATE TABLE only_mysql.places (id int PRIMARY KEY, p point SRID 4326)',
    )
    const row = (id: number, given: Record<string, string> = {}) => {
      const cells = { e: 'NULL', j: 'NULL', s: 'NULL', t: 'NULL', ...given }
      return `SELECT ${id} AS id, CAST(${cells.e} AS BINARY) AS e, ${cells.j} AS j, ${cells.s} AS s, ${cells.t} AS t`
    }
    const rows = [
      row(1, { e: "X'0000803F'", j: "'[1]'", s: "'{}'", t: "'abc'" }),
      row(2, { e: "X'00'" }),
      row(3, { e: "X'0000C07F'" }),
      row(4, { e: `X'${'00'.repeat(12)}'` }),
      row(5, { j: `'["a"]'` }),
      row(6, { j: "'[-1]'" }),
      row(7, { j: "'[1'" }),
      row(8, { s: "'[]'" }),
      row(9, { t: "'abcd'" }),
      row(10),
      row(100),
    ]
    const result = await writeQuery(rows.join(' UNION ALL '), { table: 'only_mysql.strict' })
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 9 })
    expect(await server.query('SELECT id FROM only_mysql.strict ORDER BY id')).toEqual([
      { id: '1' },
      { id: '10' },
    ])
    const places = 'SELECT 1 AS id, ST_SRID(POINT(1, 2), 4326) AS p UNION ALL SELECT 2, POINT(1, 2)'
    expect((await writeQuery(places, { table: 'only_mysql.places' })).rejected).toBe(1)
    expect((await refusals()).map(([id]) => id)).toEqual([2])
    // The letters of a text are no numbers of a vector.
    const letters = "SELECT 20 AS id, '[1,2,34]' AS e"
    expect((await writeQuery(letters, { table: 'only_mysql.strict' })).rejected).toBe(1)
    expect((await refusals())[0]?.[2]).toBe('“[1,2,34]” are not the bytes of vector(2)')
  })

  it('takes dates that are written with other marks, though the server would like them otherwise', async () => {
    await server.run('CREATE TABLE only_mysql.dates (id int PRIMARY KEY, a date, b datetime, c datetime)')
    const digits = `(${Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ')})`
    const places = ['p', 'q', 'r', 's', 't']
    const id = places.map((name, place) => `${name}.d * ${10 ** place}`).join(' + ')
    const from = places.map((name) => `${digits} AS ${name}`).join(', ')
    const query = `SELECT ${id} AS id, '2024/01/02' AS a, '2024/01/02 03:04:05' AS b, IF(p.d = 7 AND q.d = 0, '2024/02/30', '2024/1/2') AS c FROM ${from}`
    const result = await writeQuery(query, { table: 'only_mysql.dates', rejectLimit: 2000 })
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1000 })
    const sums =
      "SELECT COUNT(*) AS n, SUM(a = '2024-01-02') AS a, SUM(b = '2024-01-02 03:04:05') AS b, SUM(c = '2024-01-02') AS c FROM only_mysql.dates"
    expect(await server.query(sums)).toEqual([{ n: '99000', a: '99000', b: '99000', c: '99000' }])
  })
})
