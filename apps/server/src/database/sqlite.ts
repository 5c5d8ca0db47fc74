import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { createClient } from '@libsql/client'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import { PrismaClient } from '../generated/client.ts'
import { waiting } from './limits.ts'
import { applyMigrations } from './migrate.ts'

/**
 * libSQL through one connection: SQLite writes one at a time anyway, and settings of a connection
 * (durability above all) would be lost on every further one that a pool opens.
 */
class OneConnection extends PrismaLibSql {
  #adapter: Awaited<ReturnType<PrismaLibSql['connect']>> | undefined

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
    this.#adapter = adapter
    return adapter
  }

  async close(): Promise<void> {
    await this.#adapter?.dispose()
  }

  /** A script, because a prepared statement would stop after the first page and keep its lock. */
  async returnDisk(): Promise<void> {
    await this.#adapter?.executeScript('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)')
  }
}

/** Opens `millrace.db` of a data folder, made and migrated as needed. */
export async function openSqlite(home: string, migrations: string) {
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const url = pathToFileURL(path.join(home, 'millrace.db')).href
  const migrating = new OneConnection({ url })
  await applyMigrations(migrating, migrations).finally(() => migrating.close())
  const connection = new OneConnection({ url })
  const database = new PrismaClient({
    adapter: connection,
    errorFormat: 'minimal',
    transactionOptions: waiting,
  })
  await database.$connect()
  return { database, returnDisk: () => connection.returnDisk() }
}
