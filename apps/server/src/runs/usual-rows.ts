import { type NodeLedger, nodeKinds, parseFlow } from '@millrace/engine'
import type { RunRepository, StoredRun } from './repository.ts'

/** Recent runs that count. */
const recentRuns = 5

/** A node as a run has left it. */
interface CountedNode {
  readonly nodeId: string
  readonly kind: string
  readonly ledger: NodeLedger | null
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** Rows that a node gave, or that arrived at a target: the same that a volume guard counts. */
function rowsOf({ kind, ledger }: CountedNode): number | undefined {
  if (!ledger) return undefined
  if (nodeKinds.get(kind)?.role === 'target') return sum(Object.values(ledger.in))
  return sum(Object.entries(ledger.out).flatMap(([port, rows]) => (port === 'rejects' ? [] : [rows])))
}

/** Between two in the middle, their mean, rounded down. */
function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
  return Math.floor((lower + upper) / 2)
}

/** The median of the rows of every node over recent runs; nodes that none of them counted are left out. */
export function usualRows(nodes: readonly CountedNode[]): Record<string, number> {
  const counted = new Map<string, number[]>()
  for (const node of nodes) {
    const rows = rowsOf(node)
    if (rows !== undefined) counted.set(node.nodeId, [...(counted.get(node.nodeId) ?? []), rows])
  }
  return Object.fromEntries([...counted].map(([nodeId, rows]) => [nodeId, median(rows)]))
}

/** What the volume guards of a run compare with, where it has any that do. */
export async function usualRowsFor(
  { flow, flowId }: StoredRun,
  repository: RunRepository,
): Promise<Record<string, number>> {
  const isCompared = parseFlow(flow).nodes.some(({ guard }) => guard?.tolerance !== undefined)
  return isCompared ? usualRows(await repository.recentNodes(flowId, recentRuns)) : {}
}
