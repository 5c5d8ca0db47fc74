import type { Run } from '@millrace/contract'
import type { Tab } from './use-place.ts'

const isWritten = (run: Run, nodeId: string): boolean =>
  run.outputs.some((output) => output.nodeId === nodeId)
const isCompared = (run: Run, nodeId: string): boolean =>
  run.changes.some((target) => target.nodeId === nodeId)

/** The tab with the rows that are kept of a node; undefined where none are. */
export function keptAt(run: Run, nodeId: string): Tab | undefined {
  if (isCompared(run, nodeId)) return 'changes'
  const rejected = run.nodes.find((node) => node.nodeId === nodeId)?.ledger?.rejected ?? 0
  if (rejected > 0) return 'rejects'
  return isWritten(run, nodeId) ? 'outputs' : undefined
}

/** The address, within a run's page, of what a target wrote or would write. */
export function placeOfWritten(run: Run, nodeId: string): string | undefined {
  const tab: Tab | undefined = isCompared(run, nodeId)
    ? 'changes'
    : isWritten(run, nodeId)
      ? 'outputs'
      : undefined
  return tab && `?tab=${tab}&node=${encodeURIComponent(nodeId)}`
}
