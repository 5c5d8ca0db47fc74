import type { Page } from '@playwright/test'
import { PostgresSession, type Row } from '../packages/engine/src/connectors/postgres/session.ts'
import { postgres } from '../packages/engine/src/connectors/postgres/spec.ts'

const address = process.env['MILLRACE_TEST_POSTGRES']
const { hostname, port, username, password, pathname } = new URL(address ?? 'postgres://none')

/** The PostgreSQL of the journeys; `isThere` only where MILLRACE_TEST_POSTGRES names it. */
export const server = {
  isThere: address !== undefined,
  port,
  password,
  settings: { host: hostname, port: Number(port), database: pathname.slice(1), user: username },
}

/** Does statements one after the other, as another program would; returns the rows of the last. */
export async function inDatabase(...statements: string[]): Promise<readonly Row[]> {
  const settings = postgres.connection.settings.parse({ ...server.settings, password })
  const session = await PostgresSession.connect(settings, AbortSignal.timeout(10_000))
  try {
    let rows: readonly Row[] = []
    for (const statement of statements) rows = await session.query(statement)
    return rows
  } finally {
    await session.close()
  }
}

/** A connection to it. Returns its id. */
export async function connect(page: Page, millrace: string, name: string): Promise<string> {
  const data = { connector: 'postgres', name, settings: server.settings, secrets: { password } }
  return (await (await page.request.post(`${millrace}/api/connections`, { data })).json()).id
}
