import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'

/** Set by the project `postgresql` of vitest.config.ts, which runs the suites of the store once more. */
const administration = process.env['MILLRACE_TEST_STORE']

export const isOnPostgresql = administration !== undefined

const nameOf = (home: string) => path.basename(home).toLowerCase()

async function administrate(statement: string): Promise<void> {
  const session = await new PrismaPg({ connectionString: administration, max: 1 }).connect()
  await session.executeScript(statement).finally(() => session.dispose())
}

/** Address of the database that belongs to a data folder; undefined: SQLite in the folder itself. */
export function testDatabaseUrl(home: string): string | undefined {
  if (administration === undefined) return undefined
  const url = new URL(administration)
  url.pathname = `/${nameOf(home)}`
  return url.href
}

export async function createTestDatabase(home: string): Promise<void> {
  if (isOnPostgresql) await administrate(`CREATE DATABASE "${nameOf(home)}" TEMPLATE template0`)
}

export async function dropTestDatabase(home: string): Promise<void> {
  if (isOnPostgresql) await administrate(`DROP DATABASE IF EXISTS "${nameOf(home)}" WITH (FORCE)`)
}
