import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Flow } from '../model/index.ts'
import { EngineBench, flowOf, postgresTestServer } from '../testing/index.ts'
import { SqliteFile } from '../testing/sqlite-file.ts'
import type { RunRequest } from './engine.ts'
import { keptFiles } from './kept-rows.ts'

const file = new SqliteFile()
afterAll(() => file.bench.close())

const target = (table: string) => ({
  id: 'out',
  kind: 'sqlite.target',
  settings: { into: 'connection', connection: 'db', table, mode: 'append' },
})
/** Makes an append to `table` fail until the trigger is dropped. */
const refuse = (table: string) =>
  file.run(
    `CREATE TRIGGER refuse_${table} BEFORE INSERT ON ${table} BEGIN SELECT RAISE(ROLLBACK, 'not now'); END`,
  )
const permit = (table: string) => file.run(`DROP TRIGGER refuse_${table}`)
const folder = (name: string) => path.join(file.bench.home, name)

const fail = async (flow: Flow, name: string, request: Partial<RunRequest> = {}) => {
  const result = await file.bench.run(flow, { runId: name, resultFolder: folder(name), ...request })
  expect(result).toMatchObject({ status: 'failed', kept: true, problems: [{ location: { nodeId: 'out' } }] })
  return folder(name)
}

describe('a run that goes on from a failed one', () => {
  const copy = (source: object, table: string, more: object = {}) =>
    flowOf(
      [
        { id: 'in', kind: 'sqlite.source', settings: { read: 'table', connection: 'db', ...source } },
        { id: 'map', kind: 'map', settings: { others: 'keep', columns: [], ...more } },
        target(table),
      ],
      ['in -> map', 'map -> out'],
    )

  it('writes the rows and the rejects that were read, though the source has none any more', async () => {
    file.run(
      'CREATE TABLE orders (id INTEGER PRIMARY KEY, amount DECIMAL(9,2))',
      "INSERT INTO orders VALUES (1, 1.5), (2, 'two'), (3, 2.25)",
      'CREATE TABLE orders_copy (id INTEGER, amount TEXT)',
    )
    refuse('orders_copy')
    const flow = copy({ table: 'orders' }, 'orders_copy')
    const resumes = await fail(flow, 'first')
    file.run('DROP TABLE orders')
    const again = await fail(flow, 'second', { resumes })
    permit('orders_copy')
    const result = await file.bench.run(flow, { runId: 'third', resumes: again })
    expect(result).toMatchObject({ status: 'succeeded', balanced: true, rejected: 1, kept: false })
    expect(file.query('SELECT id, amount FROM orders_copy ORDER BY id')).toEqual([
      ['1', '1.50'],
      ['3', '2.25'],
    ])
    expect(await file.bench.rejects()).toMatchObject([{ nodeId: 'in', column: 'amount', value: 'two' }])
  })

  it('moves the cursor to where the failed one had read', async () => {
    file.run(
      'CREATE TABLE news (id INTEGER PRIMARY KEY, at TEXT)',
      "INSERT INTO news VALUES (1, 'a'), (2, 'b')",
      'CREATE TABLE news_copy (id INTEGER, at TEXT)',
    )
    refuse('news_copy')
    const flow = copy({ table: 'news', mode: 'incremental', cursorColumn: 'id' }, 'news_copy')
    const resumes = await fail(flow, 'news', { cursors: { in: { id: '1' } } })
    file.run("INSERT INTO news VALUES (3, 'c')")
    permit('news_copy')
    const result = await file.bench.run(flow, { runId: 'news again', resumes, cursors: { in: { id: '1' } } })
    expect(result).toMatchObject({ status: 'succeeded', cursors: { in: { id: '2' } } })
    expect(file.query('SELECT id FROM news_copy')).toEqual([['2']])
  })

  it('goes on after a commit that came to nothing', async () => {
    file.run(
      'CREATE TABLE parts (id INTEGER)',
      'INSERT INTO parts VALUES (7)',
      'CREATE TABLE products (id INTEGER PRIMARY KEY)',
      'CREATE TABLE parts_copy (id INTEGER REFERENCES products DEFERRABLE INITIALLY DEFERRED)',
    )
    const flow = copy({ table: 'parts' }, 'parts_copy')
    const resumes = await fail(flow, 'parts')
    file.run('DELETE FROM parts', 'INSERT INTO products VALUES (7)')
    expect(await file.bench.run(flow, { runId: 'parts again', resumes })).toMatchObject({
      status: 'succeeded',
    })
    expect(file.query('SELECT id FROM parts_copy')).toEqual([['7']])
  })

  it('refuses a source that asks for something else by now', async () => {
    file.run(
      'CREATE TABLE some (id INTEGER)',
      'INSERT INTO some VALUES (1)',
      'CREATE TABLE gone (id INTEGER)',
    )
    refuse('gone')
    const resumes = await fail(copy({ table: 'some' }, 'gone'), 'some')
    permit('gone')
    const flow = copy({ table: 'news' }, 'gone')
    expect(await file.bench.run(flow, { runId: 'other', resumes })).toMatchObject({
      status: 'failed',
      problems: [{ code: 'run.sourceChanged', location: { nodeId: 'in' } }],
    })
    expect(file.query('SELECT count(*) FROM gone')).toEqual([['0']])
  })

  it('reads a file in place as long as it is the same', async () => {
    file.bench.write('in.csv', 'id\n1\n2\n')
    file.run('CREATE TABLE numbers (id INTEGER)')
    refuse('numbers')
    const flow = flowOf(
      [{ id: 'in', kind: 'csv.source', settings: { path: 'in.csv' } }, target('numbers')],
      ['in -> out'],
    )
    const resumes = await fail(flow, 'numbers')
    expect(readdirSync(resumes)).toEqual([keptFiles.list])
    permit('numbers')
    expect(await file.bench.run(flow, { runId: 'same', resumes })).toMatchObject({ status: 'succeeded' })
    expect(file.query('SELECT count(*) FROM numbers')).toEqual([['2']])
    file.bench.write('in.csv', 'id\n1\n3\n4\n')
    expect(await file.bench.run(flow, { runId: 'changed', resumes })).toMatchObject({
      status: 'failed',
      problems: [{ code: 'run.sourceChanged', location: { nodeId: 'in' } }],
    })
  })

  it('is refused where nothing had been read', async () => {
    const flow = copy({ table: 'nowhere' }, 'numbers')
    const resultFolder = folder('nothing')
    expect(await file.bench.run(flow, { resultFolder })).toMatchObject({ status: 'failed', kept: false })
    expect(existsSync(path.join(resultFolder, keptFiles.list))).toBe(false)
    expect(await file.bench.run(flow, { resumes: resultFolder })).toMatchObject({
      status: 'failed',
      problems: [{ code: 'run.rowsGone' }],
    })
  })
})

