import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fileAccess } from '../../run/file-area.ts'
import { SqliteFile } from '../../testing/sqlite-file.ts'
import { sqliteConnection } from './connection.ts'

const never = new AbortController().signal

describe('connections to SQLite files', { timeout: 30_000 }, () => {
  let shop: SqliteFile
  let files: ReturnType<typeof fileAccess>
  const at = (name: string) => path.join(shop.bench.files, name)
  beforeAll(() => {
    shop = new SqliteFile()
    const other = path.join(shop.bench.home, 'other')
    mkdirSync(other)
    files = fileAccess({ files: shop.bench.files, folders: { other } })
    new DatabaseSync(path.join(other, 'more.db')).exec('CREATE TABLE more (id INTEGER)')
    new DatabaseSync(path.join(shop.bench.home, 'outside.db')).exec('CREATE TABLE secret (id INTEGER)')
    symlinkSync(path.join(shop.bench.home, 'outside.db'), at('link.db'))
    writeFileSync(at('text.db'), 'this is no database. '.repeat(100))
    mkdirSync(at('folder.db'))
    shop.run(
      'PRAGMA journal_mode = WAL',
      `CREATE TABLE "O""dd.t 中文" (b VARCHAR(20) DEFAULT 'x', "a b" DECIMAL(12,2) NOT NULL, n INTEGER, twice INTEGER AS (n * 2), PRIMARY KEY ("a b", n))`,
      'CREATE TABLE numbered (id INTEGER PRIMARY KEY, anything)',
      'CREATE VIEW v AS SELECT 1 AS one',
      'CREATE TABLE __millrace_commits (id TEXT)',
      'INSERT INTO numbered (id) VALUES (1), (2)',
      'ANALYZE',
    )
  })
  afterAll(() => shop.bench.close())

  const test = async (change: object = {}) => {
    const { steps, system } = await sqliteConnection.test({ ...shop.settings, ...change }, never, files)
    return {
      system,
      steps: steps.map(({ step, ok, problem }) => `${step} ${problem?.code ?? ok}`),
      problem: steps.at(-1)?.problem,
    }
  }

  it('succeeds, and tells version and journal', async () => {
    const { steps, system } = await test()
    expect(steps).toEqual(['file true', 'database true', 'rights true'])
    expect(system).toMatch(/^SQLite 3\.\d+\.\d+ \(wal\)$/)
    expect((await test({ path: '@other/more.db' })).system).toMatch(/\(delete\)$/)
  })

  it('takes an empty file for an empty database, as SQLite does', async () => {
    shop.bench.write('new.db', '')
    expect((await test({ path: 'new.db' })).steps).toEqual(['file true', 'database true', 'rights true'])
    expect(await sqliteConnection.browse({ ...shop.settings, path: 'new.db' }, [], never, files)).toEqual([])
  })

  it.each([
    ['gone.db', 'file file.missing'],
    ['folder.db', 'file file.missing'],
    ['../outside.db', 'file file.notAllowed'],
    ['link.db', 'file file.notAllowed'],
    ['@nowhere/more.db', 'file file.notAllowed'],
    ['/etc/passwd', 'file file.notAllowed'],
    ['text.db', 'file true', 'database connection.database'],
  ])('says what is wrong with %s', async (name, ...steps) => {
    const found = await test({ path: name })
    expect(found.steps).toEqual(steps)
    expect(found.problem).toMatchObject({ location: { field: 'path' } })
    // Where the folders of this server lie is nobody's business.
    expect(JSON.stringify(found)).not.toContain(shop.bench.home)
  })

  it('says that another program holds the database, and waits for one that lets go', async () => {
    const holder = shop.open()
    holder.exec('BEGIN IMMEDIATE')
    const locked = await test({ patience: 1 })
    expect(locked.steps).toEqual(['file true', 'database true', 'rights database.locked'])
    expect(locked.problem?.parameters).toEqual({ seconds: '1' })
    setTimeout(() => holder.exec('ROLLBACK'), 300)
    expect((await test({ patience: 10 })).steps.at(-1)).toBe('rights true')
    holder.close()
  })

  it.skipIf(process.getuid?.() === 0)(
    'tells a file that may only be read, and one that may not even be',
    async () => {
      shop.bench.write('read.db', '')
      new DatabaseSync(at('read.db')).exec('CREATE TABLE t (id INTEGER)')
      chmodSync(at('read.db'), 0o400)
      const readOnly = await test({ path: 'read.db' })
      expect(readOnly.steps).toEqual(['file true', 'database true', 'rights connection.readOnly'])
      expect(readOnly.problem?.severity).toBe('warning')
      chmodSync(at('read.db'), 0)
      expect((await test({ path: 'read.db' })).steps).toEqual(['file true', 'database connection.database'])
    },
  )

  it('lists tables and views, and neither SQLite’s own nor ours', async () => {
    const entries = await sqliteConnection.browse(shop.settings, [], never, files)
    expect(entries.map(({ name, type, rows }) => [name, type, rows])).toEqual([
      ['numbered', 'table', 2],
      ['O"dd.t 中文', 'table', null],
      ['v', 'view', null],
    ])
  })

  it('tells columns with types, keys and defaults', async () => {
    const columns = await sqliteConnection.columns(shop.settings, ['O"dd.t 中文'], never, files)
    expect(columns).toEqual([
      {
        name: 'b',
        type: 'VARCHAR',
        nativeType: 'VARCHAR(20)',
        nullable: true,
        key: null,
        filled: true,
        comment: '',
      },
      {
        name: 'a b',
        type: 'DECIMAL(12,2)',
        nativeType: 'DECIMAL(12,2)',
        nullable: false,
        key: 1,
        filled: false,
        comment: '',
      },
      {
        name: 'n',
        type: 'BIGINT',
        nativeType: 'INTEGER',
        nullable: false,
        key: 2,
        filled: false,
        comment: '',
      },
      {
        name: 'twice',
        type: 'BIGINT',
        nativeType: 'INTEGER',
        nullable: true,
        key: null,
        filled: true,
        comment: '',
      },
    ])
    const numbered = await sqliteConnection.columns(shop.settings, ['numbered'], never, files)
    expect(numbered.map(({ type, nativeType, filled }) => [type, nativeType, filled])).toEqual([
      ['BIGINT', 'INTEGER', true],
      ['VARCHAR', '', false],
    ])
    await expect(sqliteConnection.columns(shop.settings, ['nope'], never, files)).rejects.toMatchObject({
      problem: { code: 'table.unknown' },
    })
    const gone = { ...shop.settings, path: 'gone.db' }
    await expect(sqliteConnection.browse(gone, [], never, files)).rejects.toMatchObject({
      problem: { code: 'file.missing' },
    })
  })
})
