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

  /** Leaves about so many bytes free; what others write at the same moment may take them first. */
  fill(left: number): void {
    let complaint = ''
    for (let attempt = 0; attempt < 20; attempt++) {
      const { bavail, bsize } = statfsSync(this.#folder)
      const length = bavail * bsize - left
      if (length <= 0) return
      const { status, stderr } = spawnSync('fallocate', ['-l', String(length), this.#ballast], {
        encoding: 'utf8',
      })
      if (status === 0) return
      complaint = stderr
      this.free()
    }
    throw new Error(`the disk cannot be filled: ${complaint}`)
  }

  free(): void {
    rmSync(this.#ballast, { force: true })
  }

  unmount(): void {
    spawnSync('umount', ['--lazy', this.#folder])
  }
}
