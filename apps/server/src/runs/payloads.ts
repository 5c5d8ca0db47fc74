import { mkdirSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { keptFiles } from '@millrace/engine/runtime'

/** The folders in which runs keep rows: rejects, and what else is too large for the database. */
export class Payloads {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
    mkdirSync(root, { recursive: true })
  }

  folder(runId: string): string {
    return path.join(this.#root, runId)
  }

  /** The runs that have a folder, and folders of none. */
  runIds(): Promise<string[]> {
    return readdir(this.#root)
  }

  async hasRejects(runId: string): Promise<boolean> {
    const found = await stat(path.join(this.folder(runId), 'rejects.parquet')).catch(() => undefined)
    return found !== undefined
  }

  async bytes(runId: string): Promise<number> {
    const folder = this.folder(runId)
    const names = await readdir(folder).catch(() => [])
    const sizes = await Promise.all(names.map(async (name) => (await stat(path.join(folder, name))).size))
    return sizes.reduce((sum, size) => sum + size, 0)
  }

  /** Deletes what a run had read of its sources; returns the bytes that this gives back. */
  async dropKept(runId: string): Promise<number> {
    const folder = this.folder(runId)
    let freed = 0
    for (const name of Object.values(keptFiles)) {
      const file = path.join(folder, name)
      freed += await stat(file).then(
        ({ size }) => size,
        () => 0,
      )
      await rm(file, { force: true })
    }
    return freed
  }

  async delete(runIds: readonly string[]): Promise<void> {
    for (const id of runIds) await rm(this.folder(id), { recursive: true, force: true })
  }

  /** Removes folders of runs that are no longer known. A run is known before it has a folder. */
  async sweep(knownIds: () => Promise<ReadonlySet<string>>): Promise<void> {
    const names = await this.runIds()
    const known = await knownIds()
    await this.delete(names.filter((name) => !known.has(name)))
  }
}
