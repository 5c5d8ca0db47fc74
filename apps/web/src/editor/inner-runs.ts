import { type Flow, innerId, inputsOfFlow, type NodeState, outputsOfFlow } from '@millrace/engine'
import type { NodeRun } from './run-store.ts'
import { usedBy } from './used-flows.ts'

type Runs = ReadonlyMap<string, NodeRun>

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)

/** The state of several nodes as that of one. */
function stateOf(states: readonly NodeState[]): NodeState {
  const any = (state: NodeState) => states.includes(state)
  if (any('failed')) return 'failed'
  if (any('cancelled')) return 'cancelled'
  const isOver = states.every((state) => state === 'succeeded' || state === 'skipped')
  if (isOver) return 'succeeded'
  return states.every((state) => state === 'waiting') ? 'waiting' : 'running'
}

/** The nodes of a run as those of a drawn flow: what stands for a flow has the sums of the nodes inside. */
export function drawnRuns(flow: Pick<Flow, 'nodes'>, runs: Runs): Runs {
  const drawn = new Map(runs)
  for (const node of flow.nodes) {
    const content = usedBy(node)?.content
    const inside = [...runs].flatMap(([id, run]) => (id.startsWith(innerId(node.id, '')) ? [run] : []))
    if (!content || inside.length === 0) continue
    const ledgers = inside.flatMap(({ ledger }) => ledger ?? [])
    const at = (id: string) => runs.get(innerId(node.id, id))?.ledger
    const entries = (ports: ReturnType<typeof inputsOfFlow>, side: 'in' | 'out') =>
      Object.fromEntries(
        ports.map(({ nodeId, name }) => [name, sum(Object.values(at(nodeId)?.[side] ?? {}))]),
      )
    const out = entries(outputsOfFlow(content), 'out')
    const isCounted = ledgers.length === inside.length
    drawn.set(node.id, {
      state: stateOf(inside.map(({ state }) => state)),
      rows: isCounted ? out : {},
      rowsPerSecond: 0,
      fraction: null,
      retry: inside.find(({ state, retry }) => state === 'running' && retry)?.retry,
      problem: inside.find(({ problem }) => problem)?.problem ?? null,
      ledger: isCounted
        ? {
            nodeId: node.id,
            in: entries(inputsOfFlow(content), 'in'),
            out,
            filtered: sum(ledgers.map(({ filtered }) => filtered)),
            rejected: sum(ledgers.map(({ rejected }) => rejected)),
            terms: {},
            balanced: ledgers.every(({ balanced }) => balanced),
            equation: '',
          }
        : null,
    })
  }
  return drawn
}

/** What lies inside a node of a run: its flow, and how its nodes stand. Undefined: the node stands for no flow. */
export function insideOf(flow: Flow, runs: Runs, nodeId: string): { flow: Flow; runs: Runs } | undefined {
  const content = usedBy(flow.nodes.find(({ id }) => id === nodeId))?.content
  const start = innerId(nodeId, '')
  return (
    content && {
      flow: content,
      runs: new Map(
        [...runs].flatMap(([id, run]) =>
          id.startsWith(start) ? [[id.slice(start.length), run] as const] : [],
        ),
      ),
    }
  )
}
