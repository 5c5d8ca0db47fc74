import { runEvent } from '@millrace/contract'
import { isFinal } from '@millrace/engine'
import { call } from '../api/client.ts'
import { flush } from './autosave.ts'
import { detected } from './detection.ts'
import { useDocument } from './document-store.ts'
import { inferred } from './inference.ts'
import { useRun } from './run-store.ts'

let source: EventSource | undefined

/** Waits until what was edited last is read, checked and saved, so that a run can be judged. */
export async function settle(): Promise<void> {
  useRun.setState({ preparing: true })
  try {
    await detected()
    await Promise.all([flush(), inferred()])
  } finally {
    useRun.setState({ preparing: false })
  }
}

/**
 * Saves the draft, starts a run of it and follows it to its end. Returns false when the draft
 * could not be saved; throws an ApiError when the server refuses the run.
 */
export async function startRun(parameters: Record<string, string>): Promise<boolean> {
  if (!(await flush())) return false
  const { flowId } = useDocument.getState()
  const started = await call('startRun', { params: { id: flowId }, body: { parameters } })
  useRun.getState().begin(started)
  follow(started.id)
  return true
}

function follow(runId: string) {
  source?.close()
  const stream = new EventSource(`/api/runs/${runId}/events`)
  source = stream
  let ended = false
  const end = async () => {
    if (ended) return
    ended = true
    stream.close()
    const finished = await call('getRun', { params: { id: runId } })
    if (useRun.getState().runId === runId) useRun.getState().finish(finished)
  }
  stream.onmessage = (message: MessageEvent<string>) => {
    const parsed = runEvent.safeParse(JSON.parse(message.data))
    if (!parsed.success || useRun.getState().runId !== runId) return
    useRun.getState().take(parsed.data)
    if (parsed.data.type === 'status' && isFinal(parsed.data.status)) void end()
  }
  // The browser reconnects by itself; the run may have ended while the line was down.
  stream.onerror = async () => {
    if (ended) return
    try {
      const now = await call('getRun', { params: { id: runId } })
      if (isFinal(now.status)) await end()
    } catch {
      // The server is away: EventSource goes on trying.
    }
  }
}

export async function cancelRun(): Promise<void> {
  const { runId } = useRun.getState()
  if (runId) await call('cancelRun', { params: { id: runId } })
}

/** Forgets the run that is shown; a run that still goes on goes on. */
export function closeRun(): void {
  source?.close()
  source = undefined
  useRun.getState().clear()
}
