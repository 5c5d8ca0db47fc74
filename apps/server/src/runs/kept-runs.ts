import type { Payloads } from './payloads.ts'
import type { RunRepository } from './repository.ts'

/** What failed runs keep of what they had read, and the disk that it takes. */
export class KeptRuns {
  readonly #repository: RunRepository
  readonly #payloads: Payloads

  constructor(repository: RunRepository, payloads: Payloads) {
    this.#repository = repository
    this.#payloads = payloads
  }

  /** The runs of a flow that keep something, before a run of it ends. */
  of(flowId: string): Promise<readonly { readonly id: string }[]> {
    return this.#repository.keptOf(flowId)
  }

  /** Gives back the disk of those of `before` that the end of a run has overtaken. */
  async dropOvertaken(flowId: string, before: readonly { readonly id: string }[]): Promise<void> {
    const kept = new Set((await this.of(flowId)).map(({ id }) => id))
    for (const { id } of before) if (!kept.has(id)) await this.#drop(id)
  }

  /** When the server starts: gives back the disk of what was given up just before a crash. */
  async sweep(): Promise<void> {
    const folders = new Set(await this.#payloads.runIds())
    for (const { id } of await this.#repository.givenUp()) if (folders.has(id)) await this.#drop(id)
  }

  async #drop(id: string): Promise<void> {
    const bytes = await this.#payloads.dropKept(id)
    if (bytes > 0) await this.#repository.noteFreed(id, bytes)
  }
}
