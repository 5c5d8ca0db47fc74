import type { InferredNode } from '../graph/infer.ts'
import type { FlowNode } from '../model/index.ts'
import type { Problem } from '../problems/index.ts'
import type { ConnectorContext } from '../spec/index.ts'
import type { Connections } from './connections.ts'
import { DesignCache, pending } from './design-cache.ts'
import { targetRuntime } from './runtimes.ts'
import { problemOf } from './system-problems.ts'

/** Says that a target can only be committed within its own session; matters where there are several. */
const onePhase = 'target.onePhase'

/** What does not fit between the rows that arrive at targets and what is there, while a flow is drawn. */
export class TargetChecks {
  readonly #connections: Connections
  readonly #withContext: <T>(node: FlowNode, work: (context: ConnectorContext) => Promise<T>) => Promise<T>
  readonly #cache = new DesignCache<readonly Problem[]>({
    holds: 30_000,
    holdsFailure: 3_000,
    patience: 2_000,
  })

  constructor(
    connections: Connections,
    withContext: <T>(node: FlowNode, work: (context: ConnectorContext) => Promise<T>) => Promise<T>,
  ) {
    this.#connections = connections
    this.#withContext = withContext
  }

  /** Problems at targets. One that does not answer in time is asked about again with the next edit. */
  async check(nodes: readonly InferredNode[]): Promise<Problem[]> {
    const targets = nodes.filter(({ kind, node }) => kind.role === 'target' && !node.disabled)
    const found = (await Promise.all(targets.map((target) => this.#check(target)))).flat()
    const isAlone = found.filter(({ code }) => code === onePhase).length < 2
    return found.filter(({ code }) => code !== onePhase || !isAlone)
  }

  async #check({ node, settings, inputs }: InferredNode): Promise<readonly Problem[]> {
    const { check } = targetRuntime(node.kind)
    const columns = inputs['in']?.[0]?.columns
    if (!check || !columns) return []
    const id = settings['connection']
    try {
      const connection = typeof id === 'string' ? await this.#connections.find(id) : undefined
      const key = JSON.stringify([node.id, node.kind, settings, columns, connection])
      const problems = await this.#cache.get(key, () =>
        this.#withContext(node, (context) => check(context, settings, columns)),
      )
      return problems === pending
        ? []
        : problems.map((problem) => ({ ...problem, location: { nodeId: node.id, ...problem.location } }))
    } catch (error) {
      return [problemOf(error, node.id)]
    }
  }
}
