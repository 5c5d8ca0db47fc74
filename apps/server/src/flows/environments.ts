import type { Environment } from '@millrace/contract'
import { environment } from '@millrace/contract'
import type { Database } from '../database/database.ts'
import { RequestProblem } from '../http/request-problem.ts'
import type { Handlers } from '../http/routing.ts'

const valuesOf = environment.shape.values

/** Named sets of parameter values, one list for each flow. */
export class EnvironmentService {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** By name. @throws RequestProblem `not-found` for a flow that is not there. */
  async list(flowId: string): Promise<Environment[]> {
    await this.#mustExist(flowId)
    const found = await this.#database.environment.findMany({ where: { flowId }, orderBy: { name: 'asc' } })
    return found.map(({ name, values }) => ({ name, values: valuesOf.parse(JSON.parse(values)) }))
  }

  /** @throws RequestProblem `environment-exists`, `not-found` */
  async create(flowId: string, { name, values }: Environment): Promise<Environment> {
    await this.#mustExist(flowId)
    await this.#mustBeFree(flowId, name)
    await this.#database.environment.create({ data: { flowId, name, values: JSON.stringify(values) } })
    return { name, values }
  }

  /** Values and name together. @throws RequestProblem `environment-exists`, `not-found` */
  async save(flowId: string, known: string, { name, values }: Environment): Promise<Environment> {
    if (name !== known) await this.#mustBeFree(flowId, name)
    const { count } = await this.#database.environment.updateMany({
      where: { flowId, name: known },
      data: { name, values: JSON.stringify(values) },
    })
    if (count === 0) throw new RequestProblem('not-found')
    return { name, values }
  }

  /** @throws RequestProblem `not-found` */
  async delete(flowId: string, name: string): Promise<void> {
    const { count } = await this.#database.environment.deleteMany({ where: { flowId, name } })
    if (count === 0) throw new RequestProblem('not-found')
  }

  async #mustExist(flowId: string): Promise<void> {
    if ((await this.#database.flow.count({ where: { id: flowId } })) === 0)
      throw new RequestProblem('not-found')
  }

  async #mustBeFree(flowId: string, name: string): Promise<void> {
    if ((await this.#database.environment.count({ where: { flowId, name } })) > 0)
      throw new RequestProblem('environment-exists')
  }
}

export const environmentRoutes = (environments: EnvironmentService) =>
  ({
    listEnvironments: ({ params }) => environments.list(params.id),
    createEnvironment: ({ params, body }) => environments.create(params.id, body),
    saveEnvironment: ({ params, body }) => environments.save(params.id, params.name, body),
    async deleteEnvironment({ params }) {
      await environments.delete(params.id, params.name)
      return undefined
    },
  }) satisfies Partial<Handlers>
