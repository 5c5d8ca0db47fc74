import { createProblem, type Problem } from '@millrace/engine'
import type { RunResult } from '@millrace/engine/runtime'
import { nodeOf } from './records.ts'
import type { StoredRun } from './repository.ts'

/** How a run came out, before it is stored. */
export type Outcome = Pick<
  RunResult,
  'status' | 'nodes' | 'outputs' | 'problems' | 'balanced' | 'cursors' | 'changes' | 'kept'
> & {
  readonly durationMs: number | null
}

/** What all runs have in common that have written nothing. */
export const nothingWritten = {
  outputs: [],
  balanced: null,
  cursors: {},
  changes: [],
  kept: false,
} satisfies Partial<Outcome>

/** The nodes of a run as they are stored, in the order of its flow. */
export const nodesOf = ({ nodes }: Pick<StoredRun, 'nodes'>): Outcome['nodes'] =>
  nodes.toSorted((left, right) => left.position - right.position).map(nodeOf)

/** That a run ended without anybody having seen how. */
export const stopped = (detail: string): Problem => createProblem('run.died', { detail })
