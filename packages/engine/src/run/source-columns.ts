import { buildGraph } from '../graph/graph.ts'
import { type Bindings, resolveSettings } from '../graph/settings.ts'
import type { Column, Flow, FlowNode } from '../model/index.ts'
import { createProblem, type Problem, ProblemError } from '../problems/index.ts'
import type { ConnectorContext } from '../spec/index.ts'
import type { Connections } from './connections.ts'
import { DesignCache, pending } from './design-cache.ts'
import type { FileArea } from './file-area.ts'
import { sourceRuntime } from './runtimes.ts'
import { stateOf } from './source-state.ts'
import { problemOf } from './system-problems.ts'

type Settings = Readonly<Record<string, unknown>>

export interface SourceColumnsOptions {
  readonly files: FileArea
  readonly connections: Connections
  /** Runs work with a context for the node whose session may read these files. */
  withContext<T>(
    node: FlowNode,
    files: readonly string[],
    work: (context: ConnectorContext) => Promise<T>,
  ): Promise<T>
}

/** The columns of a source as they are known now, and what is wrong with it. */
interface Known {
  readonly columns: readonly Column[]
  readonly problems: readonly Problem[]
}

/** The columns of every source of a flow. Rejects nothing: a source that cannot be read says so when it is asked for. */
export type ColumnsOfSources = ReadonlyMap<string, Known | ProblemError>

/**
 * Columns of sources while a flow is drawn: read once, and again when settings, file or connection
 * change, or after a while where a system has them. All sources of a flow are asked at once.
 */
export class SourceColumns {
  readonly #options: SourceColumnsOptions
  readonly #cache = new DesignCache<Known>({
    holds: 30_000,
    holdsFailure: 3_000,
    patience: 5_000,
  })

  constructor(options: SourceColumnsOptions) {
    this.#options = options
  }

  async read(flow: Flow, bindings: Bindings): Promise<ColumnsOfSources> {
    const sources = buildGraph(flow).nodes.filter(({ kind }) => kind.role === 'source')
    const entries = await Promise.all(
      sources.map(async ({ node, kind }) => {
        const { settings } = resolveSettings(node, kind, bindings)
        return settings ? ([[node.id, await this.#read(node, settings)]] as const) : []
      }),
    )
    return new Map(entries.flat())
  }

  /** A source that cannot be read is a problem, but declared columns hold without it. */
  async #read(node: FlowNode, settings: Settings): Promise<Known | ProblemError> {
    if (node.pinned) return { columns: node.pinned.columns, problems: [] }
    const without = (problem: Problem): Known | ProblemError => {
      const columns = declaredColumns(settings)
      return columns.length > 0 ? { columns, problems: [problem] } : new ProblemError(problem)
    }
    try {
      const { files, connections, withContext } = this.#options
      const state = await stateOf(node, settings, files, connections)
      const known = await this.#cache.get(state.key, () =>
        withContext(node, state.files, async (context) => {
          const opened = await sourceRuntime(node.kind).open(context, settings)
          const { columns, notices = [], obstacles = [] } = opened
          return { columns, problems: [...notices, ...obstacles] }
        }),
      )
      if (known === pending) return without(createProblem('source.slow', {}, { nodeId: node.id }))
      return { ...known, problems: known.problems.map((problem) => at(problem, node.id)) }
    } catch (error) {
      return without(problemOf(error, node.id))
    }
  }
}

/** What was found at one node holds for another with the same settings. */
const at = (problem: Problem, nodeId: string): Problem => ({
  ...problem,
  location: { ...problem.location, nodeId },
})

/** The columns that a source was given, without looking at it. */
function declaredColumns(settings: Settings): Column[] {
  const columns = settings['columns']
  if (!Array.isArray(columns)) return []
  return columns.flatMap((column: { name?: unknown; type?: unknown }) =>
    typeof column.name === 'string' && typeof column.type === 'string'
      ? [{ name: column.name, type: column.type }]
      : [],
  )
}
