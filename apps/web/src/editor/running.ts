import type { Backfill, Run } from '@millrace/contract'
import { call } from '../api/client.ts'
import { followRun } from '../api/run-stream.ts'
import { flush } from './autosave.ts'
import { renamesDone } from './columns.ts'
import { detected } from './detection.ts'
import { useDocument } from './document-store.ts'
import { inferred } from './inference.ts'
import { useRun } from './run-store.ts'
import { readPending } from './source-columns.ts'

let leave: (() => void) | undefined

interface StartOptions {
  /** That the parameters are of. */
  readonly environment?: string | undefined
  /** Read everything and write nothing. */
  readonly dry?: boolean
  /** An interval of an incremental source to read once more. */
  readonly backfill?: Backfill
  /** Called with the run once it has ended, unless another one is shown by then. */
  readonly onEnd?: (run: Run) => void
}

/** Waits until what was edited last is read, checked and saved, so that a run can be judged. */
export async function settle(): Promise<void> {
  useRun.setState({ preparing: true })
  try {
    readPending()
    await Promise.all([detected(), renamesDone()])
    await Promise.all([flush(), inferred()])
  } finally {
    useRun.setState({ preparing: false })
  }
}

/**
 * Saves the draft, starts a run of it and follows it to its end. Returns false when the draft
 * could not be saved; throws an ApiError when the server refuses the run.
 */
export async function startRun(
  parameters: Record<string, string>,
  { environment, dry = false, backfill, onEnd }: StartOptions = {},
): Promise<boolean> {
  // Until the run has begun, a second press would start another one.
  useRun.setState({ preparing: true })
  try {
    if (!(await flush())) return false
    const { flowId } = useDocument.getState()
    const started = await call('startRun', {
      params: { id: flowId },
      body: { parameters, environment, dry, backfill },
    })
    useRun.getState().begin(started)
    follow(started.id, onEnd)
  } finally {
    useRun.setState({ preparing: false })
  }
  return true
}

function follow(runId: string, onEnd: StartOptions['onEnd']): void {
  leave?.()
  leave = followRun(runId, {
    take: (event) => useRun.getState().take(event),
    end(run) {
      useRun.getState().finish(run)
      onEnd?.(run)
    },
  })
}

export async function cancelRun(): Promise<void> {
  const { runId } = useRun.getState()
  if (runId) await call('cancelRun', { params: { id: runId } })
}

/** Forgets the run that is shown; a run that still goes on goes on. */
export function closeRun(): void {
  leave?.()
  leave = undefined
  useRun.getState().clear()
}
