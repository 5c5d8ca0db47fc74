import type { RejectEvent, RejectState } from '@millrace/contract'
import type { Prisma } from '../generated/client.ts'
import { RequestProblem } from '../http/request-problem.ts'

export interface Change {
  readonly state: RejectState
  readonly action: RejectEvent['action']
  readonly author: string
  readonly detail?: object
  /** States that the change starts from. */
  readonly from: readonly RejectState[]
  readonly row?: string | null
  readonly replayId?: string
}

/** States from which a row can still go in. */
export const open = ['new', 'mended'] as const satisfies readonly RejectState[]

/**
 * Changes the states of rows of one run and notes who did so, inside of a transaction.
 * @throws RequestProblem `reject-closed` when one of them is in none of the states `from`
 */
export async function changeRejects(
  transaction: Prisma.TransactionClient,
  runId: string,
  numbers: readonly number[],
  { state, action, author, detail = {}, from, row, replayId }: Change,
): Promise<void> {
  const at = new Date()
  const where = { runId, number: { in: [...numbers] } }
  const known = await transaction.rejectState.findMany({ where })
  const isOpen = (current: string) => from.some((one) => one === current)
  const isNewAllowed = isOpen('new') || known.length === numbers.length
  if (!isNewAllowed || !known.every((one) => isOpen(one.state))) throw new RequestProblem('reject-closed')
  const present = new Set(known.map(({ number }) => number))
  const data = { state, updatedAt: at, ...(row !== undefined && { row }), ...(replayId && { replayId }) }
  await transaction.rejectState.updateMany({ where, data })
  await transaction.rejectState.createMany({
    data: numbers.filter((number) => !present.has(number)).map((number) => ({ runId, number, ...data })),
  })
  await transaction.rejectEvent.createMany({
    data: numbers.map((number) => ({ runId, number, at, author, action, detail: JSON.stringify(detail) })),
  })
}

/** When a run that fed rows in again has ended: they are replayed, or what they were before. */
export async function endReplay(
  transaction: Prisma.TransactionClient,
  replayId: string,
  succeeded: boolean,
): Promise<void> {
  const at = new Date()
  const rows = await transaction.rejectState.findMany({ where: { replayId, state: 'replaying' } })
  if (rows.length === 0) return
  const where = { replayId, state: 'replaying' }
  if (succeeded)
    await transaction.rejectState.updateMany({ where, data: { state: 'replayed', updatedAt: at } })
  else {
    const back = { replayId: null, updatedAt: at }
    await transaction.rejectState.updateMany({
      where: { ...where, row: null },
      data: { ...back, state: 'new' },
    })
    await transaction.rejectState.updateMany({ where, data: { ...back, state: 'mended' } })
  }
  await transaction.rejectEvent.createMany({
    data: rows.map(({ runId, number }) => ({
      runId,
      number,
      at,
      author: '',
      action: succeeded ? 'replayed' : 'failed',
      detail: JSON.stringify({ replayId }),
    })),
  })
}
