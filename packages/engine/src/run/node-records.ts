import type { FlowNode } from '../model/index.ts'
import type { Problem } from '../problems/index.ts'
import type { RunEvent } from './engine.ts'
import type { NodeLedger, NodeState } from './ledger.ts'

export interface NodeRecord {
  readonly state: NodeState
  readonly startedAt: string | null
  readonly endedAt: string | null
  readonly ledger: NodeLedger | null
  readonly problem: Problem | null
}

/** How each node of a run stands; every change of state is told. */
export class NodeRecords {
  readonly #records: Map<string, NodeRecord>
  readonly #onEvent: (event: RunEvent) => void

  constructor(nodes: readonly FlowNode[], onEvent: (event: RunEvent) => void) {
    const fresh = { startedAt: null, endedAt: null, ledger: null, problem: null }
    this.#records = new Map(
      nodes.map(({ id, disabled }) => [id, { ...fresh, state: disabled ? 'skipped' : 'waiting' }]),
    )
    this.#onEvent = onEvent
  }

  begin(ids: readonly string[]): void {
    for (const id of ids)
      if (this.#records.get(id)?.state === 'waiting')
        this.#change(id, { state: 'running', startedAt: new Date().toISOString() })
  }

  end(ids: readonly string[]): void {
    for (const id of ids)
      if (this.#records.get(id)?.state === 'running')
        this.#change(id, { state: 'succeeded', endedAt: new Date().toISOString() })
  }

  /** Marks the node that a problem stands at as failed; the first of its problems stays with it. */
  blame(problem: Problem): void {
    const id = problem.location.nodeId ?? ''
    const record = this.#records.get(id)
    if (record)
      this.#change(id, {
        state: 'failed',
        endedAt: new Date().toISOString(),
        problem: record.problem ?? problem,
      })
  }

  /** Nothing goes on any more: what was running is cancelled. */
  cancelRunning(): void {
    for (const [id, { state }] of this.#records)
      if (state === 'running') this.#change(id, { state: 'cancelled', endedAt: new Date().toISOString() })
  }

  enterLedgers(ledgers: readonly NodeLedger[]): void {
    for (const ledger of ledgers) {
      const record = this.#records.get(ledger.nodeId)
      if (record) this.#records.set(ledger.nodeId, { ...record, ledger })
      this.#onEvent({ type: 'ledger', ledger })
    }
  }

  all(): ({ readonly nodeId: string } & NodeRecord)[] {
    return [...this.#records].map(([nodeId, record]) => ({ nodeId, ...record }))
  }

  #change(nodeId: string, change: Partial<NodeRecord> & Pick<NodeRecord, 'state'>): void {
    const record = this.#records.get(nodeId)
    if (!record) return
    const changed = { ...record, ...change }
    this.#records.set(nodeId, changed)
    this.#onEvent({ type: 'node', nodeId, state: changed.state, problem: changed.problem })
  }
}
