import { DuckDBInstance } from '@duckdb/node-api'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  parsableExpression,
  parsableQuery,
  renameReferences,
  type TextColumns,
  textColumns,
} from './column-references.ts'
import { nameInText } from './quoted-name.ts'
import { sql } from './sql.ts'

let run: (text: string) => Promise<string[][]>
const parse = async (text: string) => (await run(sql`SELECT json_serialize_sql(${text})`.text))[0]?.[0] ?? ''

beforeAll(async () => {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  run = async (text) => (await (await connection.run(text)).getRowsJson()).map((row) => row.map(String))
})

const row = {
  name: 'in',
  columns: ['name', '姓名', 'a b', 'say "hi" 😀', 'xs', 'constructor', '__proto__', 'select'],
}

async function expression(text: string): Promise<TextColumns> {
  const parsable = parsableExpression(text)
  const found = textColumns(parsable, await parse(parsable.statement), [], row)
  if (!found) throw new Error(`does not parse: ${text}`)
  return found
}

function renamed(text: string, { references }: TextColumns, from: string, to: string): string {
  const wanted = references.filter(({ column }) => column.column === from)
  return renameReferences(
    text,
    wanted.map((reference) => ({ ...reference, to })),
  )
}

describe('references of an expression', () => {
  it.each([
    ['name', 'n2'],
    ["upper(name) || 'name' -- name\n || name /* name */", "upper(n2) || 'name' -- name\n || n2 /* name */"],
    ["'李😀雷' || name", "'李😀雷' || n2"],
    ['"name" || NAME', '"n2" || n2'],
    ['list_transform(xs, name -> name + 1) || name', 'list_transform(xs, name -> name + 1) || n2'],
    ['list_transform(xs, lambda z: z || name)', 'list_transform(xs, lambda z: z || n2)'],
    ["name -> '$.name'", "n2 -> '$.name'"],
    ['[name for name in xs if name > 1]', '[name for name in xs if name > 1]'],
    ["{'name': name}", "{'name': n2}"],
    ['name.name', 'n2.name'],
    ['"in" . /* x */ name', '"in" . /* x */ n2'],
    ['name(name)', 'name(n2)'],
    ['CASE name WHEN 1 THEN name END', 'CASE n2 WHEN 1 THEN n2 END'],
    ['name BETWEEN 1 AND name', 'n2 BETWEEN 1 AND n2'],
    ['name || ${name} || name', 'n2 || ${name} || n2'],
    ['name\u3000||\u00a0name', 'n2\u3000||\u00a0n2'],
    ["'\u3000' || name", "'\u3000' || n2"],
    ['EXTRACT(year FROM name)', 'EXTRACT(year FROM n2)'],
    ["name['name']", "n2['name']"],
  ])('%s', async (text, expected) => {
    expect(renamed(text, await expression(text), 'name', 'n2')).toBe(expected)
  })

  it.each(row.columns)('finds and rewrites the column %s', async (column) => {
    const text = `'😀' || ${nameInText(column)} || lower(${nameInText(column)})`
    const found = await expression(text)
    expect(found.references.map((reference) => reference.column.column)).toEqual([column, column])
    expect(renamed(text, found, column, 'x')).toMatch(/^'😀' \|\| "?x"? \|\| lower\("?x"?\)$/)
  })

  it('quotes a new name only where it must', async () => {
    const found = await expression('name')
    for (const [to, expected] of [
      ['plain', 'plain'],
      ['姓名2', '姓名2'],
      ['a b', '"a b"'],
      ['select', '"select"'],
      ['a"b', '"a""b"'],
      ['x${y}', '"x$${y}"'],
      ['1a', '"1a"'],
      ['😀', '"😀"'],
    ])
      expect(renamed('name', found, 'name', to ?? '')).toBe(expected)
  })

  it('leaves no word of the grammar unquoted that cannot stand for a column', async () => {
    for (const [word = ''] of await run('SELECT DISTINCT keyword_name FROM duckdb_keywords()')) {
      const name = nameInText(word)
      for (const text of [`(${name} + 1, 1 IN (${name}))`, `${name} BETWEEN ${name} AND ${name}`])
        expect(await parse(`SELECT (${text}\n)`), word).toContain(`"column_names":["${word}"]`)
    }
  })
})

