import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { createClient } from '@libsql/client'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaClient } from '../generated/client.ts'
import { applyMigrations } from './migrate.ts'

export type Database = PrismaClient

/**
 * libSQL through one connection: SQLite writes one at a time anyway, and settings of a connection
 * (durability above all) would be lost on every further one that a pool opens.
 */
class OneConnection extends PrismaLibSql {
  override createClient(config: Parameters<PrismaLibSql['createClient']>[0]) {
    return createClient({ ...config, concurrency: 1, timeout: 10_000 })
  }

  override async connect() {
    const adapter = await super.connect()
    // Before the first table exists, so that deleted history gives its pages back.
    await adapter.executeScript('PRAGMA auto_vacuum = INCREMENTAL')
    await adapter.executeScript('PRAGMA journal_mode = WAL')
    await adapter.executeScript('PRAGMA synchronous = FULL')
    await adapter.executeScript('PRAGMA busy_timeout = 10000')
    await adapter.executeScript('PRAGMA foreign_keys = ON')
    return adapter
  }
}

/** Opens the database of a data folder, made and migrated as needed. */
export async function openDatabase(home: string, migrations: string): Promise<Database> {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const url = pathToFileURL(path.join(home, 'millrace.db')).href
  await applyMigrations(new OneConnection({ url }), migrations)
  return new PrismaClient({
    adapter: new OneConnection({ url }),
    // Writers wait for each other in turn; none of them holds the connection for long.
    transactionOptions: { maxWait: 60_000, timeout: 60_000 },
  })
}

/** Gives the pages of deleted rows back to the file system. */
export async function returnDisk(database: Database): Promise<void> {
  await database.$queryRawUnsafe('PRAGMA incremental_vacuum')
  await database.$queryRawUnsafe('PRAGMA wal_checkpoint(TRUNCATE)')
}
