import { type Run, type RunEvent, runEvent } from '@millrace/contract'
import { isFinal } from '@millrace/engine'
import { addressOf, call } from './client.ts'

/** How long to wait before a new line is opened when the old one is closed for good, in ms. */
const pause = 1500

interface Listener {
  take(event: RunEvent): void
  /** The run has ended; called once, with the run as it is stored. */
  end(run: Run): void
  /** The line to the server is lost (false) or there again (true). */
  line?(isUp: boolean): void
}

/**
 * Follows a run to its end and returns how to stop following. The browser resumes a broken stream by
 * itself with `Last-Event-ID`; where it gives up (the server was restarted) a new stream is opened and
 * what was told already is passed over. The run is fetched once, when it has ended.
 */
export function followRun(id: string, listener: Listener): () => void {
  let stream: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = 0
  let isOver = false
  const stop = () => {
    isOver = true
    clearTimeout(timer)
    stream?.close()
  }
  const open = () => {
    stream = new EventSource(addressOf('runEvents', { id }))
    stream.onopen = () => listener.line?.(true)
    stream.onmessage = (message: MessageEvent<string>) => {
      const sequence = Number(message.lastEventId)
      if (sequence <= last) return
      last = sequence
      const parsed = runEvent.safeParse(JSON.parse(message.data))
      if (!parsed.success) return
      listener.take(parsed.data)
      if (parsed.data.type === 'status' && isFinal(parsed.data.status)) void check()
    }
    stream.onerror = () => void check()
  }
  const again = () => {
    clearTimeout(timer)
    timer = setTimeout(() => (stream?.readyState === EventSource.CLOSED ? open() : undefined), pause)
  }
  /** The run may have ended while the line was down. */
  const check = async () => {
    try {
      const run = await call('getRun', { params: { id } })
      if (isOver) return
      if (isFinal(run.status)) {
        stop()
        listener.end(run)
        return
      }
    } catch {
      // The server is away.
    }
    if (isOver) return
    if (stream?.readyState !== EventSource.OPEN) listener.line?.(false)
    if (stream?.readyState === EventSource.CLOSED) again()
  }
  open()
  return stop
}