describe.skipIf(!postgresTestServer)('what is kept of PostgreSQL', () => {
  const database = postgresTestServer as NonNullable<typeof postgresTestServer>
  beforeAll(() => database.run('DROP SCHEMA IF EXISTS kept CASCADE; CREATE SCHEMA kept').then(() => {}))
  afterAll(() => database.run('DROP SCHEMA kept CASCADE').then(() => {}))

  const flow = (expression: string) =>
    flowOf(
      [
        { id: 'in', kind: 'postgres.source', settings: { connection: 'db', table: 'kept.every' } },
        { id: 'pick', kind: 'map', settings: { others: 'drop', columns: [{ name: 'n', expression }] } },
        { id: 'out', kind: 'csv.target', settings: { path: 'every.csv' }, guard: { minimum: 3 } },
      ],
      ['in -> pick', 'pick -> out'],
    )

  it('holds values that other formats of columns do not, and no column that nobody wanted', async () => {
    const { connections } = database
    const bench = new EngineBench({ connections })
    await database.run(`CREATE TABLE kept.every (a numeric(38,10), b timestamptz, c date, d interval, e int[], f bytea, g text);
      INSERT INTO kept.every VALUES (1234567890123456789012345678.0123456789, '0044-03-15 10:00 BC', 'infinity', '1 mon 2 us', '{1,NULL}', '\\x00ff', 'unread')`)
    const wanted = flow('concat_ws(chr(59), a, b, c, d, e, f)')
    const resultFolder = path.join(bench.home, 'failed')
    const failed = await bench.run(wanted, { resultFolder })
    expect(failed).toMatchObject({ status: 'failed', kept: true, problems: [{ code: 'run.volume' }] })
    await database.run('DROP TABLE kept.every')
    const release = { resumes: resultFolder, onHold: () => Promise.resolve('release' as const) }
    expect(await bench.run(wanted, release)).toMatchObject({ status: 'succeeded' })
    const resumed = bench.text('every.csv')
    expect(await bench.run(flow('g'), release)).toMatchObject({
      status: 'failed',
      problems: [{ code: 'run.columnNotKept', parameters: { column: 'g' } }],
    })
    await bench.close()
    expect(resumed).toContain('1234567890123456789012345678.0123456789;0044-03-15 (BC) 10:00:00+00;infinity;')
    expect(resumed).toContain('\\x00\\xFF')
  })
})
