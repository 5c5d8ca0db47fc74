import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** What stands at a target: id to value, and how often each row is there. */
export type Rows = ReadonlyMap<string, number>

export const rowOf = (id: number | string, value: string): string => `${id},${value}`

/** Counts lines `id,value`. */
export function countRows(lines: Iterable<string>): Rows {
  const rows = new Map<string, number>()
  for (const line of lines) rows.set(line, (rows.get(line) ?? 0) + 1)
  return rows
}

export function sameRows(left: Rows, right: Rows): boolean {
  return left.size === right.size && [...left].every(([row, count]) => right.get(row) === count)
}

const linesOf = (text: string): string[] => text.split('\n').filter(Boolean)

function output(program: string, parameters: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const { status, stdout, stderr } = spawnSync(program, parameters, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, ...env },
  })
  if (status !== 0) throw new Error(`${program}: ${stderr}`)
  return stdout
}

/** A database as its own client sees it, so that nothing of Millrace is trusted. */
export interface Database {
  readonly connector: 'postgres' | 'mysql'
  readonly url: URL
}

export function query({ connector, url }: Database, statement: string): string {
  if (connector === 'postgres')
    return output('psql', [
      url.href,
      '-X',
      '-q',
      '-A',
      '-t',
      '-F',
      ',',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      statement,
    ])
  const place = [`--host=${url.hostname}`, `--port=${url.port}`, `--user=${url.username}`, '--protocol=tcp']
  const parameters = [...place, '--skip-ssl', '--batch', '--skip-column-names', url.pathname.slice(1)]
  return output('mariadb', [...parameters, '-e', statement], { MYSQL_PWD: url.password }).replaceAll(
    '\t',
    ',',
  )
}

/** A database that is used again may have the table from an earlier time, with the rows that a replacement kept. */
export function dropTable(database: Database, table: string): void {
  query(database, `DROP TABLE IF EXISTS ${table}, ${table}__previous`)
}

/** Makes a table of `id` and `value` with the given lines in it. */
export function makeTable(database: Database, table: string, rows: readonly string[]): void {
  query(database, `CREATE TABLE ${table} (id bigint PRIMARY KEY, value varchar(100))`)
  // In pieces that fit on a command line.
  for (let at = 0; at < rows.length; at += 3000) {
    const values = rows.slice(at, at + 3000).map((row) => `(${row.replace(',', ",'")}')`)
    query(database, `INSERT INTO ${table} VALUES ${values.join(',')}`)
  }
}

export function readTable(database: Database, table: string): Rows {
  const exists = query(
    database,
    `SELECT count(*) FROM information_schema.tables WHERE table_name = '${table}'`,
  ).trim()
  return exists === '0'
    ? countRows([])
    : countRows(linesOf(query(database, `SELECT id, value FROM ${table}`)))
}

/** Prepared transactions and staging tables that nobody needs any more. */
export function leftovers(database: Database): string[] {
  const statements =
    database.connector === 'postgres'
      ? [
          'SELECT gid FROM pg_prepared_xacts',
          "SELECT relname FROM pg_class WHERE relname LIKE 'millrace\\_stage\\_%' AND relkind = 'r'",
        ]
      : [
          'XA RECOVER',
          "SELECT table_name FROM information_schema.tables WHERE table_name RLIKE '^__millrace_(stage|new|ready)_'",
        ]
  return statements.flatMap((statement) => linesOf(query(database, statement)))
}

/** Files that targets have begun and left, and the journals of transactions that nobody has undone. */
export const strayFiles = (home: string): string[] =>
  readdirSync(path.join(home, 'files'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => path.basename(name).startsWith('.millrace-') || name.endsWith('-journal'),
  )

export function readCsv(home: string, name: string): Rows {
  const file = path.join(home, 'files', name)
  if (!existsSync(file)) return countRows([])
  const [header, ...lines] = linesOf(readFileSync(file, 'utf8'))
  if (header !== 'id,value') throw new Error(`${name} is torn: it begins with ${header}`)
  return countRows(lines)
}

/** Not read-only: what a killed process left half-written is undone by whoever opens the file next. */
function withSqlite<Result>(home: string, name: string, work: (database: DatabaseSync) => Result): Result {
  const database = new DatabaseSync(path.join(home, 'files', name), { timeout: 10_000 })
  try {
    return work(database)
  } finally {
    database.close()
  }
}

/** The rows of a table of a SQLite file; none when there is no such table. */
export function readSqlite(home: string, name: string, table: string): Rows {
  if (!existsSync(path.join(home, 'files', name))) return countRows([])
  return withSqlite(home, name, (database) => {
    if (!database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table)) return countRows([])
    const rows = database.prepare(`SELECT id, value FROM ${table}`).all()
    return countRows(rows.map(({ id, value }) => rowOf(String(id), String(value))))
  })
}

export const makeSqliteTable = (home: string, name: string, table: string, rows: readonly string[]): void =>
  withSqlite(home, name, (database) => {
    database.exec(`CREATE TABLE ${table} (id INTEGER PRIMARY KEY, value TEXT); BEGIN`)
    const insert = database.prepare(`INSERT INTO ${table} VALUES (?, ?)`)
    for (const row of rows) insert.run(...row.split(','))
    database.exec('COMMIT')
  })
