import { MysqlSession, type Row } from '../connectors/mysql/session.ts'
import { mysql } from '../connectors/mysql/spec.ts'
import type { Connections } from '../run/connections.ts'

function serverAt(address: string | undefined) {
  if (!address) return undefined
  const url = new URL(address)
  const settings = mysql.connection.settings.parse({
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: url.username,
    password: decodeURIComponent(url.password),
  })
  const session = async <T>(work: (session: MysqlSession) => Promise<T>): Promise<T> => {
    const opened = await MysqlSession.connect(settings, new AbortController().signal, 'read')
    try {
      return await work(opened)
    } finally {
      await opened.close()
    }
  }
  const connections: Connections = {
    find: (id) => Promise.resolve(id === 'db' ? { connector: 'mysql', settings } : undefined),
  }
  return {
    settings,
    /** As the engine gets it, by the id `db`. */
    connections,
    run: (...statements: readonly string[]): Promise<void> =>
      session(async (opened) => {
        for (const statement of statements) await opened.run(statement)
      }),
    query: (text: string): Promise<Row[]> => session((opened) => opened.query(text)),
  }
}

/** The MariaDB that `scripts/services.ts` starts, or the server that the variable names: see docs/databases.md. */
export const mysqlTestServer = serverAt(process.env['MILLRACE_TEST_MYSQL'])

/** Whether it is a MariaDB; for what the two do not share. */
export async function isMariaDB(): Promise<boolean> {
  const [found] = (await mysqlTestServer?.query('SELECT VERSION() AS version')) ?? []
  return /mariadb/i.test(found?.['version'] ?? '')
}
