import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { flowOf } from '../../testing/index.ts'
import { SqliteFile } from '../../testing/sqlite-file.ts'

describe('writing to a SQLite connection', { timeout: 60_000 }, () => {
  let shop: SqliteFile
  beforeAll(() => {
    shop = new SqliteFile()
    shop.run('CREATE TABLE empty (id INTEGER)')
  })
  afterAll(() => shop.bench.close())

  let runs = 0
  /** Writes what a query of the same database gives. */
  const write = async (statement: string, settings: object = {}) => {
    const flow = flowOf(
      [
        { id: 'in', kind: 'sqlite.source', settings: { read: 'query', connection: 'db', statement } },
        {
          id: 'out',
          kind: 'sqlite.target',
          settings: { into: 'connection', connection: 'db', table: 't', mode: 'append', ...settings },
        },
      ],
      ['in -> out'],
    )
    const result = await shop.bench.run(flow, { runId: `run-${runs++}` })
    const effects = result.nodes.find(({ nodeId }) => nodeId === 'out')?.ledger?.terms
    return { ...result, effects }
  }
  /** Rows of `id` and `name`. */
  const values = (...rows: readonly (readonly [id: number | null, name: string | null])[]) =>
    `SELECT CAST(column1 AS INTEGER) AS id, CAST(column2 AS TEXT) AS name FROM (VALUES ${rows
      .map(([id, name]) => `(${id ?? 'NULL'}, ${name === null ? 'NULL' : `'${name.replaceAll("'", "''")}'`})`)
      .join(', ')})`
  const fresh = (definition = 'id INTEGER PRIMARY KEY, name VARCHAR(5)') =>
    shop.run('DROP TABLE IF EXISTS t', 'DROP TABLE IF EXISTS t__previous', `CREATE TABLE t (${definition})`)
  const rows = (table = 't') =>
    shop
      .query(`SELECT * FROM "${table}" ORDER BY 1, 2`)
      .map((row) => row.map((cell) => cell ?? 'null').join(' '))
  const whys = async () =>
    (await shop.bench.rejects()).map(({ column, value, reason }) => ({ column, value, reason }))

  it('appends, to a table that it makes when it is missing', async () => {
    shop.run('DROP TABLE IF EXISTS t')
    const missing = await write(values([1, 'a']), { create: false })
    expect(missing.problems[0]).toMatchObject({
      code: 'table.unknown',
      location: { nodeId: 'out', field: 'table' },
    })
    const result = await write(values([1, 'a'], [2, null]))
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true })
    expect(result.effects).toMatchObject({ inserted: 2, updated: 0, unchanged: 0, deleted: 0 })
    expect(result.outputs).toMatchObject([{ name: 't', rows: 2 }])
    await write(values([1, 'a']), { table: 'main.t' })
    expect(rows()).toEqual(['1 a', '1 a', '2 null'])
    expect(shop.query("SELECT sql FROM sqlite_schema WHERE name = 't'")).toEqual([
      ['CREATE TABLE "t" ("id" INTEGER, "name" TEXT)'],
    ])
  })

  it('leaves nothing of a table that it would have made', async () => {
    shop.run('DROP TABLE IF EXISTS made')
    const result = await write("SELECT CAST('x' AS TEXT) AS id", { table: 'made', mode: 'mirror', keys: [] })
    expect(result.status).toBe('failed')
    expect(shop.query("SELECT name FROM sqlite_schema WHERE name LIKE 'made%'")).toEqual([])
  })

  it('upserts by key, and tells what it did', async () => {
    fresh()
    const settings = { mode: 'upsert', keys: ['id'] }
    await write(values([1, 'a'], [2, 'b'], [3, 'c']), settings)
    const result = await write(values([1, 'a'], [2, 'B'], [4, 'd']), settings)
    expect(result).toMatchObject({ status: 'succeeded', balanced: true })
    expect(rows()).toEqual(['1 a', '2 B', '3 c', '4 d'])
    expect(result.effects).toMatchObject({ inserted: 1, updated: 1, unchanged: 1, deleted: 0 })
  })

  it('upserts by this key and by no other that is unique', async () => {
    fresh('id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE')
    shop.run("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    const result = await write(values([1, 'A2'], [3, 'b'], [4, 'd']), { mode: 'upsert', keys: ['id'] })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
    expect(result.effects).toMatchObject({ inserted: 1, updated: 1, unchanged: 0, deleted: 0 })
    expect(rows()).toEqual(['1 A2', '2 b', '4 d'])
    expect(await whys()).toEqual([{ column: 'name', value: 'b', reason: 'UNIQUE constraint failed: t.name' }])
    const none = await write(values([1, 'x']), { mode: 'upsert', keys: ['id', 'name'] })
    expect(none.problems[0]).toMatchObject({
      code: 'table.noKey',
      location: { nodeId: 'out', field: 'keys' },
    })
  })

  it('compares keys as the table does, and values by their letters', async () => {
    fresh('name TEXT COLLATE NOCASE PRIMARY KEY, other TEXT COLLATE NOCASE')
    shop.run("INSERT INTO t VALUES ('a', 'x')")
    const settings = { mode: 'upsert', keys: ['name'] }
    const select = (...names: readonly (readonly [string, string])[]) =>
      names
        .map(([name, other]) => `SELECT CAST('${name}' AS TEXT) AS name, CAST('${other}' AS TEXT) AS other`)
        .join(' UNION ALL ')
    const result = await write(select(['A', 'X'], ['b', '1'], ['B', '2']), settings)
    expect(result).toMatchObject({ status: 'succeeded', rejected: 2 })
    expect(result.effects).toMatchObject({ inserted: 0, updated: 1 })
    expect(rows()).toEqual(['a X'])
  })

  it('updates only what is there', async () => {
    fresh()
    shop.run("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    const result = await write(values([1, 'A'], [2, 'b'], [9, 'x']), { mode: 'update', keys: ['id'] })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
    expect(result.effects).toMatchObject({ inserted: 0, updated: 1, unchanged: 1, deleted: 0 })
    expect(rows()).toEqual(['1 A', '2 b'])
    expect(await whys()).toEqual([{ column: 'id', value: '9', reason: 'no row of the table has this key' }])
  })

  it('deletes by key', async () => {
    fresh()
    shop.run(
      "INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')",
      'CREATE TABLE child (t INTEGER REFERENCES t)',
      'INSERT INTO child VALUES (3)',
    )
    const result = await write('SELECT CAST(column1 AS INTEGER) AS id FROM (VALUES (2), (3), (9))', {
      mode: 'delete',
      keys: ['id'],
    })
    expect(result.effects).toMatchObject({ inserted: 0, updated: 0, unchanged: 1, deleted: 1 })
    expect(rows()).toEqual(['1 a', '3 c'])
    expect((await whys())[0]?.reason).toBe('FOREIGN KEY constraint failed')
    shop.run('DROP TABLE child')
  })

  it('mirrors, up to its cap; rows that are refused keep theirs alive', async () => {
    fresh("id INTEGER PRIMARY KEY, name TEXT CHECK (name <> 'bad')")
    const numbers = (from: number, to: number) =>
      `WITH RECURSIVE n(g) AS (VALUES (${from}) UNION ALL SELECT g + 1 FROM n WHERE g < ${to})`
    shop.run(`INSERT INTO t ${numbers(1, 10)} SELECT g, 'x' FROM n`)
    const half = `${numbers(2, 11)} SELECT CAST(g AS INTEGER) AS id, CAST(CASE g WHEN 5 THEN 'bad' ELSE 'y' END AS TEXT) AS name FROM n UNION ALL SELECT 6, 'z'`
    const settings = { mode: 'mirror', keys: ['id'] }
    const stopped = await write(values([1, 'x']), settings)
    expect(stopped.problems[0]).toMatchObject({
      code: 'target.mirrorCap',
      location: { nodeId: 'out', field: 'mirrorCap' },
    })
    expect(rows()).toHaveLength(10)
    const result = await write(half, settings)
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 3 })
    expect(result.effects).toMatchObject({ inserted: 1, updated: 7, unchanged: 0, deleted: 1 })
    expect(shop.query('SELECT id, name FROM t ORDER BY id').map((row) => row.join(' '))).toEqual([
      '2 y',
      '3 y',
      '4 y',
      '5 x',
      '6 x',
      '7 y',
      '8 y',
      '9 y',
      '10 y',
      '11 y',
    ])
  })

  it('replaces all rows and keeps the previous ones', async () => {
    fresh()
    shop.run("INSERT INTO t VALUES (1, 'a'), (2, 'b')", 'CREATE VIEW over AS SELECT * FROM t')
    const result = await write(values([2, 'B'], [3, 'c']), { mode: 'replace' })
    expect(result.problems).toEqual([])
    expect(result.effects).toMatchObject({ inserted: 2, updated: 0, unchanged: 0, deleted: 2 })
    expect(rows('over')).toEqual(['2 B', '3 c'])
    expect(rows('t__previous')).toEqual(['1 a', '2 b'])
    await write(values([7, 'z']), { mode: 'replace' })
    expect(rows('t__previous')).toEqual(['2 B', '3 c'])
    await write(values([8, 'z']), { mode: 'replace', keepPrevious: false })
    expect(rows('t__previous')).toEqual(['2 B', '3 c'])
    expect(rows()).toEqual(['8 z'])
    shop.run('DROP VIEW over')
  })

  it('replaces the rows of a table that other tables point at, unless they would point at nothing', async () => {
    fresh()
    shop.run(
      "INSERT INTO t VALUES (1, 'a'), (2, 'b')",
      'CREATE TABLE child (t INTEGER REFERENCES t)',
      'INSERT INTO child VALUES (2)',
    )
    const kept = await write(values([2, 'B'], [3, 'c']), { mode: 'replace' })
    expect(kept.problems).toEqual([])
    expect(rows()).toEqual(['2 B', '3 c'])
    const broken = await write(values([7, 'c']), { mode: 'replace' })
    expect(broken.problems[0]).toMatchObject({
      code: 'database.refused',
      parameters: { detail: 'FOREIGN KEY constraint failed: child → t' },
    })
    expect(rows()).toEqual(['2 B', '3 c'])
    shop.run('DROP TABLE child')
  })

  it('rejects what SQLite refuses, with its reason, and commits the rest', async () => {
    fresh(
      'id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount INT CHECK (amount < 5000)) STRICT; CREATE TABLE IF NOT EXISTS unused (x',
    )
    const select = `WITH RECURSIVE n(g) AS (VALUES (1) UNION ALL SELECT g + 1 FROM n WHERE g < 5001)
      SELECT CAST(g AS INTEGER) AS id, CAST(CASE g WHEN 4000 THEN NULL ELSE 'ok' END AS TEXT) AS name, CAST(CASE g WHEN 3 THEN 'x' WHEN 4 THEN '007' ELSE g END AS TEXT) AS amount FROM n`
    const result = await write(select)
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 5 })
    expect(await whys()).toEqual(
      expect.arrayContaining([
        { column: 'amount', value: 'x', reason: 'cannot store TEXT value in INT column t.amount' },
        { column: 'amount', value: '007', reason: '“007” is no whole number of 64 bits' },
        { column: 'name', value: null, reason: 'NOT NULL constraint failed: t.name' },
        { column: '', value: null, reason: 'CHECK constraint failed: amount < 5000' },
      ]),
    )
    expect(shop.query('SELECT count(*) FROM t')).toEqual([['4996']])
    for (const settings of [{ onReject: 'fail' }, { rejectLimit: 2 }, { rejectPercent: 0 }]) {
      const failing = await write(select, settings)
      expect(failing.problems[0]).toMatchObject({ code: 'target.rejectLimit', location: { nodeId: 'out' } })
    }
    expect(shop.query('SELECT count(*) FROM t')).toEqual([['4996']])
  })

  it('does not lose rows that a trigger leaves out, or that the table would ignore', async () => {
    fresh('id INTEGER PRIMARY KEY ON CONFLICT IGNORE, name TEXT')
    shop.run(
      "CREATE TRIGGER quiet BEFORE INSERT ON t WHEN NEW.name = 'no' BEGIN SELECT RAISE(IGNORE); END",
      "CREATE TRIGGER loud BEFORE INSERT ON t WHEN NEW.name = 'never' BEGIN SELECT RAISE(ABORT, 'not that one'); END",
      "INSERT INTO t VALUES (1, 'there')",
    )
    const result = await write(values([1, 'again'], [2, 'no'], [3, 'never'], [4, 'yes']))
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 3 })
    expect((await whys()).map(({ reason }) => reason).toSorted()).toEqual([
      'UNIQUE constraint failed: t.id',
      'a trigger of the table leaves this row out',
      'not that one',
    ])
    expect(rows()).toEqual(['1 there', '4 yes'])
    const upsert = await write(values([5, 'no'], [4, 'more']), { mode: 'upsert', keys: ['id'] })
    expect(upsert).toMatchObject({ rejected: 1, effects: { inserted: 0, updated: 1 } })
  })

  it('writes two targets of one database in one transaction', async () => {
    fresh()
    shop.run(
      'DROP TABLE IF EXISTS second',
      'CREATE TABLE second (id INTEGER PRIMARY KEY, name TEXT NOT NULL)',
    )
    const target = (id: string, table: string, settings = {}) => ({
      id,
      kind: 'sqlite.target',
      settings: { into: 'connection', connection: 'db', table, mode: 'append', ...settings },
    })
    const both = (second: object) =>
      flowOf(
        [
          {
            id: 'in',
            kind: 'sqlite.source',
            settings: { read: 'query', connection: 'db', statement: values([1, 'a'], [2, null]) },
          },
          target('one', 't'),
          target('two', 'second', second),
        ],
        ['in -> one', 'in -> two'],
      )
    const failed = await shop.bench.run(both({ onReject: 'fail' }), { runId: 'both' })
    expect(failed.status).toBe('failed')
    expect([rows(), rows('second')]).toEqual([[], []])
    const result = await shop.bench.run(both({}), { runId: 'both' })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
    expect([rows(), rows('second')]).toEqual([['1 a', '2 null'], ['1 a']])
    expect(
      shop.query("SELECT count(*) FROM __millrace_commits WHERE committed > datetime('now', '-1 minute')")
        .length,
    ).toBe(1)
  })

  it('writes every value of every type as it was read, into a table like it and into one that it makes', async () => {
    const text = `'tab' || char(9) || '"q", '''' \\ 𝄞 中文 ' || char(0) || char(13, 10)`
    const matrix: readonly (readonly [declared: string, ...values: string[]])[] = [
      ['INTEGER', '9007199254740993', '-9223372036854775808'],
      ['BIGINT', '9223372036854775807', '0'],
      ['REAL', '-1.7976931348623157e308', '0.30000000000000004'],
      ['DOUBLE', '9e999', '5e-324'],
      ['TEXT', text, "''"],
      ['VARCHAR(3)', "'longer than three'", "'NULL'"],
      ['BLOB', "x'0022C35C0A2C'", "x''"],
      ['BOOLEAN', '1', '0'],
      ['DATE', "'2024-02-29'", "'0001-01-01'"],
      ['DATETIME', "'9999-12-31 23:59:59.999999'", "'1000-01-01 00:00:00'"],
      ['TIMESTAMP WITH TIME ZONE', "'2024-03-31 02:30:00+00:00'", "'1969-12-31 23:59:59.5+00:00'"],
      ['TIME', "'23:59:59.999999'", "'00:00:00'"],
      ['DECIMAL_TEXT(38,10)', "'-1234567890123456789012345678.0123456789'", "'0.1000000000'"],
      ['DECIMAL(12,2)', '1234567890.25', '7'],
    ]
    const definitions = matrix.map(([declared], place) => `c${place} ${declared}`).join(', ')
    const given = [1, 2].map((nth) => `(${nth}, ${matrix.map((row) => row[nth]).join(', ')})`)
    shop.run(
      `CREATE TABLE types (id INTEGER PRIMARY KEY, ${definitions})`,
      `INSERT INTO types VALUES ${given.join(', ')}, (3${', NULL'.repeat(matrix.length)})`,
      `CREATE TABLE types_copy (id INTEGER PRIMARY KEY, ${definitions})`,
    )
    const cells = matrix.map((_, place) => `typeof(c${place}), hex(c${place})`)
    const all = (table: string) => shop.query(`SELECT id, ${cells.join(', ')} FROM ${table} ORDER BY id`)
    const copy = async (from: string, table: string, mode: string) => {
      const keys = mode === 'upsert' ? ['id'] : []
      const settings = { into: 'connection', connection: 'db', table, mode, keys }
      const result = await shop.bench.run(
        flowOf(
          [
            { id: 'in', kind: 'sqlite.source', settings: { read: 'table', connection: 'db', table: from } },
            { id: 'out', kind: 'sqlite.target', settings },
          ],
          ['in -> out'],
        ),
        { runId: `run-${runs++}` },
      )
      expect(result.problems).toEqual([])
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
      return result
    }
    await copy('types', 'types_copy', 'append')
    expect(all('types_copy')).toEqual(all('types'))
    const again = await copy('types', 'types_copy', 'upsert')
    const ledger = again.nodes.find(({ nodeId }) => nodeId === 'out')?.ledger
    expect(ledger?.terms).toMatchObject({ inserted: 0, updated: 0, unchanged: 3 })
    await copy('types', 'types_made', 'append')
    // A number that SQLite would round becomes a text in a table that is made; all else is the same.
    const last = matrix.length - 1
    const same = (table: string) => all(table).map((row) => row.slice(0, 1 + 2 * last))
    expect(same('types_made')).toEqual(same('types'))
    const decimals = shop.query(`SELECT c${last} FROM types_made ORDER BY id`)
    expect(decimals).toEqual([['1234567890.25'], ['7.00'], [null]])
    await copy('types_made', 'types_back', 'append')
    expect(all('types_back')).toEqual(all('types_made'))
  })

  it('refuses what SQLite would make something else of, and says why', async () => {
    fresh(
      'id INTEGER PRIMARY KEY, i INTEGER, r REAL, flag BOOLEAN, d DATE, n DECIMAL(20,2), s STRING, b BLOB, t TEXT, free',
    )
    const columns = ['i', 'r', 'flag', 'd', 'n', 's', 'b', 't', 'free'] as const
    type Given = Partial<Record<(typeof columns)[number], string>>
    const kept: readonly Given[] = [
      { i: '12', r: '0.5', flag: 'true', d: '2024-02-29', n: '1.50', s: '123', t: '007', free: '007' },
      { i: `${-(2n ** 63n)}`, r: '1e3', flag: '0', d: '2024-02-29 00:00:00', n: '123456789012.25', s: '00x' },
    ]
    const refused: readonly Given[] = [
      { i: '007' },
      { i: '1.5' },
      { i: '9223372036854775808' },
      { i: 'abc' },
      { r: '9007199254740993' },
      { r: '0.1000000000000000055' },
      { flag: 'yes' },
      { d: '2024-02-30' },
      { d: '29.02.2024' },
      { n: '1.005' },
      { n: '123456789012345678.25' },
      { s: '007' },
      { s: '1e3' },
      { b: 'text' },
    ]
    const cell = (value: string | undefined) => (value === undefined ? 'NULL' : `'${value}'`)
    const select = [...kept, ...refused].map((row, id) => {
      const cells = columns.map((name) => `CAST(${cell(row[name])} AS TEXT) AS ${name}`)
      return `SELECT CAST(${id} AS INTEGER) AS id, ${cells.join(', ')}`
    })
    const result = await write(select.join(' UNION ALL '))
    expect(result.problems).toEqual([])
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: refused.length })
    const found = await whys()
    const told = found.map(({ column, value }) => ({ [column ?? '']: value }))
    expect(told).toEqual(expect.arrayContaining([...refused]))
    expect(found.find(({ value, column }) => column === 's' && value === '007')?.reason).toBe(
      'SQLite would store “007” as the number 7',
    )
    const there =
      'SELECT i, r, flag, d, n, s, b, t, free, typeof(i), typeof(n), typeof(free) FROM t ORDER BY id'
    expect(shop.query(there)).toEqual([
      ['12', '0.5', '1', '2024-02-29', '1.5', '123', null, '007', '007', 'integer', 'real', 'text'],
      [
        `${-(2n ** 63n)}`,
        '1000',
        '0',
        '2024-02-29',
        '123456789012.25',
        '00x',
        null,
        null,
        null,
        'integer',
        'real',
        'null',
      ],
    ])
  })

  it('takes tables, columns and values of any spelling, in every mode', async () => {
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
    const cells = [
      "'tab' || char(9) || 'and' || char(10)",
      "'back\\slash \\N'",
      "'𝄞'",
      "''",
      'NULL',
      `'"'`,
      "'''; --'",
      "'NULL'",
      'char(0)',
    ]
    const definitions = quoted.map((name) => `${name} TEXT`).join(', ')
    shop.run(`CREATE TABLE "O""dd.t" (${definitions}, UNIQUE (${quoted[0]}), CHECK ("select" <> 'no'))`)
    const list = cells.map((cell, place) => `CAST(${cell} AS TEXT) AS ${quoted[place]}`).join(', ')
    const refused = list.replace("'''; --'", "'no'").replace("'and'", "'other'")
    const hex = quoted.map((name) => `hex(${name})`).join(', ')
    const wanted = shop.query(`SELECT ${hex} FROM (SELECT ${list})`)
    for (const mode of ['append', 'upsert', 'mirror', 'update', 'replace', 'delete']) {
      const keys = ['append', 'replace'].includes(mode) ? [] : [names[0]]
      const result = await write(`SELECT ${list} UNION ALL SELECT ${refused}`, {
        table: '"O""dd.t"',
        mode,
        keys,
      })
      expect(result.problems).toEqual([])
      expect(result).toMatchObject({
        status: 'succeeded',
        balanced: true,
        rejected: mode === 'delete' ? 0 : 1,
      })
      expect([mode, shop.query(`SELECT ${hex} FROM "O""dd.t"`)]).toEqual([
        mode,
        mode === 'delete' ? [] : wanted,
      ])
    }
    const previous = "SELECT name FROM pragma_table_list WHERE name LIKE 'O%previous'"
    expect(shop.query(previous)).toEqual([['O"dd.t__previous']])
  })
})
