import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backfill } from '../../run/engine.ts'
import { conditionValues, expectConditions } from '../../testing/condition-cases.ts'
import { EngineBench, flowOf } from '../../testing/index.ts'
import { mysqlTestServer } from '../../testing/mysql-server.ts'
import { differingRows, lengthRows, lengthText } from '../../testing/row-lengths.ts'
import { expectOnlyUsed } from '../../testing/used-columns.ts'

describe.skipIf(!mysqlTestServer)('reading from MySQL and MariaDB', { timeout: 120_000 }, () => {
  const server = mysqlTestServer as NonNullable<typeof mysqlTestServer>
  let bench: EngineBench
  beforeAll(async () => {
    bench = new EngineBench({ connections: server.connections })
    await server.run('DROP DATABASE IF EXISTS reading', 'CREATE DATABASE reading CHARACTER SET utf8mb4')
  })
  afterAll(async () => {
    await bench.close()
    await server.run('DROP DATABASE reading')
  })

  const flow = (settings: Record<string, unknown>) =>
    flowOf(
      [
        { id: 'in', kind: 'mysql.source', settings: { connection: 'db', ...settings } },
        { id: 'out', kind: 'json.target', settings: { path: 'out.ndjson', layout: 'lines' } },
      ],
      ['in -> out'],
    )
  const read = async (settings: Record<string, unknown>, by = bench) => {
    const result = await by.run(flow(settings))
    const text = result.status === 'succeeded' ? by.text('out.ndjson') : ''
    return { result, rows: text.split('\n').filter((line) => line !== '') }
  }

  const text = `'tab\\t line\\n\\r back\\\\slash \\\\N "q", ""'' 𝄞 中文 \\0 \\Z'`
  const printed = String.raw`"tab\t line\n\r back\\slash \\N \"q\", \"\"' 𝄞 中文 \u0000 \u001A"`
  const digits65 = `${'9'.repeat(35)}.${'1'.repeat(30)}`
  const matrix: readonly (readonly [native: string, type: string, value: string, expected: string])[] = [
    ['tinyint', 'TINYINT', '-128', '-128'],
    ['tinyint(1)', 'TINYINT', '2', '2'],
    ['tinyint unsigned', 'SMALLINT', '255', '255'],
    ['smallint', 'SMALLINT', '-32768', '-32768'],
    ['smallint unsigned', 'INTEGER', '65535', '65535'],
    ['mediumint', 'INTEGER', '-8388608', '-8388608'],
    ['mediumint unsigned', 'INTEGER', '16777215', '16777215'],
    ['int', 'INTEGER', '-2147483648', '-2147483648'],
    ['int unsigned', 'BIGINT', '4294967295', '4294967295'],
    ['int(8) zerofill', 'BIGINT', '42', '42'],
    ['bigint', 'BIGINT', '-9223372036854775808', '-9223372036854775808'],
    ['bigint unsigned', 'HUGEINT', '18446744073709551615', '18446744073709551615'],
    [
      'decimal(38,10)',
      'DECIMAL(38,10)',
      '-1234567890123456789012345678.0123456789',
      '-1234567890123456789012345678.0123456789',
    ],
    ['decimal(5,0) unsigned', 'DECIMAL(5,0)', '12345', '12345.0'],
    ['decimal(65,30)', 'VARCHAR', digits65, `"${digits65}"`],
    ['float', 'FLOAT', '16777215', '16777215.0'],
    ['double', 'DOUBLE', '0.30000000000000004', '0.30000000000000004'],
    ['double', 'DOUBLE', '-1.7976931348623157e308', '-1.7976931348623157e308'],
    ['bit(1)', 'BOOLEAN', "b'1'", 'true'],
    ['bit(12)', 'BIGINT', "b'100000000001'", '2049'],
    ['bit(64)', 'HUGEINT', "x'FFFFFFFFFFFFFFFF'", '18446744073709551615'],
    ['year', 'SMALLINT', '1901', '1901'],
    ['date', 'DATE', "'1000-01-01'", '"1000-01-01"'],
    ['time(6)', 'TIME', "'23:59:59.999999'", '"23:59:59.999999"'],
    ['datetime(6)', 'TIMESTAMP', "'9999-12-31 23:59:59.999999'", '"9999-12-31 23:59:59.999999"'],
    ['timestamp', 'TIMESTAMP WITH TIME ZONE', "'2024-03-30 18:30:00'", '"2024-03-30 18:30:00+00"'],
    ['char(4)', 'VARCHAR', "'ab'", '"ab"'],
    ['varchar(100)', 'VARCHAR', text, printed],
    ['longtext', 'VARCHAR', text, printed],
    ['varchar(9)', 'VARCHAR', "''", '""'],
    ['varchar(9) CHARACTER SET latin1', 'VARCHAR', "'é€ß'", '"é€ß"'],
    ['varchar(9) CHARACTER SET gbk', 'VARCHAR', "'北京'", '"北京"'],
    ['varchar(9) COLLATE utf8mb4_bin', 'VARCHAR', "'Aa'", '"Aa"'],
    ['enum("it\'s","b,c","中")', 'VARCHAR', "'b,c'", '"b,c"'],
    ["set('a','b','c')", 'VARCHAR', "'a,c'", '"a,c"'],
    ['json', 'JSON', `'{"a": [1, null, "中 \\\\n"]}'`, String.raw`{"a":[1,null,"中 \n"]}`],
    ['binary(3)', 'BLOB', "x'00FF'", String.raw`"\\x00\\xFF\\x00"`],
    ['varbinary(9)', 'BLOB', "x'0022C35C0A'", String.raw`"\\x00\\x22\\xC3\\x5C\\x0A"`],
    ['longblob', 'BLOB', "''", '""'],
    [
      'point',
      'BLOB',
      'ST_GeomFromText("POINT(1 2)")',
      String.raw`"\\x00\\x00\\x00\\x00\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\xF0?\\x00\\x00\\x00\\x00\\x00\\x00\\x00@"`,
    ],
  ]

  it('keeps every value of every type', async () => {
    const name = (place: number) => `c${String(place).padStart(2, '0')}`
    const columns = matrix.map(([native], place) => `${name(place)} ${native} NULL`)
    const values = matrix.map(([, , value]) => value)
    await server.run(
      `CREATE TABLE reading.types (${columns.join(', ')})`,
      `INSERT INTO reading.types VALUES (${values.join(', ')}), (${values.map(() => 'NULL').join(', ')})`,
    )
    const { result, rows } = await read({ table: 'reading.types' })
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
    const { ports } = await bench.engine.infer(flow({ table: 'reading.types' }))
    expect(ports['in']?.['out']?.map(({ type }) => type)).toEqual(matrix.map(([, type]) => type))
    const cells = matrix.map(([, , , expected], place) => `"${name(place)}":${expected}`)
    expect(rows).toEqual([
      `{${cells.join(',')}}`,
      `{${matrix.map((_, place) => `"${name(place)}":null`).join(',')}}`,
    ])
    // The same columns out of a query.
    expect((await read({ read: 'query', query: 'SELECT * FROM reading.types' })).rows).toEqual(rows)
  })

  it('rejects dates that are none and times beyond a day, and keeps the others', async () => {
    await server.run(
      'CREATE TABLE reading.odd (id int, d date, t time, z timestamp NULL, n varchar(9))',
      `SET SESSION sql_mode = 'ALLOW_INVALID_DATES'`,
    )
    const { MysqlSession } = await import('./session.ts')
    const session = await MysqlSession.connect(server.settings, new AbortController().signal, 'read')
    await session.run("SET SESSION sql_mode = 'ALLOW_INVALID_DATES'")
    await session.run(`INSERT INTO reading.odd VALUES (1, '2024-02-29', '23:00:00', '2024-01-01 00:00:00', 'a'),
      (2, '0000-00-00', '00:00:00', NULL, 'a\\n'), (3, '2024-02-31', NULL, NULL, 'b'), (4, '2024-00-01', NULL, NULL, 'c'),
      (5, NULL, '838:59:59', NULL, 'd'), (6, NULL, '-00:00:01', NULL, 'e'), (7, NULL, NULL, 0, 'f'), (8, NULL, NULL, NULL, NULL)`)
    await session.close()
    const { result, rows } = await read({ table: 'reading.odd' })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 6 })
    expect(rows.map((row) => JSON.parse(row).id)).toEqual([1, 8])
    const rejects = await bench.rejects()
    expect(rejects.map(({ column, value }) => [column, value])).toEqual([
      ['d', '0000-00-00'],
      ['d', '2024-02-31'],
      ['d', '2024-00-01'],
      ['t', '838:59:59'],
      ['t', '-00:00:01'],
      ['z', '0000-00-00 00:00:00'],
    ])
    expect(JSON.parse(rejects[0]?.row ?? '')).toMatchObject({ id: '2', d: '0000-00-00', n: 'a\n' })
    // Alone, nothing else makes the reader look twice.
    const alone = await read({ read: 'query', query: 'SELECT * FROM reading.odd WHERE id IN (1, 7)' })
    expect(alone.result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
    expect(alone.rows.map((row) => JSON.parse(row).id)).toEqual([1])
  })

  it('reads tables and columns of any name, and one column alone', async () => {
    const hostile = [
      'quo`te"',
      'a b',
      '😀',
      '中文',
      'constructor',
      '__proto__',
      'select',
      "x'; DROP TABLE y; --",
    ]
    const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``
    const astral = hostile.map((name) => (name === '😀' ? '☃' : name))
    await server.run(
      `CREATE TABLE reading.\`o\`\`t.x 中\` (${astral.map((name) => `${quoted(name)} text`).join(', ')})`,
      `INSERT INTO reading.\`o\`\`t.x 中\` VALUES (${astral.map((_, place) => `'${place}'`).join(', ')})`,
      'CREATE TABLE reading.alone (t longtext)',
      "INSERT INTO reading.alone VALUES (''), (NULL), ('.'), (repeat('x\"\\n', 2000000))",
    )
    const { rows, result } = await read({ table: 'reading."o`t.x 中"' })
    expect(result.problems).toEqual([])
    expect(rows).toEqual([`{${astral.map((name, place) => `${JSON.stringify(name)}:"${place}"`).join(',')}}`])
    const alone = await read({ table: 'reading.alone' })
    expect(alone.rows.map((row) => JSON.parse(row).t?.length)).toEqual([0, undefined, 1, 6_000_000])
  })

  it('keeps rows of all lengths, in the order in which the server sends them', async () => {
    const constant = (text: string) => `'${text.replaceAll('\\', '\\\\')}'`
    const text = lengthText((...parts) => `concat(${parts.join(', ')})`, constant)
    const digits = `(${Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ')})`
    const ids = `SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d AS id
      FROM ${['a', 'b', 'c', 'd', 'e'].map((name) => `${digits} AS ${name}`).join(', ')}`
    await server.run(
      'CREATE TABLE reading.lengths (id int PRIMARY KEY, t mediumtext, n double)',
      `INSERT INTO reading.lengths SELECT id, ${text}, id + 0.5e0 FROM (${ids}) AS ids WHERE id <= ${lengthRows}`,
    )
    const plain = { connector: 'mysql', settings: { ...server.settings, tls: 'off' as const } }
    const unencrypted = new EngineBench({ connections: { find: () => Promise.resolve(plain) } })
    for (const by of [bench, unencrypted]) {
      const { result, rows } = await read({ table: 'reading.lengths' }, by)
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
      expect(differingRows(rows)).toEqual([])
    }
    await unencrypted.close()
  })

  it('keeps a row that takes several packets, and is longer than what DuckDB reads at a time', async () => {
    const length = 15_000_000
    const row = (id: number, text: string) => `SELECT ${id} AS id, ${text} AS t, ${text} AS u`
    const query = `${row(1, "'a'")} UNION ALL ${row(2, `repeat('x', ${length})`)} UNION ALL ${row(3, 'NULL')}`
    const { result, rows } = await read({ read: 'query', query })
    expect(result.problems).toEqual([])
    const lengths = rows.map((text) => JSON.parse(text)).map(({ id, t, u }) => [id, t?.length, u?.length])
    expect(lengths).toEqual([
      [1, 1, 1],
      [2, length, length],
      [3, undefined, undefined],
    ])
  })

  it('reads queries, which cannot write, and says where they are wrong', async () => {
    const query = (statement: string) => read({ read: 'query', query: statement })
    expect((await query('SELECT 1 AS a, 2 AS a -- same name;\n')).rows).toEqual(['{"a":1,"a_2":2}'])
    const wrong = await query('SELECT 1,\n nope')
    expect(wrong.result.problems[0]).toMatchObject({
      code: 'database.refused',
      location: { nodeId: 'in', field: 'query', position: 11 },
    })
    const writing = [
      'DROP TABLE reading.odd',
      'SELECT 1; DROP TABLE reading.odd',
      'DELETE FROM reading.odd',
      "SELECT 1 INTO OUTFILE '/tmp/millrace-outfile'",
      'COMMIT',
      'SET @a = 1',
      "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE reading.odd",
    ]
    for (const statement of writing) expect((await query(statement)).result.status).toBe('failed')
    expect(await server.query('SELECT COUNT(*) AS n FROM reading.odd')).toEqual([{ n: '8' }])
    expect((await read({ table: 'reading.gone' })).result.problems[0]).toMatchObject({
      code: 'table.unknown',
      location: { nodeId: 'in', field: 'table' },
    })
  })

  it('reads on from its cursor: ties told apart by key, late rows by looking back', async () => {
    await server.run(
      'CREATE TABLE reading.events (id int PRIMARY KEY, at datetime(3) NULL)',
      "INSERT INTO reading.events VALUES (1, '2024-01-01 10:00'), (2, '2024-01-01 11:00'), (3, '2024-01-01 11:00'), (9, NULL)",
    )
    const base = { table: 'reading.events', mode: 'incremental', cursorColumn: 'at' }
    let cursors = {}
    const step = async (settings: Record<string, unknown>, backfill?: Backfill) => {
      const result = await bench.engine.run({
        flow: flow({ ...base, ...settings }),
        runId: 'test',
        clock: '2026-03-01T10:20:30.000Z',
        parameters: {},
        cursors,
        backfill,
        resultFolder: bench.results,
        onEvent: () => {},
        onPrepared: (prepared) => {
          cursors = prepared.cursors
          return Promise.resolve()
        },
      })
      expect(result.problems).toEqual([])
      const lines = bench.text('out.ndjson').split('\n').filter(Boolean)
      return lines.map((line) => JSON.parse(line).id).sort()
    }
    expect(await step({ tieColumns: ['id'] })).toEqual([1, 2, 3])
    expect(await step({ tieColumns: ['id'] })).toEqual([])
    await server.run(
      "INSERT INTO reading.events VALUES (4, '2024-01-01 11:00'), (5, '2024-01-01 10:50'), (6, '2024-01-01 12:00')",
    )
    // Without columns of its own, the primary key tells ties apart.
    expect(await step({})).toEqual([4, 6])
    expect(cursors).toMatchObject({ in: { at: '2024-01-01 12:00:00.000', id: '6' } })
    expect(await step({ lookBack: '70 minutes' })).toEqual([2, 3, 4, 5, 6])
    const backfill = { nodeId: 'in', from: '2024-01-01 10:50', to: '2024-01-01 11:00' }
    expect(await step({}, backfill)).toEqual([2, 3, 4, 5])
    expect(cursors).toEqual({})
    const wrong = await bench.run(flow(base), { backfill: { ...backfill, to: 'yesterday' } })
    expect(wrong.problems).toMatchObject([{ code: 'cursor.invalid', location: { nodeId: 'in' } }])
    cursors = {}
    expect(await step({ cursorColumn: 'id' })).toEqual([1, 2, 3, 4, 5, 6, 9])
    expect(await step({ cursorColumn: 'id' })).toEqual([])
  })

  it('lets the database decide the conditions that a filter has, with the same rows', async () => {
    const values = conditionValues((value, place) =>
      place === 4 ? `b'${value}'` : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`,
    )
    await server.run(
      `CREATE TABLE reading.conditions (id int, name text COLLATE utf8mb4_bin, amount decimal(10,2), placed datetime(6), paid bit(1))`,
      `INSERT INTO reading.conditions VALUES ${values}`,
    )
    await expectConditions(bench, 'mysql.source', { table: 'reading.conditions' })
  })

  it('asks for the columns that the flow uses, and for no others', async () => {
    await server.run(
      'CREATE TABLE reading.some (id int PRIMARY KEY, name text, n json)',
      "INSERT INTO reading.some VALUES (1, 'Ana', '[1]'), (2, 'Bo', '[1]')",
      "CREATE VIEW reading.wide AS SELECT id, name, (SELECT twin.id FROM reading.some AS twin) AS broken, 'x' AS rest FROM reading.some",
    )
    await expectOnlyUsed(bench, 'mysql.source', { table: 'reading.wide' })
  })
})
