import { randomBytes } from 'node:crypto'
import { KeyRing } from '@millrace/engine/runtime'
import type { MasterKey } from './envelope.ts'

/** Digits of the number that an id begins with, by which keys are in order whatever the clock says. */
const digits = 6

/**
 * The keys that wrap the data keys of secrets: files `NUMBER-RANDOM.key` of one folder outside the
 * database. The newest is active; older ones still open what they sealed until a rotation.
 */
export class MasterKeys {
  readonly #ring: KeyRing
  #making: Promise<MasterKey> | undefined

  constructor(folder: string) {
    this.#ring = new KeyRing(folder)
  }

  /** Ids, oldest first. */
  list(): string[] {
    return this.#ring.list().map(({ name }) => name)
  }

  /** Undefined: there is no such key, or not any more. */
  find(id: string): MasterKey | undefined {
    const key = this.#ring.read(id)
    return key && { id, key }
  }

  /** The newest key; the first one is made when it is needed. */
  async active(): Promise<MasterKey> {
    const newest = this.list().at(-1)
    return (newest !== undefined && this.find(newest)) || this.create()
  }

  /** Makes a key, which is the active one from then on. Several at once get the same one. */
  create(): Promise<MasterKey> {
    this.#making ??= this.#make().finally(() => {
      this.#making = undefined
    })
    return this.#making
  }

  async #make(): Promise<MasterKey> {
    const newest = Number.parseInt(this.list().at(-1) ?? '0', 10) || 0
    const number = String(newest + 1).padStart(digits, '0')
    const { name } = await this.#ring.create(`${number}-${randomBytes(6).toString('hex')}`)
    const made = this.find(name)
    if (!made) throw new Error(`the master key ${name} cannot be read back`)
    return made
  }
}
