import type { Column } from '../model/index.ts'
import type { ConnectorContext, Token } from '../spec/index.ts'
import type { Value } from '../sql/index.ts'
import { type Connections, connectionAccess } from './connections.ts'
import type { Backfill } from './engine.ts'
import type { FileArea } from './file-area.ts'
import type { Session } from './session.ts'

export interface ContextOptions {
  readonly session: Session
  readonly files: FileArea
  readonly connections: Connections
  readonly runId: string
  readonly cursors: Readonly<Record<string, Token>>
  readonly backfill?: Backfill | undefined
  readonly workFolder: string
  readonly inputLimit: number
  readonly signal: AbortSignal
  readonly sample: number | undefined
  progress(nodeId: string, rows: number): void
}

/** What one node's connector sees of the engine. */
export function connectorContext(nodeId: string, options: ContextOptions): ConnectorContext {
  const { session, files, connections, runId, cursors, backfill, workFolder, inputLimit, signal, sample } =
    options
  const location = { nodeId, field: 'path' }
  return {
    ...connectionAccess(connections, { nodeId }),
    nodeId,
    runId,
    cursor: cursors[nodeId],
    interval: backfill?.nodeId === nodeId ? { from: backfill.from, to: backfill.to } : undefined,
    workFolder,
    inputLimit,
    signal,
    sample,
    query: (statement) => session.query(statement),
    execute: (statement) => session.execute(statement),
    appendRows: (
      table: string,
      columns: readonly Column[],
      batches: AsyncIterable<readonly (readonly Value[])[]>,
    ) => session.append(table, columns, batches),
    resolveInput: (path) => files.input(path, location),
    resolvePattern: (pattern) => files.pattern(pattern, location),
    resolveOutput: (path) => files.output(path, location),
    progress: (rows) => options.progress(nodeId, rows),
  }
}
