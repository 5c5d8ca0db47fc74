import { PostgresSession, type Row } from '../connectors/postgres/session.ts'
import { postgres } from '../connectors/postgres/spec.ts'
import type { Connections } from '../run/connections.ts'

/** The servers that `scripts/services.ts` starts, as tests reach them. */
function serverAt(variable: string) {
  const address = process.env[variable]
  return address ? postgresAt(address) : undefined
}

/** @param address `postgres://user:password@host:port/database` */
export function postgresAt(address: string): TestServer {
  const url = new URL(address)
  const settings = postgres.connection.settings.parse({
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: url.username,
    password: decodeURIComponent(url.password),
  })
  return serverOf(settings)
}

type Settings = ReturnType<typeof postgres.connection.settings.parse>

function serverOf(settings: Settings): TestServer {
  const session = async <T>(work: (session: PostgresSession) => Promise<T>): Promise<T> => {
    const opened = await PostgresSession.connect(settings, new AbortController().signal)
    try {
      return await work(opened)
    } finally {
      await opened.close()
    }
  }
  const connections: Connections = {
    find: (id) => Promise.resolve(id === 'db' ? { connector: 'postgres', settings } : undefined),
  }
  return {
    settings,
    connections,
    run: (text: string): Promise<number> => session((opened) => opened.run(text)),
    query: (text: string): Promise<Row[]> => session((opened) => opened.query(text)),
    at: (database: string) => serverOf({ ...settings, database }),
  }
}

export interface TestServer {
  readonly settings: Settings
  /** As the engine gets it, by the id `db`. */
  readonly connections: Connections
  run(text: string): Promise<number>
  query(text: string): Promise<Row[]>
  /** The same server, seen from another of its databases. */
  at(database: string): TestServer
}

/** With prepared transactions. */
export const testServer = serverAt('MILLRACE_TEST_POSTGRES')
/** As PostgreSQL comes: without. */
export const plainTestServer = serverAt('MILLRACE_TEST_POSTGRES_PLAIN')
