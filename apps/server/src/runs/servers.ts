import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import type { Logger } from 'pino'
import type { Database } from '../database/database.ts'

/** How often a server says that it is alive, in ms. */
const beatPeriod = 3_000
/** How long a server may be silent before others end its runs, in seconds. */
const silence = 15

/** The id of the server of a data folder: it stays, so that a server that was killed knows its own runs again. */
export function serverId(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    const id = randomUUID()
    writeFileSync(file, id, { mode: 0o600 })
    return id
  }
}

/** Which servers work on one database. A run belongs to the one that took it, as long as that one lives. */
export interface Servers {
  /** This one. */
  readonly id: string
  /** The others that are alive. */
  others(): Promise<string[]>
}

/** The lock of the data folder keeps every other server out. */
export const aloneOn = (id: string): Servers => ({ id, others: async () => [] })

/** Servers that share a PostgreSQL database: each writes there that it is alive, by the clock of the database. */
export class SharedServers implements Servers {
  readonly id: string
  readonly #database: Database
  readonly #log: Logger
  #timer: NodeJS.Timeout | undefined
  #beating: Promise<void> = Promise.resolve()

  constructor(id: string, database: Database, log: Logger) {
    this.id = id
    this.#database = database
    this.#log = log
  }

  async join(): Promise<void> {
    await this.#beat()
    this.#timer = setInterval(() => {
      this.#beating = this.#beat().catch((error: unknown) =>
        this.#log.warn({ err: error }, 'the database could not be told that this server is alive'),
      )
    }, beatPeriod)
  }

  /** From then on others may end what this server left. */
  async leave(): Promise<void> {
    clearInterval(this.#timer)
    await this.#beating
    await this.#database.server.deleteMany({ where: { id: this.id } })
  }

  async others(): Promise<string[]> {
    const rows = await this.#database.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Server" WHERE "id" <> ${this.id}
        AND "beatAt" > (now() AT TIME ZONE 'UTC') - make_interval(secs => ${silence})`
    return rows.map(({ id }) => id)
  }

  async #beat(): Promise<void> {
    await this.#database.$executeRaw`
      INSERT INTO "Server" ("id", "beatAt") VALUES (${this.id}, now() AT TIME ZONE 'UTC')
      ON CONFLICT ("id") DO UPDATE SET "beatAt" = excluded."beatAt"`
  }
}
