import type { Bindings } from '../graph/settings.ts'
import type { Flow, FlowNode } from '../model/index.ts'
import type { ConnectorContext } from '../spec/index.ts'
import type { RunEvent } from './engine.ts'
import type { Replay } from './replay-source.ts'
import type { Session } from './session.ts'
import type { SourceState } from './source-state.ts'
import type { HoldDecision, VolumeViolation } from './volume.ts'

/** What a run inside an engine process is given. */
export interface ExecutionOptions {
  readonly flow: Flow
  readonly bindings: Bindings
  readonly session: Session
  readonly workFolder: string
  readonly resultFolder: string
  readonly signal: AbortSignal
  /** Read everything and write nothing. */
  readonly dry: boolean
  /** Digests of an approved dry run, by target; where one no longer holds, nothing is written. */
  readonly approved: Readonly<Record<string, string>> | undefined
  /** Rows that one source of the flow gives instead of what it reads. */
  readonly replay: (Pick<Replay, 'columns' | 'rows'> & { readonly sourceId: string }) | undefined
  readonly usualRows: Readonly<Record<string, number>>
  /** The result folder of a failed run whose sources are taken as it read them. */
  readonly resumes: string | undefined
  /** What a source asks for. */
  asked(node: FlowNode, settings: Readonly<Record<string, unknown>>): Promise<SourceState>
  onHold(violations: readonly VolumeViolation[]): Promise<HoldDecision>
  context(nodeId: string): ConnectorContext
  onEvent(event: RunEvent): void
}
