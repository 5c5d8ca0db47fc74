import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backfill } from '../../run/engine.ts'
import { conditionValues, expectConditions } from '../../testing/condition-cases.ts'
import { EngineBench, flowOf } from '../../testing/index.ts'
import { testServer } from '../../testing/postgres-server.ts'
import { differingRows, lengthRows, lengthText } from '../../testing/row-lengths.ts'
import { expectOnlyUsed } from '../../testing/used-columns.ts'

describe.skipIf(!testServer)('reading from PostgreSQL', { timeout: 120_000 }, () => {
  const server = testServer as NonNullable<typeof testServer>
  let bench: EngineBench
  beforeAll(async () => {
    bench = new EngineBench({ connections: server.connections })
    await server.run('DROP SCHEMA IF EXISTS reading CASCADE; CREATE SCHEMA reading')
  })
  afterAll(async () => {
    await bench.close()
    await server.run('DROP SCHEMA reading CASCADE')
  })

  const flow = (settings: Record<string, unknown>) =>
    flowOf(
      [
        { id: 'in', kind: 'postgres.source', settings: { connection: 'db', ...settings } },
        { id: 'out', kind: 'json.target', settings: { path: 'out.ndjson', layout: 'lines' } },
      ],
      ['in -> out'],
    )
  const read = async (settings: Record<string, unknown>) => {
    const result = await bench.run(flow(settings))
    const text = result.status === 'succeeded' ? bench.text('out.ndjson') : ''
    return { result, rows: text.split('\n').filter((line) => line !== '') }
  }

  const matrix: readonly (readonly [native: string, type: string, value: string, expected: string])[] = [
    ['smallint', 'SMALLINT', "'-32768'", '-32768'],
    ['bigint', 'BIGINT', "'9007199254740993'", '9007199254740993'],
    ['oid', 'BIGINT', "'4294967295'", '4294967295'],
    ['boolean', 'BOOLEAN', "'t'", 'true'],
    [
      'numeric(38,10)',
      'DECIMAL(38,10)',
      "'1234567890123456789012345678.0123456789'",
      '1234567890123456789012345678.0123456789',
    ],
    ['numeric(3,-2)', 'DECIMAL(5,0)', "'12345'", '12300.0'],
    ['numeric(3,5)', 'DECIMAL(5,5)', "'0.00999'", '0.00999'],
    ['numeric', 'VARCHAR', "'1e-40'", `"0.${'0'.repeat(39)}1"`],
    ['numeric(60,20)', 'VARCHAR', "'0.1'", '"0.10000000000000000000"'],
    ['real', 'FLOAT', "'0.5'", '0.5'],
    ['double precision', 'DOUBLE', "'0.30000000000000004'", '0.30000000000000004'],
    ['money', 'DECIMAL(19,2)', "'-1234567.89'", '-1234567.89'],
    ['date', 'DATE', "'1752-09-14'", '"1752-09-14"'],
    ['date', 'DATE', "'0044-03-15 BC'", '"0044-03-15 (BC)"'],
    ['date', 'DATE', "'infinity'", '"infinity"'],
    ['time', 'TIME', "'24:00:00'", '"24:00:00"'],
    ['timetz', 'VARCHAR', "'10:00+02'", '"10:00:00+02"'],
    ['timestamp', 'TIMESTAMP', "'1850-01-01 00:00:00.000001'", '"1850-01-01 00:00:00.000001"'],
    ['timestamp', 'TIMESTAMP', "'0044-03-15 10:00:00 BC'", '"0044-03-15 (BC) 10:00:00"'],
    ['timestamp', 'TIMESTAMP', "'-infinity'", '"-infinity"'],
    ['timestamptz', 'TIMESTAMP WITH TIME ZONE', "'2024-03-31 02:30:00+08'", '"2024-03-30 18:30:00+00"'],
    ['interval', 'VARCHAR', "'1 year 2 mons 3 days 04:05:06.789'", '"1 year 2 mons 3 days 04:05:06.789"'],
    [
      'text',
      'VARCHAR',
      String.raw`E'tab\t line\n\r back\\slash \\N "q" ''s'' 𝄞 中文 \x01'`,
      String.raw`"tab\t line\n\r back\\slash \\N \"q\" 's' 𝄞 中文 \u0001"`,
    ],
    ['text', 'VARCHAR', "''", '""'],
    ['char(4)', 'VARCHAR', "'ab'", '"ab  "'],
    ['uuid', 'UUID', "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", '"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"'],
    ['jsonb', 'JSON', `'{"a":[1,null,"x\\n"]}'`, String.raw`{"a":[1,null,"x\n"]}`],
    ['integer[]', 'INTEGER[]', "'{1,NULL,3}'", '[1,null,3]'],
    ['text[]', 'VARCHAR[]', `'{"a,b","\\"q\\"",NULL,""}'`, String.raw`["a,b","\"q\"",null,""]`],
    ['numeric(20,4)[]', 'DECIMAL(20,4)[]', "'{1234567890123456.7891}'", '[1234567890123456.7891]'],
    ['inet', 'VARCHAR', "'192.168.0.1/24'", '"192.168.0.1/24"'],
    ['int4range', 'VARCHAR', "'[1,5)'", '"[1,5)"'],
    ['bit(4)', 'VARCHAR', "'1010'", '"1010"'],
    ['xml', 'VARCHAR', "'<a>b</a>'", '"<a>b</a>"'],
    ['point', 'VARCHAR', "'(1,2)'", '"(1,2)"'],
    ['tsvector', 'VARCHAR', "'a b'", `"'a' 'b'"`],
  ]

  it('keeps every value of every type', async () => {
    const name = (place: number) => `c${String(place).padStart(2, '0')}`
    const columns = matrix.map(([native], place) => `${name(place)} ${native}`)
    const values = matrix.map(([, , value]) => value)
    await server.run(`CREATE TABLE reading.types (${columns.join(', ')});
      INSERT INTO reading.types VALUES (${values.join(', ')}), (${values.map(() => 'NULL').join(', ')})`)
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
  })

  it('takes no value for another where the values around it are plain', async () => {
    const odd = [
      ['date', '0044-03-15 BC', '"0044-03-15 (BC)"'],
      ['date', '5874897-12-31', '"5874897-12-31"'],
      ['timestamp', '0044-03-15 10:00:00.5 BC', '"0044-03-15 (BC) 10:00:00.5"'],
      ['timestamptz', '0044-03-15 10:00:00+00 BC', '"0044-03-15 (BC) 10:00:00+00"'],
      ['timestamptz', '294276-12-31 00:00:00+00', undefined],
      ['timetz', '10:00:00+02', '"10:00:00+02"'],
    ] as const
    for (const [native, value, expected] of odd) {
      await server.run(`DROP TABLE IF EXISTS reading.plain; CREATE TABLE reading.plain (id int, odd ${native});
        INSERT INTO reading.plain SELECT 1, '${value}'`)
      const { result, rows } = await read({ table: 'reading.plain' })
      expect(result).toMatchObject({ status: 'succeeded', rejected: expected === undefined ? 1 : 0 })
      expect(rows).toEqual(expected === undefined ? [] : [`{"id":1,"odd":${expected}}`])
    }
  })

  it('lets the database decide the conditions that a filter has, with the same rows', async () => {
    const values = conditionValues(
      (value, place) => `'${value.replaceAll("'", "''")}'${place === 4 ? '::boolean' : ''}`,
    )
    await server.run(`CREATE TABLE reading.conditions (id int, name text, amount numeric(10,2), placed timestamp, paid boolean);
      INSERT INTO reading.conditions VALUES ${values}`)
    await expectConditions(bench, 'postgres.source', { table: 'reading.conditions' })
  })

  it('rejects the rows whose values DuckDB has no place for, and keeps the others', async () => {
    await server.run(`CREATE TABLE reading.odd (id int, n numeric(10,2), d timestamp, a int[], t text);
      INSERT INTO reading.odd VALUES (1, 1.5, '2024-01-01', '{1}', 'a'), (2, 'NaN', '2024-01-01', '{1}', E'b\\n'),
        (3, 2.5, '294276-12-31', '{1}', 'c'), (4, 3.5, '0044-03-15 BC', '{{1,2},{3,4}}', 'd'), (5, 4.5, '0044-03-15 BC', NULL, 'e')`)
    const { result, rows } = await read({ table: 'reading.odd' })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 3 })
    expect(rows.map((row) => JSON.parse(row).id)).toEqual([1, 5])
    const rejects = await bench.rejects()
    expect(rejects.map(({ column, value }) => [column, value])).toEqual([
      ['n', 'NaN'],
      ['d', '294276-12-31 00:00:00'],
      ['a', '[["1","2"],["3","4"]]'],
    ])
    expect(JSON.parse(rejects[0]?.row ?? '')).toMatchObject({ id: '2', n: 'NaN', t: 'b\n' })
  })

  it('reads tables and columns of any name, and one column alone', async () => {
    const hostile = [
      'quo"te',
      'a b',
      '😀',
      '中文',
      'constructor',
      '__proto__',
      'select',
      "x'; DROP TABLE y; --",
      'A',
      'a',
    ]
    const columns = hostile.map((name) => `"${name.replaceAll('"', '""')}" text`)
    await server.run(`CREATE TABLE reading."o""t.x 中" (${columns.join(', ')});
      INSERT INTO reading."o""t.x 中" VALUES (${hostile.map((_, place) => `'${place}'`).join(', ')});
      CREATE TABLE reading.alone (t text); INSERT INTO reading.alone VALUES (''), (NULL), ('.'), (repeat('x', 5000000))`)
    const { rows } = await read({ table: 'reading."o""t.x 中"' })
    const names = [...hostile.slice(0, -1), 'a_2']
    expect(rows).toEqual([`{${names.map((name, place) => `${JSON.stringify(name)}:"${place}"`).join(',')}}`])
    const alone = await read({ table: 'reading.alone' })
    expect(alone.rows.map((row) => JSON.parse(row).t?.length)).toEqual([0, undefined, 1, 5_000_000])
  })

  it('keeps rows of all lengths, in the order in which the server sends them', async () => {
    const constant = (text: string) => `E'${text.replaceAll('\\', '\\\\')}'`
    const text = lengthText((...parts) => `concat(${parts.join(', ')})`, constant)
    const rows = `SELECT id, ${text} AS t, id + 0.5::float8 AS n FROM generate_series(1, ${lengthRows}) AS id`
    const { result, rows: lines } = await read({ read: 'query', query: rows })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
    expect(differingRows(lines)).toEqual([])
  })

  it('keeps a row that is longer than what DuckDB reads at a time', async () => {
    const length = 40_000_000
    const query = `SELECT 1 AS id, 'a' AS t UNION ALL SELECT 2, repeat('x', ${length}) UNION ALL SELECT 3, 'c'`
    const { result, rows } = await read({ read: 'query', query })
    expect(result.problems).toEqual([])
    expect(rows.map((row) => JSON.parse(row).t.length)).toEqual([1, length, 1])
  })

  it('reads queries, which cannot write, and says where they are wrong', async () => {
    const query = (text: string) => read({ read: 'query', query: text })
    expect((await query('SELECT 1 AS a, 2 AS a -- same name;\n')).rows).toEqual(['{"a":1,"a_2":2}'])
    const wrong = await query('SELECT 1,\n nope')
    expect(wrong.result.problems[0]).toMatchObject({
      code: 'database.refused',
      location: { nodeId: 'in', field: 'query', position: 11 },
    })
    for (const text of ["SELECT nextval('reading.s')", 'SELECT 1) AS q; COMMIT; DROP TABLE reading.odd; --'])
      expect((await query(text)).result.status).toBe('failed')
    expect(await server.query("SELECT to_regclass('reading.odd')::text AS odd")).toEqual([
      { odd: 'reading.odd' },
    ])
    const gone = await read({ table: 'reading.gone' })
    expect(gone.result.problems[0]).toMatchObject({
      code: 'table.unknown',
      location: { nodeId: 'in', field: 'table' },
    })
  })

  it('takes parameters in queries as constants, whatever is in them', async () => {
    const hostile = `x' OR 'a' = 'a\\' --`
    const query = 'SELECT ${who} AS who'
    const drawn = {
      ...flow({ read: 'query', query }),
      parameters: [{ name: 'who', type: 'text' as const, default: hostile, description: '' }],
    }
    expect((await bench.run(drawn)).problems).toEqual([])
    expect(JSON.parse(bench.text('out.ndjson'))).toEqual({ who: hostile })
  })

  it('reads on from its cursor: ties told apart by key, late rows by looking back', async () => {
    await server.run(`CREATE TABLE reading.events (id int, at timestamptz);
      INSERT INTO reading.events VALUES (1, '2024-01-01 10:00'), (2, '2024-01-01 11:00'), (3, '2024-01-01 11:00'), (9, NULL)`)
    const incremental = {
      table: 'reading.events',
      mode: 'incremental',
      cursorColumn: 'at',
      tieColumns: ['id'],
    }
    let cursors = {}
    const step = async (settings: Record<string, unknown>, backfill?: Backfill) => {
      const result = await bench.engine.run({
        flow: flow({ ...incremental, ...settings }),
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
      return bench
        .text('out.ndjson')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).id)
        .sort()
    }
    expect(await step({})).toEqual([1, 2, 3])
    expect(await step({})).toEqual([])
    await server.run(
      `INSERT INTO reading.events VALUES (4, '2024-01-01 11:00'), (5, '2024-01-01 10:50'), (6, '2024-01-01 12:00')`,
    )
    expect(await step({})).toEqual([4, 6])
    expect(cursors).toMatchObject({ in: { at: '2024-01-01 12:00:00+00', id: '6' } })
    expect(await step({ lookBack: '70 minutes' })).toEqual([2, 3, 4, 5, 6])
    const before = cursors
    const backfill = { nodeId: 'in', from: '2024-01-01 10:50', to: '2024-01-01 11:00' }
    expect(await step({}, backfill)).toEqual([2, 3, 4, 5])
    expect(cursors).toEqual({})
    cursors = before
    expect(await step({})).toEqual([])
  })

  it('asks for the columns that the flow uses, and for no others', async () => {
    await server.run(`CREATE TABLE reading.some (id int PRIMARY KEY, name text, n int); INSERT INTO reading.some VALUES (1, 'Ana', 0), (2, 'Bo', 0);
      CREATE VIEW reading.wide AS SELECT id, name, 1 / n AS broken, 'x'::text AS rest FROM reading.some`)
    await expectOnlyUsed(bench, 'postgres.source', { table: 'reading.wide' })
  })
})
