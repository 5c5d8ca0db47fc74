import { isFinal } from '@millrace/engine'
import type { Request, Response } from 'express'
import type { NumberedEvent } from './live-run.ts'
import type { RunService } from './service.ts'

/** Proxies close connections that are silent for longer, in ms. */
const heartbeat = 15_000
/** Bytes that a client may lag behind; it comes back and is told what it missed. */
const mostBuffered = 4 * 2 ** 20

/**
 * Sends the events of a run as server-sent events, from after `Last-Event-ID` on, and closes once the
 * run has ended. A client that has seen the end already is told to stay away (204).
 */
export async function streamEvents(
  runs: RunService,
  id: string,
  request: Request,
  response: Response,
): Promise<void> {
  const last = Number(request.get('Last-Event-ID') ?? 0)
  const after = Number.isSafeInteger(last) && last > 0 ? last : 0
  const early: NumberedEvent[] = []
  let deliver = (event: NumberedEvent): void => {
    early.push(event)
  }
  const unsubscribe = await runs.follow(id, after, (event) => deliver(event))
  if (!unsubscribe && early.length === 0) {
    response.status(204).end()
    return
  }
  response.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Accel-Buffering': 'no',
  })
  response.flushHeaders()
  response.write('retry: 1000\n\n')
  const timer = setInterval(() => response.write(': still here\n\n'), heartbeat)
  const stop = () => {
    clearInterval(timer)
    unsubscribe?.()
  }
  response.once('close', stop)
  deliver = ({ sequence, event }) => {
    if (response.writableLength > mostBuffered) {
      response.destroy()
      return
    }
    response.write(`id: ${sequence}\ndata: ${JSON.stringify(event)}\n\n`)
    if (event.type === 'status' && isFinal(event.status)) {
      stop()
      response.end()
    }
  }
  for (const event of early) deliver(event)
  if (!unsubscribe) response.end()
}
