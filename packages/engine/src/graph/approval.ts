import type { Flow } from '../model/index.ts'
import { createProblem, type Problem } from '../problems/index.ts'
import { nodeKinds } from './kinds.ts'

/** Why a run of this flow may not write without the approval of a dry run; undefined: it may. */
export function missingApproval({ requiresApproval, nodes }: Flow): Problem | undefined {
  if (!requiresApproval) return undefined
  const target = nodes.find(({ kind, disabled }) => !disabled && nodeKinds.get(kind)?.role === 'target')
  return createProblem('run.notApproved', {}, target ? { nodeId: target.id } : {})
}
