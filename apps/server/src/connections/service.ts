import type {
  CatalogColumn,
  CatalogEntry,
  Connection,
  ConnectionDiagnosis,
  ConnectionUse,
  KeyRotation,
} from '@millrace/contract'
import { connectionId, connection as connectionSchema } from '@millrace/contract'
import { type Connectable, createProblem, fail, fieldsOf, ProblemError } from '@millrace/engine'
import type { Connections, FileAccess } from '@millrace/engine/runtime'
import type { Database } from '../database/database.ts'
import { RequestProblem } from '../http/request-problem.ts'
import { EnvelopeError } from './envelope.ts'
import { MasterKeys } from './master-keys.ts'
import { type ConnectionRepository, createConnectionRepository, type StoredConnection } from './repository.ts'
import { describeSettings, idFor, movedSettings, mustBeConnectable, parseSettings } from './settings.ts'
import { Systems } from './systems.ts'
import { connectionUses } from './usage.ts'
import { Vault } from './vault.ts'

type Values = Readonly<Record<string, unknown>>
type Secrets = Readonly<Record<string, string>>

/** What a person says of a connection; secrets by field, those left out stay as they are. */
interface Given {
  readonly name: string
  readonly settings: Values
  readonly secrets: Secrets
}

const lastTestOf = connectionSchema.shape.lastTest.unwrap()

/** Connections: what is kept of them, what their systems say, and who uses them. */
export class ConnectionService implements Connections {
  readonly #database: Database
  readonly #repository: ConnectionRepository
  readonly #vault: Vault
  readonly #systems: Systems

  /** @param keys folder of the master keys */
  constructor(database: Database, keys: string, files: FileAccess) {
    this.#database = database
    this.#systems = new Systems(files)
    this.#repository = createConnectionRepository(database)
    this.#vault = new Vault(this.#repository, new MasterKeys(keys))
  }

