import type { PrismaClient } from '../generated/client.ts'
import { openPostgresql } from './postgresql.ts'
import { openSqlite } from './sqlite.ts'

/** What the repositories speak to: the models are the same on SQLite and PostgreSQL. */
export type Database = PrismaClient

export interface IgnoringCase {
  readonly mode?: 'insensitive'
}

export interface OpenedDatabase {
  readonly database: Database
  /** Makes `contains` disregard case, as SQLite always does. */
  readonly ignoringCase: IgnoringCase
  /** Other servers may work on it at the same time. */
  readonly shared: boolean
  /** Gives the pages of deleted rows back to the file system. */
  returnDisk(): Promise<void>
}

/**
 * Opens the database, made and migrated as needed.
 * @param home data folder, for SQLite
 * @param migrations folder of the migrations for SQLite; those for PostgreSQL are beside it
 * @param url of a PostgreSQL database; undefined: SQLite in `home`
 */
export async function openDatabase(
  home: string,
  migrations: string,
  url?: string | undefined,
): Promise<OpenedDatabase> {
  if (url === undefined) return { ...(await openSqlite(home, migrations)), shared: false, ignoringCase: {} }
  const database = await openPostgresql(url, `${migrations}-postgresql`)
  return {
    // Generated from the same models; what only one of them can do is in no repository.
    database: database as unknown as Database,
    shared: true,
    ignoringCase: { mode: 'insensitive' },
    // PostgreSQL uses the place of deleted rows again, and its autovacuum gives what it can back.
    returnDisk: async () => {},
  }
}
