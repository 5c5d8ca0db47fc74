import type { KeyEntry } from '@millrace/contract'
import { KeyExists, type KeyRing } from '@millrace/engine/runtime'
import { RequestProblem } from '../http/request-problem.ts'

/**
 * The names of the keys in the data folder, and new keys. Over HTTP no key can be read, replaced or
 * deleted: what it encrypted would be lost.
 */
export class KeyService {
  readonly #ring: KeyRing

  constructor(ring: KeyRing) {
    this.#ring = ring
  }

  async list(): Promise<KeyEntry[]> {
    return this.#ring.list().map(({ name, createdAt }) => ({ name, createdAt: createdAt.toISOString() }))
  }

  /** @throws RequestProblem `key-exists` */
  async create(name: string): Promise<KeyEntry> {
    try {
      const { createdAt } = await this.#ring.create(name)
      return { name, createdAt: createdAt.toISOString() }
    } catch (error) {
      if (error instanceof KeyExists)
        throw new RequestProblem('key-exists', { detail: `There is a key “${name}” already.` })
      throw error
    }
  }
}
