import { csvSource } from './csv/source.ts'
import { csvTarget } from './csv/target.ts'
import type { ConnectorName } from './index.ts'

interface ConnectorRuntime {
  readonly source?: unknown
  readonly target?: unknown
}

/** What reads and writes, by connector. Adding one is a line here; see also `index.ts`. */
export const connectorRuntimes = {
  csv: { source: csvSource, target: csvTarget },
} as const satisfies Readonly<Record<ConnectorName, ConnectorRuntime>>
