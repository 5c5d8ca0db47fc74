import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Golden, GoldenOutcome } from '@millrace/contract'
import { type Flow, type GoldenFile, type GoldenTest, goldenTest } from '@millrace/engine'
import type { Engine } from '@millrace/engine/runtime'
import type { Database } from '../database/database.ts'
import { comparedRows } from '../design/service.ts'
import { attachment } from '../http/attachment.ts'
import { RequestProblem } from '../http/request-problem.ts'
import type { Handlers } from '../http/routing.ts'
import { newId } from '../identifier.ts'

type Stored = Awaited<ReturnType<Database['golden']['findMany']>>[number]

const goldenOf = ({ id, name, nodeId, port, rows, author, createdAt }: Stored): Golden => ({
  id,
  name,
  nodeId,
  port,
  rows,
  author,
  createdAt: createdAt.toISOString(),
})

/** Golden tests of flows: what they are called in the database, their rows as files of the data folder. */
export class GoldenService {
  readonly #database: Database
  readonly #engine: Engine
  readonly #folder: string

  constructor(database: Database, engine: Engine, folder: string) {
    this.#database = database
    this.#engine = engine
    this.#folder = folder
  }

  /** By name. @throws RequestProblem `not-found` for a flow that is not there. */
  async list(flowId: string): Promise<Golden[]> {
    return (await this.#find(flowId)).map(goldenOf)
  }

  /** Computes the rows of a port and keeps them. @throws RequestProblem `golden-exists`, `not-found`; ProblemError */
  async create(
    flowId: string,
    request: {
      flow: Flow
      name: string
      nodeId: string
      port: string
      parameters: Record<string, string>
      ordered: boolean
      author: string
    },
  ): Promise<Golden> {
    const { author, ...asked } = request
    const existing = await this.#find(flowId)
    if (existing.some(({ name }) => name === asked.name)) throw new RequestProblem('golden-exists')
    const test = await this.#engine.captureGolden(asked)
    const id = newId()
    await this.#write(id, test)
    const { name, nodeId, port } = asked
    const data = { id, flowId, name, nodeId, port, rows: test.expected.rows.length, author }
    return goldenOf(await this.#database.golden.create({ data: { ...data, createdAt: new Date() } }))
  }

  /** Expects from now on what the flow computes. @throws RequestProblem `not-found`; ProblemError */
  async accept(flowId: string, id: string, flow: Flow, author: string): Promise<Golden> {
    await this.#mustExist(flowId, id)
    const known = await this.#read(id)
    const { name, nodeId, port, parameters, ordered } = known
    const kept = { name, nodeId, port, parameters, ordered }
    const test = await this.#engine.captureGolden({ flow, ...kept, basis: known })
    await this.#write(id, test)
    return goldenOf(
      await this.#database.golden.update({
        where: { id },
        data: { rows: test.expected.rows.length, author, createdAt: new Date() },
      }),
    )
  }

  /** @throws RequestProblem `not-found` */
  async delete(flowId: string, id: string): Promise<void> {
    await this.#mustExist(flowId, id)
    await this.#database.golden.delete({ where: { id } })
    await rm(this.#fileOf(id), { force: true })
  }

  /** Runs every test of a flow against a state of it. */
  async test(flowId: string, flow: Flow): Promise<GoldenOutcome[]> {
    const stored = await this.#find(flowId)
    const tests = await Promise.all(stored.map(({ id }) => this.#read(id)))
    const outcomes = await this.#engine.testGoldens(flow, tests)
    return outcomes.flatMap(({ ordered, passed, comparison, problems }, index): GoldenOutcome[] => {
      const id = stored[index]?.id
      if (id === undefined) return []
      const compared = comparison && { ...comparison, ...comparedRows(comparison) }
      return [{ id, ordered, passed, comparison: compared, problems: [...problems] }]
    })
  }

  /** All tests of a flow as one file, as the command line takes it. */
  async file(flowId: string): Promise<GoldenFile> {
    const stored = await this.#find(flowId)
    const tests = await Promise.all(stored.map(({ id }) => this.#read(id)))
    return { format: 'millrace.golden', version: 1, tests }
  }

  /** Does what deletes a flow, and removes the rows of its tests with it. */
  async deletingFlow(flowId: string, remove: () => Promise<void>): Promise<void> {
    const tests = await this.#database.golden.findMany({ where: { flowId }, select: { id: true } })
    await remove()
    for (const { id } of tests) await rm(this.#fileOf(id), { force: true })
  }

  /** Removes files that a crash left without their tests; only while nothing else goes on. */
  async sweep(): Promise<void> {
    const known = new Set(
      (await this.#database.golden.findMany({ select: { id: true } })).map(({ id }) => id),
    )
    for (const name of await readdir(this.#folder).catch(() => []))
      if (!known.has(path.parse(name).name)) await rm(path.join(this.#folder, name), { force: true })
  }

  /** Ids are our own; they never come from a request without being found in the database first. */
  #fileOf(id: string): string {
    return path.join(this.#folder, `${id}.json`)
  }

  async #read(id: string): Promise<GoldenTest> {
    return goldenTest.parse(JSON.parse(await readFile(this.#fileOf(id), 'utf8')))
  }

  async #write(id: string, test: GoldenTest): Promise<void> {
    await mkdir(this.#folder, { recursive: true })
    const beside = `${this.#fileOf(id)}.new`
    await writeFile(beside, JSON.stringify(test))
    await rename(beside, this.#fileOf(id))
  }

  async #find(flowId: string): Promise<Stored[]> {
    if ((await this.#database.flow.count({ where: { id: flowId } })) === 0)
      throw new RequestProblem('not-found')
    return this.#database.golden.findMany({ where: { flowId }, orderBy: { name: 'asc' } })
  }

  async #mustExist(flowId: string, id: string): Promise<void> {
    if ((await this.#database.golden.count({ where: { flowId, id } })) === 0)
      throw new RequestProblem('not-found')
  }
}

export const goldenRoutes = (goldens: GoldenService) =>
  ({
    listGoldens: ({ params }) => goldens.list(params.id),
    createGolden: ({ params, body }) => goldens.create(params.id, body),
    acceptGolden: ({ params, body }) => goldens.accept(params.id, params.golden, body.flow, body.author),
    async deleteGolden({ params }) {
      await goldens.delete(params.id, params.golden)
      return undefined
    },
    testGoldens: ({ params, body }) => goldens.test(params.id, body.flow),
    async downloadGoldens({ params, response }) {
      response
        .set('Content-Disposition', attachment('flow.golden.json'))
        .type('application/json')
        .send(`${JSON.stringify(await goldens.file(params.id))}\n`)
      return undefined
    },
  }) satisfies Partial<Handlers>
