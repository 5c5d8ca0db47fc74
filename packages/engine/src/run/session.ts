import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { type DuckDBConnection, DuckDBInstance, type DuckDBScalarFunction } from '@duckdb/node-api'
import type { Inspector } from '../graph/inspector.ts'
import type { Column } from '../model/index.ts'
import type { Input } from '../spec/index.ts'
import { identifier, join, Sql, sql, typeText, type Value } from '../sql/index.ts'
import { KeyRing } from './key-ring.ts'
import { maskingFunctions } from './masking.ts'
import { toSqlFault } from './sql-fault.ts'

export interface SessionOptions {
  /** Private folder: the only one that DuckDB may read and write. It spills to `spill/` inside it. */
  readonly workFolder: string
  /** Real paths of the files it may read besides. */
  readonly inputs: readonly string[]
  /** Folder of the keys that values are encrypted by. */
  readonly keys?: string | undefined
  /** Bytes for DuckDB itself; the process around it has a limit of its own. */
  readonly memoryLimit: number
  /** Bytes it may spill. */
  readonly spillLimit: number
  /** The instant that `now()` and its kin stand for. */
  readonly clock: string
}

/** Names under which SQL can ask for the time; all of them answer with the clock of the run. */
const clockFunctions = {
  'TIMESTAMP WITH TIME ZONE': ['now', 'get_current_timestamp', 'current_timestamp', 'transaction_timestamp'],
  TIMESTAMP: ['localtimestamp', 'current_localtimestamp'],
  DATE: ['today', 'current_date'],
  TIME: ['current_time', 'get_current_time', 'localtime', 'current_localtime'],
} as const

