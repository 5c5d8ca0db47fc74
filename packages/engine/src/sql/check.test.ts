import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkScalar, checkSelect } from './check.ts'
import { sql } from './sql.ts'

let parse: (text: string) => Promise<string>

beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  parse = async (text) => {
    const [row] = await (await connection.run(sql`SELECT json_serialize_sql(${text})`.text)).getRowsJson()
    return String(row?.[0])
  }
})

const scalar = async (text: string) =>
  checkScalar(await parse(`SELECT (${text}\n)`)).problems.map(({ code }) => code)
const select = async (text: string) =>
  checkSelect(await parse(text), ['orders', 'input1']).problems.map(({ code }) => code)

describe('checkScalar', () => {
  it.each([
    'amount * 1.13 + 1',
    '"weird "" name" || \'x\'',
    "CASE WHEN a > 1 THEN 'x' ELSE upper(b) END",
    'list_transform(l, lambda x: x + 1)',
    "CAST(strptime(d, '%d/%m/%Y') AS DATE)",
    'coalesce(a, b) -- comment',
    'now()',
    'x BETWEEN 1 AND 2 AND y IN (1, 2)',
    "s.field['key']",
    'trim(a) || substring(b FROM 1 FOR 2)',
    'extract(year FROM d)',
    '[x FOR x IN l IF x > 1]',
    '{a: 1}.a',
  ])('takes %s', async (text) => {
    expect(await scalar(text)).toEqual([])
  })

  it.each([
    'this.constructor.constructor("return process")()',
    "require('fs')",
    '1); DROP TABLE x; SELECT (1',
    '1) FROM orders --',
    'SELECT 1',
    '(SELECT 1)',
    'count(*)',
    'sum(a) OVER ()',
    '*',
    '$1',
    "getenv('HOME')",
    "read_text('/etc/passwd')",
    "json_structure('[]')",
    'json_merge_patch(a, b)',
    'x::VARIANT',
    "current_setting('home_directory')",
    "error('x')",
    'pg_catalog.upper(a)',
    'x = (FROM enable_logging())',
    'unnest(l)',
    '',
  ])('refuses %s', async (text) => {
    expect(await scalar(text)).not.toEqual([])
  })

  it('says where', async () => {
    const [problem] = checkScalar(await parse('SELECT (a + read_text(b)\n)')).problems
    expect(problem).toMatchObject({ code: 'sql.notAllowed', detail: 'read_text', position: 12 })
  })
})

describe('checkSelect', () => {
  it.each([
    'SELECT * FROM orders',
    'WITH big AS (SELECT * FROM orders WHERE a > 1) SELECT count(*) FROM big JOIN input1 USING (id)',
    'SELECT sum(a) OVER (ORDER BY b), row_number() OVER () FROM orders QUALIFY true',
    'SELECT unnest(l) FROM orders',
    'SELECT * FROM range(3) r(i), orders',
    'FROM orders SELECT a UNION ALL SELECT b FROM input1',
    'SELECT * FROM (VALUES (1), (2)) v(a)',
  ])('takes %s', async (text) => {
    expect(await select(text)).toEqual([])
  })

  it.each([
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    'FROM enable_logging()',
    "FROM query('SELECT 1')",
    'FROM duckdb_settings()',
    'SELECT * FROM information_schema.tables',
    'SELECT * FROM secrets',
    'SELECT 1; SELECT 2',
    "COPY orders TO '/tmp/x'",
    "ATTACH '/tmp/x.db'",
    'CREATE MACRO upper(a) AS 1',
    'INSTALL httpfs',
    "SET memory_limit = '1TB'",
    'PRAGMA version',
    'PIVOT orders ON a USING sum(b)',
    "SELECT * FROM glob('/*')",
    "SELECT * FROM orders WHERE a IN (SELECT content FROM read_text('/etc/passwd'))",
    'EXPLAIN SELECT 1',
    'DESCRIBE orders',
    'SHOW TABLES',
  ])('refuses %s', async (text) => {
    expect(await select(text)).not.toEqual([])
  })
})
