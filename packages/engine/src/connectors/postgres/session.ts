import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Client, QueryConfig } from 'pg'
import type { from } from 'pg-copy-streams'
import { type Location, ProblemError } from '../../problems/index.ts'
import { type ReadingSocket, readingSocket } from '../databases/reading-socket.ts'
import { certificateChecks } from '../databases/server-connection.ts'
import { CopyOut } from './copy-out.ts'
import { connectFault } from './faults.ts'
import type { PostgresSettings } from './spec.ts'

export type Row = Readonly<Record<string, string | null>>

/** Every value goes and comes as text, whatever the server's defaults; nothing ends a session by idling. */
const sessionSettings: readonly (readonly [name: string, value: string])[] = [
  ['client_encoding', 'UTF8'],
  ['DateStyle', 'ISO, YMD'],
  ['IntervalStyle', 'postgres'],
  ['TimeZone', 'UTC'],
  ['extra_float_digits', '1'],
  ['bytea_output', 'hex'],
  ['standard_conforming_strings', 'on'],
  ['statement_timeout', '0'],
  ['idle_in_transaction_session_timeout', '0'],
  ['idle_session_timeout', '0'],
  ['client_min_messages', 'error'],
  // So that the server stops working for a client that is gone (PostgreSQL 14 and later).
  ['client_connection_check_interval', '5s'],
]

const asText = { getTypeParser: () => (value: string) => value }

/** By the extended protocol, in which the server takes one statement only. */
function single(text: string, values: readonly (string | null)[] = []): QueryConfig {
  const config: QueryConfig & { readonly queryMode: 'extended' } = {
    text,
    values: [...values],
    queryMode: 'extended',
  }
  return config
}

/** One session of a PostgreSQL server. Ends at once when `signal` aborts. */
export class PostgresSession {
  readonly #client: Client
  readonly #socket: ReadingSocket
  readonly #copyFrom: typeof from

  private constructor(client: Client, socket: ReadingSocket, copyFrom: typeof from) {
    this.#client = client
    this.#socket = socket
    this.#copyFrom = copyFrom
  }

  /** Rejects with the driver's or the server's error; see `connectFault`. */
  static async connect(settings: PostgresSettings, signal: AbortSignal): Promise<PostgresSession> {
    try {
      return await PostgresSession.#connectOnce(settings, signal, settings.tls !== 'off')
    } catch (error) {
      const plain = error instanceof Error && /does not support SSL/i.test(error.message)
      if (settings.tls !== 'prefer' || !plain) throw error
      return PostgresSession.#connectOnce(settings, signal, false)
    }
  }

  static async #connectOnce(settings: PostgresSettings, signal: AbortSignal, tls: boolean) {
    signal.throwIfAborted()
    const { host, port, database, user, password } = settings
    const { isChecked, isNameChecked, authority } = certificateChecks(settings)
    const checks = {
      rejectUnauthorized: isChecked,
      ...(!isNameChecked && { checkServerIdentity: () => undefined }),
      ...(authority !== undefined && { ca: authority }),
    }
    // Loaded where they are needed: most engine processes have no use for them.
    const [driver, copy] = await Promise.all([import('pg'), import('pg-copy-streams')])
    const reading = readingSocket()
    const { socket } = reading
    const client = new driver.Client({
      host,
      port,
      database,
      user,
      // A function, because the driver takes an empty text for leave to look into the environment.
      password: () => password,
      ssl: tls ? checks : false,
      connectionTimeoutMillis: settings.connectTimeout * 1000,
      keepAlive: true,
      application_name: 'millrace',
      stream: () => socket,
      types: asText,
    })
    // A connection that is lost makes what was asked of it fail; nobody else has to hear of it.
    client.on('error', () => {})
    const stop = () => socket.destroy()
    signal.addEventListener('abort', stop, { once: true })
    socket.once('close', () => signal.removeEventListener('abort', stop))
    try {
      await client.connect()
      const session = new PostgresSession(client, reading, copy.from)
      const wanted = sessionSettings.map(([name, value]) => `('${name}', '${value}')`).join(', ')
      await session.run(
        `SELECT set_config(wanted.name, wanted.value, false) FROM (VALUES ${wanted}) AS wanted (name, value) JOIN pg_catalog.pg_settings USING (name)`,
      )
      return session
    } catch (error) {
      socket.destroy()
      signal.throwIfAborted()
      throw error
    }
  }

  /** One statement, its values as parameters `$1` …; every cell as text or null. */
  async query(text: string, values: readonly (string | null)[] = []): Promise<Row[]> {
    const { rows } = await this.#client.query<Record<string, string | null>>(single(text, values))
    return rows
  }

  /** What a statement would give: names, types and their modifiers; nothing is read. */
  async describe(select: string): Promise<{ name: string; oid: string; modifier: string }[]> {
    const { fields } = await this.#client.query(single(`${select} LIMIT 0`))
    return fields.map(({ name, dataTypeID, dataTypeModifier }) => ({
      name,
      oid: String(dataTypeID),
      modifier: String(dataTypeModifier),
    }))
  }

  /** Runs statements; returns the number of rows that the last of them changed or gave. */
  async run(text: string): Promise<number> {
    const result = (await this.#client.query(text)) as { rowCount: number | null } | { rowCount: number }[]
    return (Array.isArray(result) ? result.at(-1) : result)?.rowCount ?? 0
  }

  /** Ends a transaction. Rejects when the server undid it instead, which it does without an error. */
  async conclude(text: string): Promise<void> {
    const { command } = await this.#client.query(text)
    if (command === 'ROLLBACK') throw new Error('the transaction had failed and was undone')
  }

  /** `COPY … TO STDOUT`. Who stops taking its blocks ends the session. */
  copyOut(statement: string): CopyOut {
    return this.#client.query(new CopyOut(statement, this.#socket))
  }

  /** `COPY … FROM STDIN` of these bytes; returns the number of rows. */
  async copyIn(statement: string, bytes: Readable | AsyncIterable<Buffer>): Promise<number> {
    const sink = this.#client.query(this.#copyFrom(statement))
    await pipeline(bytes, sink)
    return sink.rowCount
  }

  async close(): Promise<void> {
    await this.#client.end().catch(() => {})
    this.#socket.socket.destroy()
  }
}

/** Opens a session for `work` and closes it after. Rejects with a problem when it cannot be opened. */
export async function withSession<T>(
  settings: PostgresSettings,
  signal: AbortSignal,
  work: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const session = await openSession(settings, signal)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** Rejects with a problem at the setting of the connection that is to be mended, or at `location`. */
export async function openSession(
  settings: PostgresSettings,
  signal: AbortSignal,
  location?: Location,
): Promise<PostgresSession> {
  try {
    return await PostgresSession.connect(settings, signal)
  } catch (error) {
    signal.throwIfAborted()
    const { problem } = connectFault(error, settings)
    throw new ProblemError({ ...problem, location: location ?? problem.location }, { cause: error })
  }
}
