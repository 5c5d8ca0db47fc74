import type { Hold, LogLine, Run, RunEvent } from '@millrace/contract'
import type { NodeLedger, NodeState, Problem, RunStatus } from '@millrace/engine'
import { create } from 'zustand'

/** What is known of one node while a run goes on. */
export interface NodeRun {
  readonly state: NodeState
  /** Rows so far, by output port; `written` for a target. */
  readonly rows: Readonly<Record<string, number>>
  readonly rowsPerSecond: number
  readonly fraction: number | null
  readonly ledger: NodeLedger | null
  readonly problem: Problem | null
  /** It waits to try again, or does. */
  readonly retry: LogLine['retry']
}

const waiting: NodeRun = {
  state: 'waiting',
  rows: {},
  rowsPerSecond: 0,
  fraction: null,
  ledger: null,
  problem: null,
  retry: undefined,
}

interface RunState {
  readonly runId: string | null
  readonly status: RunStatus | null
  /** It writes nothing. */
  readonly dry: boolean
  /** “Run now” was pressed, and what was edited last is being read, checked and saved. */
  readonly preparing: boolean
  readonly problem: Problem | null
  /** Why it waits for a person. */
  readonly hold: Hold | null
  readonly nodes: ReadonlyMap<string, NodeRun>
  /** The finished run as it is stored. */
  readonly result: Run | null
  begin(run: Run): void
  take(event: RunEvent): void
  finish(run: Run): void
  clear(): void
}

/** What one more event makes of the nodes. */
export function withEvent(
  nodes: ReadonlyMap<string, NodeRun>,
  event: RunEvent,
): ReadonlyMap<string, NodeRun> {
  const edit = (id: string, change: Partial<NodeRun>) =>
    new Map(nodes).set(id, { ...(nodes.get(id) ?? waiting), ...change })
  switch (event.type) {
    case 'node':
      return edit(event.nodeId, { state: event.state, problem: event.problem, retry: undefined })
    case 'progress': {
      const { rows, rowsPerSecond, fraction } = event
      return edit(event.nodeId, { rows, rowsPerSecond, fraction })
    }
    case 'ledger':
      return edit(event.ledger.nodeId, { ledger: event.ledger, rows: event.ledger.out })
    case 'log': {
      const { nodeId, retry } = event.line
      return nodeId !== null && retry ? edit(nodeId, { retry }) : nodes
    }
    default:
      return nodes
  }
}

export const nodesOf = (run: Run): ReadonlyMap<string, NodeRun> =>
  new Map(
    run.nodes.map((node) => [
      node.nodeId,
      {
        ...waiting,
        state: node.state,
        ledger: node.ledger,
        problem: node.problem,
        rows: node.ledger?.out ?? {},
      },
    ]),
  )

/** The run that was started from this editor. */
export const useRun = create<RunState>()((set, get) => ({
  runId: null,
  status: null,
  dry: false,
  preparing: false,
  problem: null,
  hold: null,
  nodes: new Map(),
  result: null,
  begin: (run) =>
    set({
      runId: run.id,
      status: run.status,
      dry: run.dry,
      problem: null,
      hold: run.hold,
      nodes: nodesOf(run),
      result: null,
    }),
  take(event) {
    if (event.type === 'hold') set({ hold: event.hold })
    else if (event.type === 'status') set({ status: event.status, problem: event.problem })
    else set({ nodes: withEvent(get().nodes, event) })
  },
  finish: (run) =>
    set({ status: run.status, problem: run.problem, hold: null, nodes: nodesOf(run), result: run }),
  clear: () => set({ runId: null, status: null, problem: null, hold: null, nodes: new Map(), result: null }),
}))