  /** For engine work alone: the answer has the secrets in it. @throws ProblemError `connection.secretLost` */
  async find(id: string): Promise<{ connector: string; settings: Values } | undefined> {
    if (!connectionId.safeParse(id).success) return undefined
    const stored = await this.#repository.find(id)
    if (!stored) return undefined
    return {
      connector: stored.connector,
      settings: { ...settingsOf(stored), ...(await this.#secretsOf(stored)) },
    }
  }

  async list(): Promise<Connection[]> {
    const [stored, uses] = await Promise.all([this.#repository.list(), connectionUses(this.#database)])
    return stored.map((one) => documentOf(one, uses.get(one.id) ?? []))
  }

  async get(id: string): Promise<Connection> {
    return documentOf(await this.#stored(id), await this.usedBy(id))
  }

  async usedBy(id: string): Promise<ConnectionUse[]> {
    await this.#stored(id)
    return (await connectionUses(this.#database)).get(id) ?? []
  }

  /** @throws RequestProblem `connection-invalid` */
  async create({
    connector,
    name,
    settings,
    secrets,
  }: Given & { readonly connector: string }): Promise<Connection> {
    const parsed = parseSettings(mustBeConnectable(connector), settings, secrets)
    const taken = await this.#repository.ids()
    const id = idFor(name, connector, (candidate) => taken.has(candidate))
    const record = { name, settings: JSON.stringify(parsed.open) }
    await this.#vault.keep(id, parsed.secret, (envelopes) =>
      this.#repository.create(id, connector, record, envelopes),
    )
    return this.get(id)
  }

  /** @throws RequestProblem `connection-invalid`, `connection-secret-required`, `not-found` */
  async save(id: string, given: Given): Promise<Connection> {
    for (let attempt = 0; attempt < 5; attempt++) {
      const stored = await this.#stored(id)
      const connectable = mustBeConnectable(stored.connector)
      const parsed = parseSettings(connectable, given.settings, given.secrets)
      refuseMovedSecrets(connectable, stored, parsed.open, given.secrets)
      const changed = new Map([...parsed.secret].filter(([field]) => Object.hasOwn(given.secrets, field)))
      const record = { name: given.name, settings: JSON.stringify(parsed.open) }
      const keepTest = changed.size === 0 && record.settings === stored.settings
      const isSaved = await this.#vault.keep(id, changed, (envelopes) =>
        this.#repository.save(stored, record, envelopes, keepTest),
      )
      if (isSaved) return this.get(id)
    }
    throw new RequestProblem('connection-changed')
  }

  /** @throws RequestProblem `connection-in-use` naming the flows, `not-found` */
  async delete(id: string): Promise<void> {
    const uses = await this.usedBy(id)
    if (uses.length > 0) {
      const flows = uses.map(({ flowName }) => `“${flowName}”`).join(', ')
      throw new RequestProblem('connection-in-use', {
        problems: [createProblem('connection.inUse', { flows })],
      })
    }
    if (!(await this.#repository.delete(id))) throw new RequestProblem('not-found')
  }

  /** Tests a connection as it is stored, and keeps how that came out. */
  async test(id: string, signal: AbortSignal): Promise<ConnectionDiagnosis> {
    const { stored, connector, open, secrets } = await this.#opened(id)
    const found = await this.#systems.diagnose(connector, open, secrets, signal)
    const lastTest = JSON.stringify({ at: new Date().toISOString(), diagnosis: found })
    await this.#repository.keepTest(id, stored.settings, stored.updatedAt, lastTest)
    return found
  }

  /**
   * Tests settings that are not stored; with `id`, by the stored secrets of that connection where none are
   * given, as long as they go where they were entered for.
   * @throws RequestProblem `connection-invalid`, `connection-secret-required`, `not-found`
   */
  async testSettings(
    given: Omit<Given, 'name'> & { readonly connector: string; readonly id?: string | undefined },
    signal: AbortSignal,
  ): Promise<ConnectionDiagnosis> {
    const connectable = mustBeConnectable(given.connector)
    const { open, secret } = parseSettings(connectable, given.settings, given.secrets)
    const secrets = Object.fromEntries(secret)
    if (given.id === undefined) return this.#systems.diagnose(given.connector, open, secrets, signal)
    const stored = await this.#stored(given.id)
    if (stored.connector !== given.connector) throw new RequestProblem('not-found')
    refuseMovedSecrets(connectable, stored, open, given.secrets)
    const kept = await this.#secretsOf(stored).catch(asRequestProblem)
    return this.#systems.diagnose(given.connector, open, { ...secrets, ...kept, ...given.secrets }, signal)
  }

  /** @throws RequestProblem `connection-problem` with what the system says, `not-found` */
  async browse(id: string, path: readonly string[], signal: AbortSignal): Promise<CatalogEntry[]> {
    const { connector, open, secrets } = await this.#opened(id)
    return this.#systems.browse(connector, open, secrets, path, signal)
  }

  /** @throws RequestProblem `connection-problem` with what the system says, `not-found` */
  async columns(id: string, path: readonly string[], signal: AbortSignal): Promise<CatalogColumn[]> {
    const { connector, open, secrets } = await this.#opened(id)
    return this.#systems.columns(connector, open, secrets, path, signal)
  }

  /** How many rows the last replacement of a table kept; null: none. @throws as `browse` */
  async previous(id: string, table: string, signal: AbortSignal): Promise<{ rows: number | null }> {
    const { connector, open, secrets } = await this.#opened(id)
    return { rows: await this.#systems.previous(connector, open, secrets, table, signal) }
  }

  /** Puts back the rows that the last replacement of a table kept. @throws as `browse` */
  async restore(id: string, table: string): Promise<{ rows: number }> {
    const { connector, open, secrets } = await this.#opened(id)
    return { rows: await this.#systems.restore(connector, open, secrets, table) }
  }

  async ids(): Promise<ReadonlySet<string>> {
    return this.#repository.ids()
  }

  /** Undoes what runs that died left behind a connection. @throws as `browse` */
  async sweep(
    id: string,
    leftovers: { readonly known: ReadonlySet<string>; readonly olderThanSeconds: number },
    signal: AbortSignal,
  ): Promise<{ readonly transactions: number; readonly tables: number } | undefined> {
    const { connector, open, secrets } = await this.#opened(id)
    return this.#systems.sweep(connector, open, secrets, leftovers, signal)
  }

  rotateKeys(): Promise<KeyRotation> {
    return this.#vault.rotate()
  }

  async #stored(id: string): Promise<StoredConnection> {
    const stored = connectionId.safeParse(id).success && (await this.#repository.find(id))
    if (!stored) throw new RequestProblem('not-found')
    return stored
  }

  /** @throws RequestProblem `connection-problem` where the secrets cannot be read, `connection-invalid`, `not-found` */
  async #opened(id: string) {
    const stored = await this.#stored(id)
    const kept = await this.#secretsOf(stored).catch(asRequestProblem)
    const { open, secret } = parseSettings(mustBeConnectable(stored.connector), settingsOf(stored), kept)
    return { stored, connector: stored.connector, open, secrets: Object.fromEntries(secret) }
  }

  /** @throws ProblemError `connection.secretLost` */
  async #secretsOf(stored: StoredConnection): Promise<Secrets> {
    try {
      return await this.#vault.open(stored)
    } catch (error) {
      if (error instanceof EnvelopeError) return fail('connection.secretLost', { id: stored.id })
      throw error
    }
  }
}

function asRequestProblem(error: unknown): never {
  throw error instanceof ProblemError
    ? new RequestProblem('connection-problem', { problems: [error.problem] })
    : error
}

const settingsOf = ({ settings }: StoredConnection): Values => JSON.parse(settings)

const documentOf = (stored: StoredConnection, usedBy: ConnectionUse[]): Connection => {
  const { id, connector, name, secrets, lastTest, createdAt, updatedAt } = stored
  const settings = settingsOf(stored)
  return {
    id,
    connector,
    name,
    description: describeSettings(connector, settings),
    settings,
    secretsSet: secrets.map(({ field }) => field),
    lastTest: lastTest === null ? null : lastTestOf.parse(JSON.parse(lastTest)),
    usedBy,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}

/**
 * A stored secret goes only where it was entered for: when an address changes, it must come along again.
 * @throws RequestProblem `connection-secret-required` with a problem at each secret
 */
function refuseMovedSecrets(
  connectable: Connectable,
  stored: StoredConnection,
  settings: Values,
  given: Secrets,
): void {
  const missing = stored.secrets.map(({ field }) => field).filter((field) => !Object.hasOwn(given, field))
  if (missing.length === 0 || movedSettings(connectable, settingsOf(stored), settings).length === 0) return
  const fields = fieldsOf(connectable.connection.settings)
  throw new RequestProblem('connection-secret-required', {
    problems: missing.map((field) => {
      const label = fields.find(({ name }) => name === field)?.meta.label ?? field
      return createProblem('connection.secretRequired', { label }, { field })
    }),
  })
}