describe('columns of a query', () => {
  const tables = [
    { name: 'input1', columns: ['id', 'name', 'city'] },
    { name: 'input2', columns: ['id', 'name'] },
  ]
  async function query(text: string): Promise<TextColumns> {
    const parsable = parsableQuery(text)
    const found = textColumns(parsable, await parse(parsable.statement), tables)
    if (!found) throw new Error(`does not parse: ${text}`)
    return found
  }
  const rename = async (text: string): Promise<string> => {
    const found = await query(text)
    const wanted = found.references.filter(
      ({ column }) => column.table === 'input1' && column.column === 'name',
    )
    return renameReferences(
      text,
      wanted.map((reference) => ({ ...reference, to: 'n2' })),
    )
  }

  it.each([
    [
      'SELECT name, o.name FROM input1 JOIN input2 o ON o.id = input1.id',
      'SELECT n2, o.name FROM input1 JOIN input2 o ON o.id = input1.id',
    ],
    ['SELECT name AS n FROM input1 ORDER BY n', 'SELECT n2 AS n FROM input1 ORDER BY n'],
    [
      'SELECT upper(name) AS name FROM input1 WHERE name > 1 ORDER BY name',
      'SELECT upper(n2) AS name FROM input1 WHERE n2 > 1 ORDER BY name',
    ],
    [
      'WITH q AS (SELECT name FROM input1) SELECT q.name FROM q WHERE name IS NULL',
      'WITH q AS (SELECT n2 FROM input1) SELECT q.n2 FROM q WHERE n2 IS NULL',
    ],
    [
      'WITH q(name) AS (SELECT name FROM input1) SELECT q.name FROM q',
      'WITH q(name) AS (SELECT n2 FROM input1) SELECT q.name FROM q',
    ],
    [
      'SELECT t.name FROM (SELECT * FROM input1) t WHERE EXISTS (SELECT 1 FROM input2 WHERE input2.name = t.name)',
      'SELECT t.n2 FROM (SELECT * FROM input1) t WHERE EXISTS (SELECT 1 FROM input2 WHERE input2.name = t.n2)',
    ],
    [
      'SELECT row_number() OVER (PARTITION BY name ORDER BY name) AS r, count(*) FILTER (name > 1) FROM input1',
      'SELECT row_number() OVER (PARTITION BY n2 ORDER BY n2) AS r, count(*) FILTER (n2 > 1) FROM input1',
    ],
    [
      'SELECT name FROM input1 UNION ALL SELECT name FROM input2',
      'SELECT n2 FROM input1 UNION ALL SELECT name FROM input2',
    ],
    [
      'SELECT city, count(*) FROM input1 GROUP BY city, name HAVING min(name) > 1',
      'SELECT city, count(*) FROM input1 GROUP BY city, n2 HAVING min(n2) > 1',
    ],
  ])('%s', async (text, expected) => {
    expect(await rename(text)).toBe(expected)
  })

  it('says which names it cannot place', async () => {
    expect((await query('SELECT * EXCLUDE (name) FROM input1')).unplaced).toEqual([
      { table: 'input1', column: 'name' },
    ])
    expect((await query('SELECT city FROM input1 JOIN input2 USING (id)')).unplaced).toHaveLength(2)
  })

  it('tells what goes into every output column', async () => {
    const { outputs } = await query(
      'SELECT a.*, b.name || a.city AS both, count(*) OVER () FROM input1 a JOIN input2 b ON a.id = b.id',
    )
    expect(
      outputs.map(({ name, origins, copyOf }) => [
        name,
        [...origins].map(({ table, column }) => `${table}.${column}`),
        copyOf !== undefined,
      ]),
    ).toEqual([
      ['id', ['input1.id'], true],
      ['name', ['input1.name'], true],
      ['city', ['input1.city'], true],
      ['both', ['input2.name', 'input1.city'], false],
      [undefined, [], false],
    ])
  })
})