/** One locked-down DuckDB in memory, with one connection. Only engine processes make these. */
export class Session implements Inspector {
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  readonly #profile: string
  readonly #keys: KeyRing

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    profile: string,
    keys: KeyRing,
  ) {
    this.#instance = instance
    this.#connection = connection
    this.#profile = profile
    this.#keys = keys
  }

  /**
   * Opens and locks. Throws when the lock does not hold: a read outside must fail before any SQL
   * of a flow is run.
   */
  static async open(options: SessionOptions): Promise<Session> {
    const spill = path.join(options.workFolder, 'spill')
    await mkdir(spill, { recursive: true })
    const instance = await DuckDBInstance.create(':memory:', { threads: String(availableParallelism()) })
    const connection = await instance.connect()
    const profile = path.join(options.workFolder, 'profile.json')
    const keys = new KeyRing(options.keys)
    const session = new Session(instance, connection, profile, keys)
    for (const masking of maskingFunctions(keys)) session.register(masking)
    const mebibytes = (bytes: number) => `${Math.max(64, Math.floor(bytes / 2 ** 20))}MiB`
    const settings: [string, Value][] = [
      ['autoinstall_known_extensions', false],
      ['autoload_known_extensions', false],
      ['allow_community_extensions', false],
      ['allow_persistent_secrets', false],
      ['temp_directory', spill],
      ['max_temp_directory_size', mebibytes(options.spillLimit)],
      ['memory_limit', mebibytes(options.memoryLimit)],
      ['TimeZone', 'UTC'],
      ['errors_as_json', true],
      ['enable_progress_bar', true],
      ['enable_progress_bar_print', false],
      ['max_expression_depth', 1000],
      ['allowed_directories', [`${options.workFolder}${path.sep}`]],
      ['allowed_paths', options.inputs],
      [
        'custom_profiling_settings',
        '{"OPERATOR_CARDINALITY":"true","OPERATOR_NAME":"true","EXTRA_INFO":"true"}',
      ],
      // From here on each statement writes its profile.
      ['enable_profiling', 'json'],
      ['profiling_output', profile],
      ['enable_external_access', false],
      ['lock_configuration', true],
    ]
    const [date, time] = [options.clock.slice(0, 10), options.clock.slice(11, 19)]
    const clocks = {
      'TIMESTAMP WITH TIME ZONE': `${date} ${time}+00`,
      TIMESTAMP: `${date} ${time}`,
      DATE: date,
      TIME: time,
    }
    const macros = Object.entries(clockFunctions).flatMap(([type, names]) =>
      names.map(
        (name) =>
          sql`CREATE TEMP MACRO ${Sql.make(name)}() AS CAST(${clocks[type as keyof typeof clocks]} AS ${typeText(type)})`,
      ),
    )
    const set = settings.map(([name, value]) => sql`SET ${Sql.make(name)} = ${value}`)
    // At once: most of the time that such a statement takes is the way to DuckDB and back.
    await session.run(join([...macros, ...set], '; '))
    await session.#proveLock()
    return session
  }

  async #proveLock(): Promise<void> {
    const outside = sql`SELECT count(*) FROM read_text(${process.execPath})`
    const leaked = await this.#connection.run(outside.text).then(
      () => true,
      () => false,
    )
    const [state] = await this.query(
      sql`SELECT current_setting('enable_external_access') AS access, current_setting('lock_configuration') AS locked`,
    )
    if (leaked || state?.['access'] !== 'false' || state['locked'] !== 'true')
      throw new Error('the database engine could not be locked down')
  }

  keyNames(): readonly string[] {
    return this.#keys.names()
  }

  /** Makes a JavaScript function callable from SQL. */
  register(scalarFunction: DuckDBScalarFunction): void {
    this.#connection.registerScalarFunction(scalarFunction)
  }

  async run(statement: Sql) {
    return this.#run(statement.text)
  }

  async #run(text: string) {
    try {
      return await this.#connection.run(text)
    } catch (error) {
      // DuckDB has no words for a profile that it could not write; the system has.
      if (error instanceof Error && error.message === 'Failed to query') await proveRoom(this.#profile)
      throw error
    }
  }

  /** Rows as objects, every cell as text or null. */
  async query(statement: Sql): Promise<Record<string, string | null>[]> {
    const result = await this.run(statement)
    const names = result.columnNames()
    const rows = await result.getRowsJson()
    return rows.map((row) =>
      Object.fromEntries(
        row.map((cell, index) => [
          names[index] ?? '',
          cell === null || cell === undefined
            ? null
            : typeof cell === 'object'
              ? JSON.stringify(cell)
              : String(cell),
        ]),
      ),
    )
  }

  /** Rows of a relation as arrays of text, each cell as DuckDB itself prints it. */
  async texts(
    relation: Sql,
    columns: readonly Column[],
    limit: number,
    offset = 0,
  ): Promise<(string | null)[][]> {
    const cells = join(columns.map((column) => sql`CAST(${identifier(column.name)} AS VARCHAR)`))
    const result = await this.run(sql`SELECT ${cells} FROM ${relation} LIMIT ${limit} OFFSET ${offset}`)
    const rows = await result.getRowsJson()
    return rows.map((row) => row.map((cell) => (cell === null ? null : String(cell))))
  }

  /** Rows changed, written or (for a SELECT of one number) that number. */
  async execute(statement: Sql): Promise<number> {
    const result = await this.run(statement)
    if (result.rowsChanged > 0) return result.rowsChanged
    const [row] = await result.getRowsJson()
    return Number(row?.[0] ?? 0)
  }

  /** A SELECT's single number. */
  async count(statement: Sql): Promise<number> {
    const [row] = await (await this.run(statement)).getRowsJson()
    return Number(row?.[0] ?? 0)
  }

  /** Appends rows to a table in bulk; texts are converted by DuckDB's own casts where the type is not text. */
  async append(
    table: string,
    columns: readonly Column[],
    batches: AsyncIterable<readonly (readonly Value[])[]>,
  ): Promise<number> {
    const names = join(columns.map((column) => sql`${identifier(column.name)} ${typeText(column.type)}`))
    await this.run(sql`CREATE TABLE ${identifier(table)} (${names})`)
    const appender = await this.#connection.createAppender(table)
    let rows = 0
    for await (const batch of batches) {
      for (const row of batch) {
        for (const value of row) {
          if (value === null) appender.appendNull()
          else if (typeof value === 'string') appender.appendVarchar(value)
          else if (typeof value === 'boolean') appender.appendBoolean(value)
          else if (typeof value === 'bigint') appender.appendBigInt(value)
          else if (typeof value === 'number') appender.appendDouble(value)
          else throw new TypeError('lists cannot be appended')
        }
        appender.endRow()
      }
      rows += batch.length
      appender.flushSync()
    }
    appender.closeSync()
    return rows
  }

  async describe(statement: Sql, inputs: readonly Input[] = []): Promise<Column[]> {
    const { text, offset } = withInputs(statement, inputs)
    const bound = await this.#bind(text, offset)
    if (bound) return bound
    const described = `DESCRIBE ${text}`
    try {
      const rows = await (await this.#run(described)).getRowsJson()
      return rows.map(([name, type]) => ({ name: String(name), type: String(type) }))
    } catch (error) {
      throw toSqlFault(error, described, 'DESCRIBE '.length + offset)
    }
  }

  /** The columns as binding alone tells them, in half the time; undefined where a type is not one word there. */
  async #bind(text: string, offset: number): Promise<Column[] | undefined> {
    const prepared = await this.#connection.prepare(text).catch((error: unknown) => {
      throw toSqlFault(error, text, offset)
    })
    try {
      const columns = Array.from({ length: prepared.columnCount }, (_, index) => {
        const type = prepared.columnType(index)
        return { name: prepared.columnName(index), type: type.alias ?? type.toString() }
      })
      return columns.every(({ type }) => isPlainType(type)) ? columns : undefined
    } finally {
      prepared.destroySync()
    }
  }

  /** Makes a relation of the given columns, without rows. */
  async declare(relation: string, columns: readonly Column[]): Promise<void> {
    await this.run(sql`CREATE OR REPLACE TEMP VIEW ${identifier(relation)} AS ${noRows(columns)}`)
  }

  async parse(text: string): Promise<string> {
    const [row] = await (await this.run(sql`SELECT json_serialize_sql(${text})`)).getRowsJson()
    return String(row?.[0] ?? '{}')
  }

  /** The same for many texts in one statement, in their order. */
  async parseAll(texts: readonly string[]): Promise<string[]> {
    const rows = await (await this.run(sql`SELECT json_serialize_sql(unnest(${texts}))`)).getRowsJson()
    return rows.map(([tree]) => String(tree))
  }

  /** The physical plan of a SELECT, as DuckDB's JSON shows it; nothing is executed. */
  async explain(statement: Sql): Promise<PlanNode> {
    const [row] = await (await this.run(sql`EXPLAIN (FORMAT json) ${statement}`)).getRowsJson()
    const [plan] = JSON.parse(String(row?.[1])) as PlanNode[]
    return plan ?? {}
  }

  /** The scans of the statement that ran last, as DuckDB's profile counted them. */
  async scannedLeaves(): Promise<ScannedLeaf[]> {
    const profile: unknown = JSON.parse(await readFile(this.#profile, 'utf8'))
    return leavesOf(profile as ProfileNode)
  }

  /** 0 to 1 for the statement that is running; null when DuckDB cannot tell. */
  get progress(): number | null {
    const { percentage } = this.#connection.progress
    return percentage < 0 ? null : Math.min(1, percentage / 100)
  }

  interrupt(): void {
    this.#connection.interrupt()
  }

  close(): void {
    this.#connection.closeSync()
    this.#instance.closeSync()
  }
}

/** Bytes that a profile may take. */
const room = 2 ** 16

/** Throws what the system says where a file cannot be written; ENOSPC where its disk is full. */
async function proveRoom(file: string): Promise<void> {
  const probe = `${file}.probe`
  try {
    await writeFile(probe, new Uint8Array(room))
  } finally {
    await rm(probe, { force: true })
  }
}

const noRows = (columns: readonly Column[]): Sql =>
  sql`SELECT ${join(
    columns.map((column) => sql`CAST(NULL AS ${typeText(column.type)}) AS ${identifier(column.name)}`),
  )} WHERE false`

/** A SELECT with relations of these columns, without making any; `offset`: characters before its own. */
function withInputs({ text }: Sql, inputs: readonly Input[]): { text: string; offset: number } {
  if (inputs.length === 0) return { text, offset: 0 }
  const relations = new Map(inputs.map(({ relation, columns }) => [relation.text, columns]))
  const list = [...relations].map(([name, columns]) => `${name} AS (${noRows(columns).text})`)
  const own = /^WITH\b/.exec(text)?.[0] ?? ''
  const before = `WITH ${list.join(', ')}${own === '' ? ' ' : ','}`
  return { text: `${before}${text.slice(own.length)}`, offset: before.length - own.length }
}

/** Nested types are spelled in more than one way. */
const isPlainType = (type: string): boolean => /^[A-Z_]+(\(\d+,\d+\)| WITH TIME ZONE)?$/.test(type)

/** An operator of a physical plan, as far as it is looked at. */
export interface PlanNode {
  readonly name?: string
  readonly extra_info?: { readonly Projections?: string | readonly string[] }
  readonly children?: readonly PlanNode[]
}

/** A scan at the bottom of a statement's plan. */
export interface ScannedLeaf {
  /** Real path, where the scan reads one file. */
  readonly file: string | undefined
  /** Rows that it gave to the operator above. */
  readonly rows: number
}

interface ProfileNode {
  readonly operator_cardinality?: number
  readonly extra_info?: { readonly 'Filename(s)'?: string | readonly string[] }
  readonly children?: readonly ProfileNode[]
}

function leavesOf(node: ProfileNode): ScannedLeaf[] {
  if (node.children && node.children.length > 0) return node.children.flatMap(leavesOf)
  const files = node.extra_info?.['Filename(s)']
  return [{ file: typeof files === 'string' ? files : undefined, rows: node.operator_cardinality ?? 0 }]
}
