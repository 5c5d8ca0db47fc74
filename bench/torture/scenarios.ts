import { emptyFlow, type Flow, type FlowNode } from '@millrace/engine'
import {
  countRows,
  type Database,
  dropTable,
  makeSqliteTable,
  makeTable,
  type Rows,
  readCsv,
  readSqlite,
  readTable,
  rowOf,
} from './tables.ts'

/** Rows of a table that is only updated or deleted from, before its first run. */
const standing = 30_000
/** By how many ids each run's rows move on, so that there is always something to insert and to delete. */
const step = 50

/** What the run of generation `g` reads, in `size` rows. */
export const rowsOf = (g: number, size: number): string[] =>
  Array.from({ length: size }, (_, index) => rowOf(g * step + index, `g${g} row ${index}`))

export const sourceText = (rows: readonly string[]): string => `id,value\n${rows.join('\n')}\n`

interface Target {
  readonly name: string
  readonly kind: string
  readonly settings: Readonly<Record<string, unknown>>
  /** What stands there before the first run, made by the database's own client. */
  begin(home: string): Rows
  read(home: string): Rows
  /** What stands there after a run over `arriving`, when `before` stood there. */
  apply(before: Rows, arriving: readonly string[]): Rows
}

export interface Scenario {
  readonly name: string
  readonly targets: readonly Target[]
  /** Databases that it needs. */
  readonly databases: readonly string[]
}

const modes = ['append', 'replace', 'upsert', 'update', 'delete', 'mirror'] as const
type Mode = (typeof modes)[number]

const idOf = (row: string): string => row.slice(0, row.indexOf(','))

function applied(mode: Mode): Target['apply'] {
  return (before, arriving) => {
    if (mode === 'replace' || mode === 'mirror') return countRows(arriving)
    if (mode === 'append') {
      const all = new Map(before)
      for (const row of arriving) all.set(row, (all.get(row) ?? 0) + 1)
      return all
    }
    const ids = new Set(arriving.map(idOf))
    const there = new Set([...before.keys()].map(idOf))
    const untouched = [...before.keys()].filter((row) => !ids.has(idOf(row)))
    if (mode === 'delete') return countRows(untouched)
    const written = arriving.filter((row) => mode === 'upsert' || there.has(idOf(row)))
    return countRows([...untouched, ...written])
  }
}

const file = (name: string): Target => ({
  name,
  kind: 'csv.target',
  settings: { path: `${name}.csv` },
  begin: () => new Map(),
  read: (home) => readCsv(home, `${name}.csv`),
  apply: applied('replace'),
})

const sqliteFile = (name: string): Target => ({
  name,
  kind: 'sqlite.target',
  settings: { path: `${name}.sqlite`, table: 'rows', mode: 'upsert', keys: ['id'] },
  begin: () => new Map(),
  read: (home) => readSqlite(home, `${name}.sqlite`, 'rows'),
  apply: applied('upsert'),
})

/** The SQLite file that flows write by a connection, and the id of that connection. */
export const sqliteConnection = { id: 'sqlite-file', path: 'shared.sqlite' } as const

/** Rows that are there before the first run: what only updates and deletes needs some. */
const standingRows = (mode: Mode): string[] =>
  mode === 'update' || mode === 'delete'
    ? Array.from({ length: standing }, (_, id) => rowOf(id, 'as it was'))
    : []

const keysOf = (mode: Mode): string[] => (mode === 'append' || mode === 'replace' ? [] : ['id'])

const sqliteTable = (name: string, mode: Mode): Target => ({
  name,
  kind: 'sqlite.target',
  settings: {
    into: 'connection',
    connection: sqliteConnection.id,
    table: name,
    mode,
    keys: keysOf(mode),
    mirrorCap: 100,
  },
  begin(home) {
    const rows = standingRows(mode)
    if (rows.length > 0) makeSqliteTable(home, sqliteConnection.path, name, rows)
    return countRows(rows)
  },
  read: (home) => readSqlite(home, sqliteConnection.path, name),
  apply: applied(mode),
})

function table(connection: string, database: Database, name: string, mode: Mode): Target {
  const schema = database.connector === 'postgres' ? 'public' : database.url.pathname.slice(1)
  return {
    name,
    kind: `${database.connector}.target`,
    settings: { connection, table: `${schema}.${name}`, mode, keys: keysOf(mode), mirrorCap: 100 },
    begin() {
      dropTable(database, name)
      const rows = standingRows(mode)
      if (rows.length > 0) makeTable(database, name, rows)
      return countRows(rows)
    },
    read: () => readTable(database, name),
    apply: applied(mode),
  }
}

const node = (id: string, kind: string, settings: Readonly<Record<string, unknown>>): FlowNode => ({
  id,
  kind,
  settings: { ...settings },
  label: '',
  position: { x: 0, y: 0 },
  disabled: false,
  note: '',
})

/** Source → map → every target of the scenario. */
export function flowOf({ name, targets }: Scenario): Flow {
  const columns = [
    { name: 'id', type: 'BIGINT', format: '' },
    { name: 'value', type: 'VARCHAR', format: '' },
  ]
  const ids = targets.map((_, index) => `target-${index + 1}`)
  const edge = (from: string, to: string) => ({
    from: { node: from, port: 'out' },
    to: { node: to, port: 'in' },
  })
  return {
    ...emptyFlow(`torture ${name}`),
    nodes: [
      node('source', 'csv.source', { path: `${name}.csv`, columns }),
      node('map', 'map', { others: 'keep', columns: [{ name: 'value', expression: 'trim(value)' }] }),
      ...targets.map((target, index) => node(ids[index] ?? '', target.kind, target.settings)),
    ],
    edges: [edge('source', 'map'), ...ids.map((id) => edge('map', id))],
  }
}

/** Every way to write that the databases at hand allow; `databases` by the id of their connection. */
export function scenariosFor(databases: ReadonlyMap<string, Database>): Scenario[] {
  const found: Scenario[] = [
    { name: 'file', targets: [file('file_out')], databases: [] },
    { name: 'sqlite', targets: [sqliteFile('sqlite_out')], databases: [] },
  ]
  for (const mode of modes)
    found.push({
      name: `sqlite-connection-${mode}`,
      targets: [sqliteTable(`by_${mode}`, mode)],
      databases: [],
    })
  const beside = [sqliteTable('by_both', 'upsert'), file('sqlite_both_out')]
  found.push({ name: 'sqlite-connection-and-file', targets: beside, databases: [] })
  for (const [id, database] of databases) {
    const prefix = id.replaceAll('-', '_')
    for (const mode of modes)
      found.push({
        name: `${id}-${mode}`,
        targets: [table(id, database, `${prefix}_${mode}`, mode)],
        databases: [id],
      })
    const both = [table(id, database, `${prefix}_both`, 'upsert'), file(`${prefix}_both_out`)]
    found.push({ name: `${id}-and-file`, targets: both, databases: [id] })
  }
  const postgres = databases.get('postgres')
  if (postgres)
    found.push({
      name: 'sqlite-and-postgres',
      targets: [
        sqliteTable('by_two', 'upsert'),
        table('postgres', postgres, 'postgres_beside_sqlite', 'upsert'),
      ],
      databases: ['postgres'],
    })
  const prepared = [...databases].filter(([id]) => id !== 'postgres-plain')
  if (prepared.length > 1)
    found.push({
      name: 'all-databases',
      targets: prepared.map(([id, database]) =>
        table(id, database, `${id.replaceAll('-', '_')}_all`, 'upsert'),
      ),
      databases: prepared.map(([id]) => id),
    })
  return found
}
