import type { KeyRotation } from '@millrace/contract'
import { EnvelopeError, type MasterKey, masterKeyOf, open, type Place, rewrap, seal } from './envelope.ts'
import type { MasterKeys } from './master-keys.ts'
import type { ConnectionRepository, StoredConnection } from './repository.ts'

/** The secrets of connections: sealed when they are stored, opened when an engine process needs them. */
export class Vault {
  readonly #repository: ConnectionRepository
  readonly #keys: MasterKeys
  readonly #keeping = new Set<Promise<void>>()
  #rotation: Promise<unknown> = Promise.resolve()

  constructor(repository: ConnectionRepository, keys: MasterKeys) {
    this.#repository = repository
    this.#keys = keys
  }

  /**
   * Seals secrets and has them stored. A rotation waits for it, so that nothing comes to be stored
   * under a key that the rotation has called unused.
   * @param store is given the envelopes by field; null where a secret is empty, which is none
   */
  keep<Result>(
    connectionId: string,
    secrets: ReadonlyMap<string, string>,
    store: (envelopes: ReadonlyMap<string, string | null>) => Promise<Result>,
  ): Promise<Result> {
    const work = this.#seal(connectionId, secrets).then(store)
    const settled = work.then(
      () => undefined,
      () => undefined,
    )
    this.#keeping.add(settled)
    void settled.then(() => this.#keeping.delete(settled))
    return work
  }

  async #seal(
    connectionId: string,
    secrets: ReadonlyMap<string, string>,
  ): Promise<Map<string, string | null>> {
    const sealed = new Map<string, string | null>()
    for (const [field, secret] of secrets)
      sealed.set(
        field,
        secret === '' ? null : seal(await this.#keys.active(), secret, { connectionId, field }),
      )
    return sealed
  }

  /**
   * The secrets of a connection by field, in the clear.
   * @throws EnvelopeError where one of them cannot be opened
   */
  async open(stored: StoredConnection): Promise<Record<string, string>> {
    try {
      return this.#openAll(stored)
    } catch (error) {
      if (!(error instanceof EnvelopeError)) throw error
      // A rotation may have sealed it anew, and its old key may have been removed, since it was read.
      const now = await this.#repository.find(stored.id)
      if (!now || now.updatedAt.getTime() !== stored.updatedAt.getTime()) throw error
      return this.#openAll(now)
    }
  }

  #openAll({ secrets }: StoredConnection): Record<string, string> {
    return Object.fromEntries(secrets.map((secret) => [secret.field, this.#openOne(secret)]))
  }

  #openOne({ connectionId, field, envelope }: Place & { readonly envelope: string }): string {
    const master = this.#keys.find(masterKeyOf(envelope))
    if (!master) throw new EnvelopeError('the master key of the envelope is gone')
    return open(master.key, envelope, { connectionId, field })
  }

  /** Makes a new master key and seals every secret by it; one rotation at a time, readers go on. */
  rotate(): Promise<KeyRotation> {
    const rotation = this.#rotation.then(() => this.#rotate())
    this.#rotation = rotation.catch(() => undefined)
    return rotation
  }

  async #rotate(): Promise<KeyRotation> {
    const active = await this.#keys.create()
    // What has begun may still use the key before; what begins now uses this one.
    await Promise.all(this.#keeping)
    let rewrapped = 0
    // An envelope that was replaced in between is met in the next round.
    for (let changed = true; changed; ) {
      changed = false
      for (const secret of await this.#repository.secrets()) {
        const envelope = this.#rewrapped(secret, active)
        if (envelope === undefined || envelope === secret.envelope) continue
        if (await this.#repository.replaceEnvelope(secret, envelope)) rewrapped++
        changed = true
      }
    }
    const left = await this.#repository.secrets()
    const unreadable = left
      .filter((secret) => this.#rewrapped(secret, active) === undefined)
      .map(({ connectionId, field }) => ({ connectionId, field }))
    const unused = this.#keys
      .list()
      .filter((id) => id !== active.id && !left.some(({ envelope }) => envelope.split('.')[1] === id))
    return { active: active.id, rewrapped, unused, unreadable }
  }

  /** Undefined: it cannot be opened any more. */
  #rewrapped(secret: Place & { readonly envelope: string }, active: MasterKey): string | undefined {
    try {
      const from = masterKeyOf(secret.envelope)
      if (from === active.id) return secret.envelope
      const master = this.#keys.find(from)
      return master && rewrap(master.key, active, secret.envelope, secret)
    } catch (error) {
      if (error instanceof EnvelopeError) return undefined
      throw error
    }
  }
}
