import { setTimeout } from 'node:timers/promises'
import type { FlowNode } from '../model/index.ts'
import { isPassing } from '../problems/index.ts'
import type { RunEvent } from './engine.ts'
import { problemOf } from './system-problems.ts'

/** No wait between attempts is longer, in seconds. */
const longestWait = 300

/** Seconds before a retry, the first of which is 1. */
export const waitBefore = (retry: number, backOffSeconds: number): number =>
  Math.min(longestWait, backOffSeconds * 2 ** (retry - 1))

/**
 * Does the work of a node in its system, again after each fault that passes as often as its policy says.
 * `work` must undo what an earlier attempt has left. Rejects with what the last attempt met, and at once
 * with the signal's reason when it aborts during a wait.
 */
export async function inAttempts<Result>(
  { id, retry }: Pick<FlowNode, 'id' | 'retry'>,
  signal: AbortSignal,
  onEvent: (event: RunEvent) => void,
  work: (attempt: number) => Promise<Result>,
): Promise<Result> {
  const attempts = 1 + (retry?.times ?? 0)
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      signal.throwIfAborted()
      const problem = problemOf(error, id)
      if (attempt >= attempts || !isPassing(problem)) throw error
      const waitSeconds = waitBefore(attempt, retry?.backOffSeconds ?? 0)
      onEvent({ type: 'retry', nodeId: id, attempt: attempt + 1, attempts, waitSeconds, problem })
      await setTimeout(waitSeconds * 1000, undefined, { signal })
    }
  }
}
