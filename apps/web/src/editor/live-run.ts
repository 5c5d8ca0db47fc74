import type { LogLine, Run, RunEvent } from '@millrace/contract'
import { isFinal } from '@millrace/engine'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { followRun } from '../api/run-stream.ts'
import { type NodeRun, nodesOf, withEvent } from './run-store.ts'

interface Live {
  readonly run: Run
  readonly nodes: ReadonlyMap<string, NodeRun>
  /** Lines that came while the run was watched; the stored log has them all. */
  readonly log: readonly LogLine[]
  readonly isConnected: boolean
}

const shown = (run: Run): Live => ({ run, nodes: nodesOf(run), log: [], isConnected: true })

/** What one more event makes of a run that is watched. */
export function withRunEvent(live: Live, event: RunEvent, now: string): Live {
  if (event.type === 'log')
    return { ...live, log: [...live.log, event.line], nodes: withEvent(live.nodes, event) }
  if (event.type === 'hold') return { ...live, run: { ...live.run, hold: event.hold } }
  if (event.type === 'status') {
    const { run } = live
    const startedAt = run.startedAt ?? (event.status === 'running' ? now : null)
    return { ...live, run: { ...run, status: event.status, problem: event.problem, startedAt } }
  }
  const nodes = withEvent(live.nodes, event)
  const run = {
    ...live.run,
    nodes: live.run.nodes.map((node) => {
      const { state, ledger, problem } = nodes.get(node.nodeId) ?? node
      const startedAt = node.startedAt ?? (state === 'running' ? now : null)
      const hasEnded = state !== 'running' && state !== 'waiting'
      return { ...node, state, ledger, problem, startedAt, endedAt: node.endedAt ?? (hasEnded ? now : null) }
    }),
  }
  return { ...live, run, nodes }
}

/** A run as it goes on, told by the server; from its end on as it is stored. */
export function useLiveRun(stored: Run): Live {
  const client = useQueryClient()
  const [live, setLive] = useState(() => shown(stored))
  const { id } = stored
  const isOpen = !isFinal(stored.status)
  useEffect(
    // What the stream has told of an open run is newer than what was fetched.
    () =>
      setLive((before) => (before.run.id === stored.id && !isFinal(stored.status) ? before : shown(stored))),
    [stored],
  )
  useEffect(() => {
    if (!isOpen) return
    return followRun(id, {
      take: (event) => setLive((before) => withRunEvent(before, event, new Date().toISOString())),
      line: (isConnected) => setLive((before) => ({ ...before, isConnected })),
      end(run) {
        client.setQueryData(['run', id], run)
        void client.invalidateQueries({
          queryKey: ['run', id],
          predicate: ({ queryKey }) => queryKey.length > 2,
        })
        void client.invalidateQueries({ queryKey: ['runs'] })
      },
    })
  }, [id, isOpen, client])
  return live
}
