import type { ConnectorName } from '../connectors/index.ts'
import { connectorRuntimes } from '../connectors/runtime.ts'
import { nodeKinds } from '../graph/kinds.ts'
import type { ConnectionMaintenance, ConnectionRuntime, SourceRuntime, TargetRuntime } from '../spec/index.ts'

interface Runtime {
  readonly connection?: ConnectionRuntime
  readonly maintenance?: ConnectionMaintenance
  readonly source?: SourceRuntime
  readonly target?: TargetRuntime
}

// Settings have been parsed with the schema of the very connector that gets them (graph/settings.ts).
const runtimes = connectorRuntimes as unknown as Readonly<Record<ConnectorName, Runtime>>

function runtimeOf(kindName: string): Runtime {
  const kind = nodeKinds.get(kindName)
  if (!kind || kind.role === 'operator') throw new Error(`no connector has the kind ${kindName}`)
  const runtime = runtimes[kind.connector.name as ConnectorName]
  if (!runtime) throw new Error(`the connector ${kind.connector.name} is not registered`)
  return runtime
}

/** What can be asked of the systems of a connector; undefined where it takes no connections. */
export const connectionRuntime = (connector: string): ConnectionRuntime | undefined =>
  Object.hasOwn(runtimes, connector) ? runtimes[connector as ConnectorName]?.connection : undefined

/** What is done to the systems of a connector between runs; undefined where there is nothing to do. */
export const connectionMaintenance = (connector: string): ConnectionMaintenance | undefined =>
  Object.hasOwn(runtimes, connector) ? runtimes[connector as ConnectorName]?.maintenance : undefined

/** What reads the source nodes of a kind. */
export function sourceRuntime(kind: string): SourceRuntime {
  const { source } = runtimeOf(kind)
  if (!source) throw new Error(`${kind} cannot be read`)
  return source
}

/** What writes the target nodes of a kind. */
export function targetRuntime(kind: string): TargetRuntime {
  const { target } = runtimeOf(kind)
  if (!target) throw new Error(`${kind} cannot be written`)
  return target
}
