import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import { type Dirent, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { link, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { keyName } from '../model/index.ts'

/** Bytes of a key: AES-256. */
export const keyBytes = 32
const extension = '.key'

/** A key of that name is there already, and whatever it encrypted needs it. */
export class KeyExists extends Error {
  override name = 'KeyExists'
}

export interface KeyEntry {
  readonly name: string
  readonly createdAt: Date
}

/**
 * Keys as files of one folder, `NAME.key` with 32 bytes as base64. Their bytes are not kept in
 * memory: a key that is made or removed while an engine process lives is so for its next request.
 */
export class KeyRing {
  readonly #folder: string | undefined
  #known: { readonly changed: number; readonly names: readonly string[] } | undefined

  /** Without a folder the ring is empty. */
  constructor(folder: string | undefined) {
    this.#folder = folder
  }

  /** The keys that can be used, by name; a file that holds no key is not among them. */
  list(): KeyEntry[] {
    const folder = this.#folder
    if (folder === undefined) return []
    return filesIn(folder)
      .filter((file) => file.endsWith(extension))
      .map((file) => file.slice(0, -extension.length))
      .filter((name) => this.read(name) !== undefined)
      .sort()
      .map((name) => ({ name, createdAt: statSync(path.join(folder, name + extension)).mtime }))
  }

  /** As of the last change of the folder: inference asks for every node. */
  names(): readonly string[] {
    const changed = this.#folder === undefined ? undefined : statSync(this.#folder, { throwIfNoEntry: false })
    if (!changed) return []
    if (this.#known?.changed !== changed.mtimeMs)
      this.#known = { changed: changed.mtimeMs, names: this.list().map(({ name }) => name) }
    return this.#known.names
  }

  /** A key, which no log can print; undefined where there is no usable key of that name. */
  read(name: string): KeyObject | undefined {
    if (this.#folder === undefined || !keyName.safeParse(name).success) return undefined
    try {
      const text = readFileSync(path.join(this.#folder, name + extension), 'latin1').trim()
      const bytes = Buffer.from(text, 'base64')
      const isKey = bytes.length === keyBytes && bytes.toString('base64') === text
      return isKey ? createSecretKey(bytes) : undefined
    } catch {
      return undefined
    }
  }

  /**
   * Makes a new key, durable and readable by the owner alone before it has its name.
   * @throws KeyExists when there is one; it is never replaced
   */
  async create(name: string): Promise<KeyEntry> {
    if (this.#folder === undefined) throw new Error('there is no folder for keys')
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const target = path.join(this.#folder, keyName.parse(name) + extension)
    const temporary = path.join(this.#folder, `.${randomUUID()}`)
    try {
      const file = await open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`)
        await file.sync()
      } finally {
        await file.close()
      }
      // A link, unlike a rename, does not replace what is there.
      await link(temporary, target).catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'EEXIST' ? new KeyExists(`the key “${name}” exists`) : error
      })
    } finally {
      await rm(temporary, { force: true })
    }
    const folder = await open(this.#folder, 'r')
    await folder.sync().finally(() => folder.close())
    return { name, createdAt: statSync(target).mtime }
  }
}

function filesIn(folder: string): string[] {
  let entries: Dirent[]
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
  // A link too: secrets are often mounted so.
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
}
