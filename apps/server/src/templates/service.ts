import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Template } from '@millrace/contract'
import { type Flow, label, parseFlow } from '@millrace/engine'
import { z } from 'zod'
import type { FileService } from '../files/service.ts'
import { thumbnailOf } from '../flow-thumbnail.ts'
import { RequestProblem } from '../http/request-problem.ts'

const templateList = z.array(
  z.object({
    id: z.string(),
    name: label,
    description: label,
    /** File names inside `samples`. */
    flow: z.string(),
    files: z.array(z.string()),
  }),
)
type TemplateEntry = z.infer<typeof templateList>[number]

/** The flows and small data that Millrace brings along. */
export class TemplateService {
  readonly #folder: string
  readonly #files: FileService

  constructor(folder: string, files: FileService) {
    this.#folder = folder
    this.#files = files
  }

  async list(): Promise<Template[]> {
    return Promise.all(
      (await this.#entries()).map(async (entry) => ({
        id: entry.id,
        name: entry.name,
        description: entry.description,
        thumbnail: thumbnailOf(await this.#flow(entry)),
      })),
    )
  }

  /** The template's flow; its data is put into the Files area where it is missing. */
  async begin(id: string): Promise<Flow> {
    const entry = (await this.#entries()).find((candidate) => candidate.id === id)
    if (!entry) throw new RequestProblem('not-found', { detail: `There is no template “${id}”.` })
    for (const name of entry.files) await this.#files.addIfMissing(name, path.join(this.#folder, name))
    return this.#flow(entry)
  }

  async ids(): Promise<string[]> {
    return (await this.#entries()).map(({ id }) => id)
  }

  async #entries(): Promise<TemplateEntry[]> {
    const text = await readFile(path.join(this.#folder, 'templates.json'), 'utf8').catch(() => '[]')
    return templateList.parse(JSON.parse(text))
  }

  async #flow(entry: TemplateEntry): Promise<Flow> {
    return parseFlow(await readFile(path.join(this.#folder, entry.flow), 'utf8'))
  }
}
