import { PrismaPg } from '@prisma/adapter-pg'
import { OptionError } from '../options.ts'
import { PrismaClient } from './generated/postgresql/client.ts'
import { waiting } from './limits.ts'
import { applyMigrations } from './migrate.ts'

/** Servers that start together migrate in turn; the number stands for Millrace. */
const migrationLock = 'SELECT pg_advisory_lock(1835625586)'

/** @throws OptionError for an address that names no PostgreSQL database */
function checkAddress(url: string): void {
  const address = URL.parse(url)
  if (!address || !/^postgres(ql)?:$/.test(address.protocol))
    throw new OptionError(
      'DATABASE_URL must read postgresql://user:password@host:port/database. Without it the database is a file in MILLRACE_HOME.',
    )
  if (address.searchParams.has('schema'))
    throw new OptionError(
      'DATABASE_URL takes no schema. Give Millrace a database of its own, or set the search_path of its role.',
    )
}

/** A session that lasts until it is closed: locks are of sessions, and the migration engine leaves its own open. */
class OneSession extends PrismaPg {
  #adapter: Awaited<ReturnType<PrismaPg['connect']>> | undefined

  constructor(url: string) {
    super({ connectionString: url, max: 1, idleTimeoutMillis: 0, connectionTimeoutMillis: 10_000 })
  }

  override async connect() {
    this.#adapter = await super.connect()
    return this.#adapter
  }

  async close(): Promise<void> {
    await this.#adapter?.dispose()
  }
}

async function migrate(url: string, migrations: string): Promise<void> {
  const lock = new OneSession(url)
  const migrating = new OneSession(url)
  try {
    const session = await lock.connect()
    await session.executeScript(migrationLock)
    await applyMigrations(migrating, migrations)
  } finally {
    await migrating.close()
    await lock.close()
  }
}

/** @throws OptionError when the database would lose what it has confirmed, or cannot keep every text */
async function checkSettings(database: PrismaClient): Promise<void> {
  const [settings] = await database.$queryRaw<{ encoding: string; commits: string }[]>`
    SELECT current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS commits`
  if (settings?.encoding !== 'UTF8')
    throw new OptionError(
      `The database of DATABASE_URL is encoded in ${settings?.encoding}; it must be UTF8.`,
    )
  if (settings.commits === 'off')
    throw new OptionError(
      'The database of DATABASE_URL confirms commits before they are on disk (synchronous_commit = off): a crash would forget what runs have committed. Set it on for the role of Millrace.',
    )
}

/** Opens a PostgreSQL database, migrated as needed. @throws OptionError when it is not fit */
export async function openPostgresql(url: string, migrations: string) {
  checkAddress(url)
  await migrate(url, migrations)
  const adapter = new PrismaPg({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true })
  const database = new PrismaClient({
    adapter,
    errorFormat: 'minimal',
    // One state of the database from the first statement to the last, as on SQLite; conflicts are retried.
    transactionOptions: { ...waiting, isolationLevel: 'RepeatableRead' },
  })
  try {
    await database.$connect()
    await checkSettings(database)
  } catch (error) {
    await database.$disconnect()
    throw error
  }
  return database
}
