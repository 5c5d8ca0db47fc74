import type { Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import type { Connection, FieldPacket, QueryError, ResultSetHeader, RowDataPacket } from 'mysql2'
import { type Location, ProblemError } from '../../problems/index.ts'
import { type ReadingSocket, readingSocket } from '../databases/reading-socket.ts'
import { certificateChecks } from '../databases/server-connection.ts'
import { connectFault } from './faults.ts'
import { ResultRows, type RowReceiver } from './result-rows.ts'
import type { MysqlSettings } from './spec.ts'

export type Row = Readonly<Record<string, string | null>>

/** What a session is for: only `write` may be asked for rows by LOAD DATA LOCAL, and only its own sql_mode is ours. */
export type Purpose = 'read' | 'write'

/**
 * Nothing is cut, rounded, zeroed or numbered anew on the way in: with NO_AUTO_VALUE_ON_ZERO a 0 stays
 * a 0 in an AUTO_INCREMENT column.
 */
const strictMode = [
  'STRICT_TRANS_TABLES',
  'STRICT_ALL_TABLES',
  'NO_ZERO_IN_DATE',
  'NO_ZERO_DATE',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'NO_ENGINE_SUBSTITUTION',
  'NO_AUTO_VALUE_ON_ZERO',
].join(',')

/** A server that waits for us, or we for it, does not hang up within the hour. */
const sessionSettings = (purpose: Purpose, { isMariaDB, version }: MysqlSession): string[] => [
  'SET NAMES utf8mb4',
  [
    "SET SESSION time_zone = '+00:00'",
    'net_write_timeout = 3600',
    'net_read_timeout = 3600',
    'wait_timeout = 28800',
    'lock_wait_timeout = 60',
    'sql_safe_updates = 0',
    'sql_big_selects = 1',
    'sql_select_limit = DEFAULT',
    isMariaDB ? 'max_statement_time = 0' : 'max_execution_time = 0',
    // Else MySQL may tell counts of rows that are a day old.
    ...(!isMariaDB && Number.parseInt(version, 10) >= 8 ? ['information_schema_stats_expiry = 0'] : []),
    ...(purpose === 'write' ? [`sql_mode = '${strictMode}'`] : []),
  ].join(', '),
]

/**
 * Readers have one snapshot. Writers read their staging table without locking its rows, which the log
 * of a replicating server must allow by holding rows rather than statements.
 */
async function isolation(session: MysqlSession, purpose: Purpose): Promise<string> {
  const [log] =
    purpose === 'write'
      ? await session.query("SELECT @@log_bin = 0 OR @@binlog_format <> 'STATEMENT' AS holds_rows")
      : []
  return log?.['holds_rows'] === '1' ? 'READ COMMITTED' : 'REPEATABLE READ'
}

/** Left out of the driver's types: its socket, or what encrypts the bytes of that. */
interface Streamed {
  readonly stream: Duplex
}

const asText = (field: { string(): string | null }) => field.string()

/** One session of a MySQL or MariaDB server. Ends at once when `signal` aborts. */
export class MysqlSession {
  readonly #connection: Connection
  readonly #reading: ReadingSocket
  readonly #socket: Socket
  /** The driver calls nobody back once its socket is gone. */
  readonly #waiting = new Set<(error: Error) => void>()
  /** As the server calls itself: `10.11.6-MariaDB`. */
  version = ''

  private constructor(connection: Connection, reading: ReadingSocket) {
    const { socket } = reading
    this.#connection = connection
    this.#reading = reading
    this.#socket = socket
    socket.once('close', () => {
      for (const reject of this.#waiting) reject(new Error('the connection was closed'))
      this.#waiting.clear()
    })
  }

  get isMariaDB(): boolean {
    return /mariadb/i.test(this.version)
  }

  /** Rejects with the driver's or the server's error; see `connectFault`. `database` null: none is entered. */
  static async connect(
    settings: MysqlSettings,
    signal: AbortSignal,
    purpose: Purpose,
    database: string | null = settings.database,
  ): Promise<MysqlSession> {
    const tls = settings.tls !== 'off'
    try {
      return await MysqlSession.#connectOnce(settings, signal, purpose, database, tls)
    } catch (error) {
      const plain = error instanceof Error && 'code' in error && error.code === 'HANDSHAKE_NO_SSL_SUPPORT'
      if (settings.tls !== 'prefer' || !plain) throw error
      return MysqlSession.#connectOnce(settings, signal, purpose, database, false)
    }
  }

  static async #connectOnce(
    settings: MysqlSettings,
    signal: AbortSignal,
    purpose: Purpose,
    database: string | null,
    tls: boolean,
  ): Promise<MysqlSession> {
    signal.throwIfAborted()
    const { host, port, user, password } = settings
    const { isChecked, isNameChecked, authority } = certificateChecks(settings)
    // Loaded where it is needed: most engine processes have no use for it.
    const { createConnection } = await import('mysql2')
    const reading = readingSocket()
    const { socket } = reading
    socket.setKeepAlive(true).setNoDelay(true).connect(port, host)
    // The name that a certificate is checked for; Node notes it only where the host is no address.
    Object.assign(socket, { _host: host })
    const connection = createConnection({
      host,
      port,
      user,
      password,
      ...(database !== null && { database }),
      ...(tls && {
        ssl: {
          rejectUnauthorized: isChecked,
          verifyIdentity: isNameChecked,
          ...(authority !== undefined && { ca: authority }),
        },
      }),
      stream: () => socket,
      connectTimeout: settings.connectTimeout * 1000,
      charset: 'utf8mb4',
      typeCast: asText,
      // Counts of changed rows, not of found ones; and where none is to be sent, no file can be asked for.
      flags: ['-FOUND_ROWS', ...(purpose === 'read' ? ['-LOCAL_FILES'] : [])],
      connectAttributes: { program_name: 'millrace' },
    })
    // A connection that is lost makes what was asked of it fail; nobody else has to hear of it.
    connection.on('error', () => {})
    const session = new MysqlSession(connection, reading)
    const stop = () => socket.destroy()
    signal.addEventListener('abort', stop, { once: true })
    socket.once('close', () => signal.removeEventListener('abort', stop))
    try {
      await session.#settled<void>((done) => connection.connect((error) => done(error)))
      const [found] = await session.query('SELECT VERSION() AS version')
      session.version = found?.['version'] ?? ''
      for (const statement of sessionSettings(purpose, session)) await session.run(statement)
      // MySQL lets only some accounts raise it: the others are told of fewer warnings at a time.
      if (purpose === 'write') await session.run('SET SESSION max_error_count = 65535').catch(() => {})
      await session.run(`SET SESSION TRANSACTION ISOLATION LEVEL ${await isolation(session, purpose)}`)
      return session
    } catch (error) {
      socket.destroy()
      signal.throwIfAborted()
      throw error
    }
  }

  /** Id of this session at the server, as `KILL` takes it. */
  get id(): number {
    return this.#connection.threadId
  }

  /** One statement; every cell as text or null. */
  query(text: string): Promise<Row[]> {
    return this.#settled<Row[]>((done) =>
      this.#connection.query<RowDataPacket[]>(text, (error, rows) => done(error, rows)),
    )
  }

  /** One statement that gives no rows. */
  run(text: string): Promise<ResultSetHeader> {
    return this.#settled<ResultSetHeader>((done) =>
      this.#connection.query<ResultSetHeader>(text, (error, header) => done(error, header)),
    )
  }

  /** What a statement would give; it is not executed. */
  describe(text: string): Promise<readonly FieldPacket[]> {
    return this.#settled<readonly FieldPacket[]>((done) =>
      this.#connection.prepare(text, (error, statement) => {
        if (error) return done(error)
        // Left out of the driver's types.
        const { columns } = statement as unknown as { readonly columns: readonly FieldPacket[] }
        this.#connection.unprepare(text)
        done(null, columns)
      }),
    )
  }

  /**
   * Gives the rows of a statement to `receiver` as they come over the wire. The driver takes no columns
   * that are named as properties of every object are (`constructor`).
   */
  stream(text: string, receiver: RowReceiver): Promise<void> {
    return this.#settled<void>((done) => {
      const fail = (error: unknown) => {
        done(error instanceof Error ? error : new Error(String(error)))
        this.#socket.destroy()
      }
      new ResultRows(this.#stream, this.#reading, receiver, fail).begin()
      const query = this.#connection.query({ sql: text })
      query.once('end', () => done(null))
      query.once('error', fail)
    })
  }

  get #stream(): Duplex {
    return (this.#connection as unknown as Streamed).stream
  }

  /** No row comes until `resume`. */
  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** `LOAD DATA LOCAL INFILE`: whatever file the server names, these bytes are all it gets. */
  load(text: string, bytes: Readable): Promise<ResultSetHeader> {
    return this.#settled<ResultSetHeader>((done) =>
      this.#connection.query<ResultSetHeader>(
        { sql: text, infileStreamFactory: () => bytes },
        (error: QueryError | null, header) => done(error, header),
      ),
    )
  }

  #settled<T>(start: (done: (error: Error | null, result?: T) => void) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error('the connection was closed'))
      this.#waiting.add(reject)
      start((error, result) => {
        this.#waiting.delete(reject)
        if (error) reject(error)
        else resolve(result as T)
      })
    })
  }

  async close(): Promise<void> {
    await this.#settled<void>((done) => this.#connection.end(() => done(null))).catch(() => {})
    this.#socket.destroy()
  }

  /** Ends the session without a word; the server takes back what was not committed or prepared. */
  destroy(): void {
    this.#socket.destroy()
  }
}

/** Opens a session for `work` and closes it after. Rejects with a problem when it cannot be opened. */
export async function withSession<T>(
  settings: MysqlSettings,
  signal: AbortSignal,
  purpose: Purpose,
  work: (session: MysqlSession) => Promise<T>,
): Promise<T> {
  const session = await openSession(settings, signal, purpose)
  try {
    return await work(session)
  } finally {
    await session.close()
  }
}

/** Rejects with a problem at `location`, or at the setting of the connection that is to be mended. */
export async function openSession(
  settings: MysqlSettings,
  signal: AbortSignal,
  purpose: Purpose,
  location?: Location,
): Promise<MysqlSession> {
  try {
    return await MysqlSession.connect(settings, signal, purpose)
  } catch (error) {
    signal.throwIfAborted()
    const { problem } = connectFault(error, settings)
    throw new ProblemError(location ? { ...problem, location } : problem, { cause: error })
  }
}
