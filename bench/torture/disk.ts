import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync } from 'node:fs'
import path from 'node:path'

const bytes = 768 * 2 ** 20

/** A small file system of its own, which can be filled to the last byte. */
export class Disk {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Mounts it on a folder. Returns why it cannot: only root may. */
  static mount(folder: string): Disk | string {
    if (process.getuid?.() !== 0) return 'only root may mount a small disk'
    mkdirSync(folder, { recursive: true })
    const parameters = ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder]
    const { status, stderr, error } = spawnSync('mount', parameters, { encoding: 'utf8' })
    return status === 0 ? new Disk(folder) : (error?.message ?? stderr.trim())
  }

  get #ballast(): string {
    return path.join(this.#folder, 'ballast')
  }

  /** Leaves so many bytes free. Throws when it cannot. */
  fill(left: number): void {
    const { bavail, bsize } = statfsSync(this.#folder)
    const length = Math.max(1, bavail * bsize - left)
    const { status, stderr } = spawnSync('fallocate', ['-l', String(length), this.#ballast], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`the disk cannot be filled: ${stderr}`)
  }

  free(): void {
    rmSync(this.#ballast, { force: true })
  }

  unmount(): void {
    spawnSync('umount', ['--lazy', this.#folder])
  }
}
