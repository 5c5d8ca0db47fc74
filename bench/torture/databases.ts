import { setTimeout } from 'node:timers/promises'
import type { Services } from '../../scripts/services/services.ts'
import { Line } from './line.ts'
import { isRunning, Restartable } from './processes.ts'
import { sqliteConnection } from './scenarios.ts'
import type { Victim } from './server.ts'
import { type Database, query } from './tables.ts'

/** How long a database may take to come back, in ms. */
const comeBackPatience = 60_000

/** A database with the line by which the server of Millrace reaches it. */
export interface Reached extends Database {
  readonly line: Line
  /** Undefined: the harness has not started it, and may not stop it. */
  readonly process: Restartable | undefined
}

const variables = [
  ['postgres', 'postgres', 'MILLRACE_TEST_POSTGRES'],
  ['postgres-plain', 'postgres', 'MILLRACE_TEST_POSTGRES_PLAIN'],
  ['mysql', 'mysql', 'MILLRACE_TEST_MYSQL'],
] as const

/** Every database that is there, by the id of its connection. */
export async function reachDatabases({ environment, processes }: Services): Promise<Map<string, Reached>> {
  const restartables = processes.map((pid) => new Restartable(pid))
  const found = new Map<string, Reached>()
  for (const [id, connector, variable] of variables) {
    const address = environment[variable] ?? process.env[variable]
    if (address === undefined) continue
    const url = new URL(address)
    const line = new Line(url.hostname, Number(url.port))
    await line.open()
    const own = environment[variable] === undefined ? undefined : restartables
    found.set(id, { connector, url, line, process: own?.find(({ port }) => port === url.port) })
  }
  return found
}

/** Makes the connection of a database, by its line. */
export async function connect(server: Victim, id: string, { connector, url, line }: Reached): Promise<void> {
  const made = await server.ask<{ id: string }>('POST', '/connections', {
    connector,
    name: id,
    settings: {
      host: '127.0.0.1',
      port: line.port,
      database: url.pathname.slice(1),
      user: url.username,
      tls: 'prefer',
    },
    secrets: { password: url.password },
  })
  if (made.id !== id) throw new Error(`the connection is called ${made.id}`)
}

/** Makes an empty SQLite file and the connection to it. */
export async function connectSqlite(server: Victim): Promise<void> {
  await server.put(sqliteConnection.path, '')
  await server.ask('POST', '/connections', {
    connector: 'sqlite',
    name: sqliteConnection.id,
    settings: { path: sqliteConnection.path },
    secrets: {},
  })
}

/** Starts a database again until it answers: what is left of the old process may keep the first start from it. */
export async function comeBack(database: Reached): Promise<void> {
  for (let waited = 0; ; waited += 50) {
    try {
      query(database, 'SELECT 1')
      return
    } catch (error) {
      if (waited > comeBackPatience) throw error
      const { process } = database
      if (process && !isRunning(process.pid)) process.start()
      await setTimeout(50)
    }
  }
}
