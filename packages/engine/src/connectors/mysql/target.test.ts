import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EngineBench, flowOf } from '../../testing/index.ts'
import { mysqlTestServer } from '../../testing/mysql-server.ts'
import { mysqlConnection } from './connection.ts'
import { markOf } from './plan.ts'

const ways = [
  ['LOAD DATA', 1],
  ['INSERT', 0],
] as const

/** `local_infile` is a variable of the whole server: what else is tested meanwhile writes by this way too. */
describe.skipIf(!mysqlTestServer).each(ways)(
  'writing to MySQL and MariaDB by %s',
  { timeout: 120_000 },
  (way, loads) => {
    const server = mysqlTestServer as NonNullable<typeof mysqlTestServer>
    /** What does not depend on how the rows come to the server is tested by one way. */
    const once = it.skipIf(way !== 'LOAD DATA')
    let bench: EngineBench
    let usual: string
    beforeAll(async () => {
      bench = new EngineBench({ connections: server.connections })
      const [found] = await server.query('SELECT @@local_infile AS loads')
      usual = found?.['loads'] ?? ''
      await server.run(
        `SET GLOBAL local_infile = ${loads}`,
        'DROP DATABASE IF EXISTS writing',
        'CREATE DATABASE writing CHARACTER SET utf8mb4',
      )
    })
    afterAll(async () => {
      const left = await server.query(
        "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'writing' AND table_name LIKE '%millrace%' AND table_name <> '__millrace_commits'",
      )
      const prepared = await server.query('XA RECOVER')
      await bench.close()
      await server.run('DROP DATABASE writing', `SET GLOBAL local_infile = ${usual}`)
      expect(left).toEqual([])
      const marks = Array.from({ length: run }, (_, nth) => markOf({ runId: `run-${nth}`, nodeId: 'out' }))
      expect(prepared.filter(({ data }) => marks.includes(data?.split('-')[1] ?? ''))).toEqual([])
    })

    let run = 0
    /** Writes the rows of a SELECT to `writing.t`. */
    const write = async (select: string, settings: Record<string, unknown> = {}) => {
      const source = { connection: 'db', read: 'query', query: select }
      const target = { connection: 'db', table: 'writing.t', ...settings }
      const result = await bench.engine.run({
        flow: flowOf(
          [
            { id: 'in', kind: 'mysql.source', settings: source },
            { id: 'out', kind: 'mysql.target', settings: target },
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
    /** Rows of an id and a name. */
    const values = (...given: readonly (readonly [id: number | null, name: string | null])[]) =>
      given
        .map(([id, name]) => `SELECT ${id ?? 'NULL'} AS id, ${name === null ? 'NULL' : `'${name}'`} AS name`)
        .join(' UNION ALL ')
    const digits = `(${Array.from({ length: 10 }, (_, digit) => `SELECT ${digit} AS d`).join(' UNION ALL ')})`
    const numbers = (from: number, to: number) =>
      `(SELECT ${from} + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d AS g FROM ${['a', 'b', 'c', 'e', 'f'].map((name) => `${digits} AS ${name}`).join(', ')} HAVING g <= ${to} ORDER BY g) AS n`
    const rows = async (table = 'writing.t') =>
      (
        await server.query(
          `SELECT CONCAT(id, ' ', COALESCE(name, '-')) AS row_text FROM ${table} ORDER BY id, name`,
        )
      ).map((row) => row['row_text'])
    const fresh = (definition = 'id int PRIMARY KEY, name varchar(5)') =>
      server.run(
        'DROP TABLE IF EXISTS writing.t',
        'DROP TABLE IF EXISTS writing.t__previous',
        `CREATE TABLE writing.t (${definition}) ENGINE=InnoDB`,
      )
    const whys = async () =>
      (await bench.rejects()).map(({ column, value, reason }) => ({ column, value, reason }))

    once('makes the table, then appends', async () => {
      await server.run('DROP TABLE IF EXISTS writing.t')
      expect((await write(values([1, 'a'], [2, null]))).problems).toEqual([])
      const again = await write(values([3, 'c']))
      expect(again.problems).toEqual([])
      expect(again).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
      expect(await rows()).toEqual(['1 a', '2 -', '3 c'])
      // Without a key: the mode that finds rows by one makes it.
      await server.run('DROP TABLE writing.t')
      await write(values([1, 'a'], [2, 'a']), { mode: 'upsert', keys: ['name', 'id'] })
      await write(values([1, 'a'], [2, 'A'], [2, 'a ']), { mode: 'upsert', keys: ['name', 'id'] })
      expect(await rows()).toEqual(['1 a', '2 A', '2 a', '2 a '])
    })

    once('upserts by key, and tells what it did', async () => {
      await fresh()
      const settings = { mode: 'upsert', keys: ['id'] }
      await write(values([1, 'a'], [2, 'b'], [3, 'c']), settings)
      const result = await write(values([1, 'a'], [2, 'B'], [4, 'd']), settings)
      expect(result).toMatchObject({ status: 'succeeded', balanced: true })
      expect(await rows()).toEqual(['1 a', '2 B', '3 c', '4 d'])
      expect(result.effects).toMatchObject({ inserted: 1, updated: 1, unchanged: 1, deleted: 0 })
    })

    once('upserts by this key and by no other that is unique', async () => {
      await fresh('id int PRIMARY KEY, name varchar(5) UNIQUE')
      await server.run("INSERT INTO writing.t VALUES (1, 'a'), (2, 'b')")
      const result = await write(values([1, 'A2'], [3, 'b'], [4, 'd']), { mode: 'upsert', keys: ['id'] })
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
      expect(result.effects).toMatchObject({ inserted: 1, updated: 1, unchanged: 0, deleted: 0 })
      expect(await rows()).toEqual(['1 A2', '2 b', '4 d'])
      expect((await whys())[0]?.reason).toMatch(/^Duplicate entry 'b' for key/)
      await fresh('id int PRIMARY KEY, name varchar(5), UNIQUE KEY (name(2))')
      await server.run("INSERT INTO writing.t VALUES (1, 'abc')")
      const parts = await write(values([2, 'abd'], [3, 'x']), { mode: 'upsert', keys: ['id'] })
      expect(parts).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
      expect(await rows()).toEqual(['1 abc', '3 x'])
      const none = await write(values([1, 'x']), { mode: 'upsert', keys: ['id', 'name'] })
      expect(none.problems[0]).toMatchObject({
        code: 'table.noKey',
        location: { nodeId: 'out', field: 'keys' },
      })
    })

    once('updates only what is there', async () => {
      await fresh()
      await server.run("INSERT INTO writing.t VALUES (1, 'a'), (2, 'b')")
      const result = await write(values([1, 'A'], [2, 'b'], [9, 'x']), { mode: 'update', keys: ['id'] })
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
      expect(result.effects).toMatchObject({ inserted: 0, updated: 1, unchanged: 1, deleted: 0 })
      expect(await rows()).toEqual(['1 A', '2 b'])
      expect(await whys()).toEqual([{ column: 'id', value: '9', reason: 'no row of the table has this key' }])
    })

    once('deletes by key', async () => {
      await fresh()
      await server.run("INSERT INTO writing.t VALUES (1, 'a'), (2, 'b')")
      const result = await write('SELECT 2 AS id UNION ALL SELECT 9', { mode: 'delete', keys: ['id'] })
      expect(result.effects).toMatchObject({ inserted: 0, updated: 0, unchanged: 1, deleted: 1 })
      expect(await rows()).toEqual(['1 a'])
    })

    it('mirrors, up to its cap; rows that are refused keep theirs alive', async () => {
      await fresh()
      await server.run(`INSERT INTO writing.t SELECT g, 'x' FROM ${numbers(1, 10)}`)
      const half = `SELECT g AS id, IF(g = 5, 'too long', 'y') AS name FROM ${numbers(2, 11)} UNION ALL SELECT 6, 'z'`
      const settings = { mode: 'mirror', keys: ['id'] }
      const stopped = await write("SELECT 1 AS id, 'x' AS name", settings)
      expect(stopped.problems[0]).toMatchObject({
        code: 'target.mirrorCap',
        location: { nodeId: 'out', field: 'mirrorCap' },
      })
      const result = await write(half, settings)
      expect(result.problems).toEqual([])
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 3 })
      expect(result.effects).toMatchObject({ inserted: 1, updated: 7, unchanged: 0, deleted: 1 })
      expect(await rows()).toEqual(['2 y', '3 y', '4 y', '5 x', '6 x', '7 y', '8 y', '9 y', '10 y', '11 y'])
    })

    once('replaces all rows by a swap of tables and keeps the previous ones', async () => {
      await fresh()
      await server.run("INSERT INTO writing.t VALUES (1, 'a'), (2, 'b')")
      const result = await write(values([2, 'B'], [3, 'c']), { mode: 'replace' })
      expect(result.problems).toEqual([])
      expect(result.effects).toMatchObject({ inserted: 2, updated: 0, unchanged: 0, deleted: 2 })
      expect(await rows()).toEqual(['2 B', '3 c'])
      expect(await rows('writing.t__previous')).toEqual(['1 a', '2 b'])
      await write(values([7, 'z']), { mode: 'replace' })
      expect(await rows('writing.t__previous')).toEqual(['2 B', '3 c'])
      await write(values([8, 'z']), { mode: 'replace', keepPrevious: false })
      expect(await rows('writing.t__previous')).toEqual(['2 B', '3 c'])
      expect(await rows()).toEqual(['8 z'])
    })

    once('replaces the rows of a table that other tables hang on within a transaction', async () => {
      await fresh()
      await server.run(
        "INSERT INTO writing.t VALUES (1, 'a'), (2, 'b')",
        'DROP TABLE IF EXISTS writing.child',
        'CREATE TABLE writing.child (id int, FOREIGN KEY (id) REFERENCES writing.t (id) ON DELETE CASCADE)',
      )
      const result = await write(values([2, 'B'], [3, 'c']), { mode: 'replace' })
      expect(result.problems).toEqual([])
      expect(await rows()).toEqual(['2 B', '3 c'])
      expect(await rows('writing.t__previous')).toEqual(['1 a', '2 b'])
      await server.run('INSERT INTO writing.child VALUES (2)')
      await server.run('ALTER TABLE writing.child DROP FOREIGN KEY child_ibfk_1')
      await server.run('ALTER TABLE writing.child ADD FOREIGN KEY (id) REFERENCES writing.t (id)')
      const broken = await write(values([7, 'c']), { mode: 'replace' })
      expect(broken.status).toBe('failed')
      expect(await rows()).toEqual(['2 B', '3 c'])
      await server.run('DROP TABLE writing.child')
    })

    it('rejects what the server refuses, with its reason, and commits the rest', async () => {
      await fresh('id int PRIMARY KEY, name varchar(5) NOT NULL, amount int CHECK (amount < 5000)')
      const select = `SELECT g AS id, CASE g WHEN 70 THEN 'too long' WHEN 4000 THEN NULL ELSE 'ok' END AS name, IF(g = 3, 'x', g) AS amount FROM ${numbers(1, 5001)}`
      const result = await write(select)
      expect(result.problems).toEqual([])
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 5 })
      const found = await whys()
      expect(found.map(({ column, value }) => `${column}=${value}`)).toEqual([
        'amount=x',
        'name=too long',
        'name=null',
        '=null',
        '=null',
      ])
      expect(found[0]?.reason).toBe("Incorrect integer value: 'x' for column 'amount'")
      expect(found[1]?.reason).toBe("Data truncated for column 'name'")
      expect(found[2]?.reason).toBe("Column 'name' cannot be null")
      expect(found[3]?.reason).toMatch(/CONSTRAINT|[Cc]heck constraint/)
      const count = 'SELECT COUNT(*) AS n FROM writing.t'
      expect(await server.query(count)).toEqual([{ n: '4996' }])
      for (const settings of [{ onReject: 'fail' }, { rejectLimit: 2 }, { rejectPercent: 0 }]) {
        const failing = await write(select, settings)
        expect(failing.problems[0]).toMatchObject({ code: 'target.rejectLimit', location: { nodeId: 'out' } })
      }
      expect(await server.query(count)).toEqual([{ n: '4996' }])
    })

    once('tells every row of many that do not fit', async () => {
      await fresh('id int PRIMARY KEY, a int, b int, c int')
      const select = `SELECT g AS id, IF(g % 2, 'x', g) AS a, IF(g % 2, 'x', g) AS b, IF(g % 2, 'x', g) AS c FROM ${numbers(1, 50_000)}`
      const result = await write(select, { rejectLimit: 30_000 })
      expect(result.problems).toEqual([])
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 25_000 })
      const wrong =
        'SELECT COUNT(*) AS n, SUM(a <> id OR b <> id OR c <> id OR id % 2) AS wrong FROM writing.t'
      expect(await server.query(wrong)).toEqual([{ n: '25000', wrong: '0' }])
    })

    it('rejects repeated and missing keys, and values that the table would change without a word', async () => {
      await fresh(
        "id varchar(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY, n int, day date, at datetime, y year, c char(4), e enum('a','b'), t time",
      )
      const cell = (values: Record<string, string>) => {
        const all = {
          id: "'k'",
          n: '1.0',
          day: 'CAST(NULL AS datetime)',
          at: 'CAST(NULL AS datetime(6))',
          y: '2001',
          c: "''",
          e: "'a'",
          t: 'CAST(NULL AS time)',
          ...values,
        }
        return `SELECT ${Object.entries(all)
          .map(([name, value]) => `${value} AS ${name}`)
          .join(', ')}`
      }
      const kept: readonly Record<string, string>[] = [
        {
          id: "'ok'",
          day: "TIMESTAMP'2024-01-02 00:00:00'",
          at: "TIMESTAMP'2024-01-02 00:00:01'",
          c: "' x'",
          e: "'B'",
        },
        { id: "'fine'", n: '2.0' },
      ]
      const refused: readonly Record<string, string>[] = [
        { id: "'a'" },
        { id: "'A'" },
        { id: "'r'" },
        { id: "'r'" },
        { id: 'NULL' },
        { id: 'NULL', n: '1.5' },
        { id: "'1'", n: '1.5' },
        { id: "'2'", day: "TIMESTAMP'2024-01-02 10:00:00'" },
        { id: "'3'", at: "TIMESTAMP'2024-01-02 10:00:00.25'" },
        { id: "'4'", y: '70' },
        { id: "'5'", c: "'x '" },
        { id: "'6'", e: "'2'" },
        { id: "'7'", c: "'12345'" },
      ]
      const select = [...kept, ...refused].map(cell).join(' UNION ALL ')
      const result = await write(select, { mode: 'upsert', keys: ['id'] })
      expect(result.problems).toEqual([])
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: refused.length })
      const there = await server.query('SELECT id, n, day, at, y, c, e FROM writing.t ORDER BY id DESC')
      expect(there).toEqual([
        { id: 'ok', n: '1', day: '2024-01-02', at: '2024-01-02 00:00:01', y: '2001', c: ' x', e: 'b' },
        { id: 'fine', n: '2', day: null, at: null, y: '2001', c: '', e: 'a' },
      ])
    })

    it('writes every value of every type as it was read, into a table like it and into one that it makes', async () => {
      const text = `'tab\\t "q", '''' \\\\ 𝄞 中文 \\0\\r\\n'`
      const matrix: readonly (readonly [native: string, ...values: string[]])[] = [
        ['tinyint unsigned', '255', '0'],
        ['tinyint(1)', '-128', '1'],
        ['bigint', '-9223372036854775808', '9223372036854775807'],
        ['bigint unsigned', '18446744073709551615', '9007199254740993'],
        ['decimal(38,10)', '-1234567890123456789012345678.0123456789', '0.1'],
        ['decimal(65,30)', `${'9'.repeat(35)}.${'1'.repeat(30)}`, '0'],
        ['float', '16777215', '0.1'],
        ['double', '-1.7976931348623157e308', '0.30000000000000004'],
        ['bit(1)', "b'1'", "b'0'"],
        ['bit(64)', "x'FFFFFFFFFFFFFFFF'", "b'101'"],
        ['year', '1901', '0'],
        ['date', "'1000-01-01'", "'9999-12-31'"],
        ['time(6)', "'23:59:59.999999'", "'00:00:00'"],
        ['datetime(6)', "'9999-12-31 23:59:59.999999'", "'1000-01-01'"],
        ['timestamp NULL', "'2024-03-31 02:30:00'", "'1970-01-02 00:00:00'"],
        ['char(4)', "'ab'", "'  x'"],
        ['varchar(100) CHARACTER SET utf8mb4', text, "''"],
        ['longtext CHARACTER SET utf8mb4', text, "'NULL'"],
        ['varchar(9) CHARACTER SET latin1', "'é€ß'", "'ends  '"],
        ['varchar(9) CHARACTER SET gbk', "'北京'", "'x'"],
        ["enum('it''s','b,c','1','中')", "'b,c'", "'1'"],
        ["set('a','b','c')", "'a,c'", "''"],
        ['json', `'{"a": [1, null, "中"]}'`, "'[]'"],
        ['binary(3)', "x'00FF'", "x'0A220D'"],
        ['longblob', "x'0022C35C0A2C'", "''"],
        ['point', "ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(-1 2.5)')"],
      ]
      const definitions = matrix.map(([native], place) => `c${place} ${native}`).join(', ')
      const given = [1, 2].map((nth) => `(${nth}, ${matrix.map((row) => row[nth]).join(', ')})`)
      await server.run(
        "SET SESSION sql_mode = ''",
        `CREATE TABLE writing.types (id int PRIMARY KEY, ${definitions})`,
        `INSERT INTO writing.types VALUES ${given.join(', ')}, (3${', NULL'.repeat(matrix.length)})`,
        'CREATE TABLE writing.types_copy LIKE writing.types',
      )
      const cell = (native: string, place: number) =>
        /^(bit|binary|longblob|point)/.test(native)
          ? `HEX(c${place}) AS c${place}`
          : `CAST(c${place}${native === 'float' ? ' + 0e0' : ''} AS CHAR) AS c${place}`
      const cells = matrix.map(([native], place) => cell(native, place))
      const all = (table: string) => server.query(`SELECT id, ${cells.join(', ')} FROM ${table} ORDER BY id`)
      const copy = async (table: string, mode: string) => {
        const settings = { connection: 'db', table, mode, keys: mode === 'upsert' ? ['id'] : [] }
        const result = await bench.run(
          flowOf(
            [
              { id: 'in', kind: 'mysql.source', settings: { connection: 'db', table: 'writing.types' } },
              { id: 'out', kind: 'mysql.target', settings },
            ],
            ['in -> out'],
          ),
          { runId: `run-${run++}` },
        )
        expect(result.problems).toEqual([])
        expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 0 })
        return result
      }
      await copy('writing.types_copy', 'append')
      expect(await all('writing.types_copy')).toEqual(await all('writing.types'))
      const again = await copy('writing.types_copy', 'upsert')
      const ledger = again.nodes.find(({ nodeId }) => nodeId === 'out')?.ledger
      expect(ledger?.terms).toMatchObject({ inserted: 0, updated: 0, unchanged: 3 })
      await copy('writing.types_made', 'append')
      const texts = [2, 3, 4, 5, 11, 16, 17, 24].map((place) => cells[place]).join(', ')
      const some = (table: string) => server.query(`SELECT ${texts} FROM ${table} ORDER BY id`)
      expect(await some('writing.types_made')).toEqual(await some('writing.types'))
    })

    it('is told of where the connection is tried', async () => {
      const { steps } = await mysqlConnection.test(server.settings, new AbortController().signal)
      const code = way === 'INSERT' ? 'connection.noLocalInfile' : undefined
      expect([steps.at(-1)?.step, steps.at(-1)?.ok, steps.at(-1)?.problem?.code]).toEqual([
        'rights',
        true,
        code,
      ])
    })

    it('takes rows of any length, but where a statement cannot', async () => {
      await server.run(
        'DROP TABLE IF EXISTS writing.t',
        'CREATE TABLE writing.t (id int PRIMARY KEY, name longtext CHARACTER SET utf8mb4)',
      )
      const [found] = await server.query('SELECT @@max_allowed_packet AS longest')
      const longest = Number(found?.['longest'])
      // Escaped, a quote takes two bytes.
      const half = Math.min(longest, 2 ** 24) / 2
      const lengths = [1, half / 3, half - 300, 1, half + 1, half + 10, 1].map(Math.floor)
      const select = lengths.map((length, id) => `SELECT ${id} AS id, repeat("'", ${length}) AS name`)
      const result = await write(select.join(' UNION ALL '), { rejectPercent: 100 })
      const refused = way === 'INSERT' && half * 2 === longest ? [4, 5] : []
      expect(result.problems).toEqual([])
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: refused.length })
      const written = lengths.flatMap((length, id) => (refused.includes(id) ? [] : [`${id} ${length}`]))
      const query = `SELECT CONCAT(id, ' ', LENGTH(name)) AS row_text FROM writing.t WHERE name = repeat("'", LENGTH(name)) ORDER BY id`
      expect((await server.query(query)).map((row) => row['row_text'])).toEqual(written)
      for (const { reason } of refused.length > 0 ? await whys() : [])
        expect(reason).toMatch(
          /^the row is longer than a statement may be: max_allowed_packet leaves \d+ bytes$/,
        )
    })

    it('takes tables, columns and values of any spelling', async () => {
      const names = [
        'quo`te"',
        'a b',
        '☃',
        '中文',
        'constructor',
        '__proto__',
        'select',
        "x'; DROP TABLE t; --",
        '@v1',
      ]
      const quoted = names.map((name) => `\`${name.replaceAll('`', '``')}\``)
      const cells = [
        "'tab\tand\nline\r\n'",
        "'back\\\\slash \\\\N \\\\'",
        "'𝄞'",
        "''",
        'NULL',
        "'\"'",
        "'''; --'",
        "'NULL'",
        '\'","\\n"\\0\'',
      ]
      await server.run(
        'DROP TABLE IF EXISTS writing.`O``dd.t`',
        `CREATE TABLE writing.\`O\`\`dd.t\` (${quoted.map((name) => `${name} text`).join(', ')}, CHECK (\`select\` <> 'no')) CHARACTER SET utf8mb4`,
      )
      const list = cells.map((cell, place) => `${cell} AS ${quoted[place]}`).join(', ')
      const refused = list.replace("'''; --'", "'no'")
      const result = await write(`SELECT ${list} UNION ALL SELECT ${refused}`, { table: 'writing."O`dd.t"' })
      expect(result.problems).toEqual([])
      expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1 })
      const hex = quoted.map((name, place) => `HEX(${name}) AS c${place}`).join(', ')
      const [there] = await server.query(`SELECT ${hex} FROM writing.\`O\`\`dd.t\``)
      const texts = Object.values(there ?? {}).map((value) =>
        value === null ? null : Buffer.from(value, 'hex').toString('utf8'),
      )
      const wanted = [
        'tab\tand\nline\r\n',
        'back\\slash \\N \\',
        '𝄞',
        '',
        null,
        '"',
        "'; --",
        'NULL',
        '","\n"\0',
      ]
      expect(texts).toEqual(wanted)
    })
  },
)
