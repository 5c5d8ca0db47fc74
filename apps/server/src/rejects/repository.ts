import type { Database } from '../database/database.ts'
import { inTransaction } from '../database/transaction.ts'
import { type Change, changeRejects } from './transitions.ts'

/** Runs whose rejects are searched; beyond, older ones are left to a filter. */
const mostRuns = 500

export type RejectRepository = ReturnType<typeof createRejectRepository>

/** What became of rejected rows. The rows themselves stay in the files of their runs. */
export const createRejectRepository = (database: Database) => ({
  /** Runs that have rejects to decide on, newest first: those that have committed the rest of their rows. */
  runs: ({ flowId, runId }: { flowId?: string | undefined; runId?: string | undefined }) =>
    database.run.findMany({
      where: {
        rejected: { gt: 0 },
        status: 'succeeded',
        dry: false,
        ...(flowId !== undefined && { flowId }),
        ...(runId !== undefined && { id: runId }),
      },
      orderBy: { number: 'desc' },
      take: mostRuns,
      select: { id: true, flowId: true, flowName: true, queuedAt: true },
    }),

  states: (runIds: readonly string[]) =>
    database.rejectState.findMany({
      where: { runId: { in: [...runIds] }, state: { not: 'new' } },
      orderBy: [{ runId: 'asc' }, { number: 'asc' }],
      select: { runId: true, number: true, state: true },
    }),

  find: (runId: string, number: number) =>
    database.rejectState.findUnique({
      where: { runId_number: { runId, number } },
      include: { history: { orderBy: { id: 'asc' } } },
    }),

  rows: (runId: string, numbers: readonly number[]) =>
    database.rejectState.findMany({ where: { runId, number: { in: [...numbers] } } }),

  replayedBy: (replayId: string) =>
    database.rejectState.findMany({ where: { replayId }, orderBy: { number: 'asc' } }),

  change: (runId: string, numbers: readonly number[], change: Change) =>
    inTransaction(database, (transaction) => changeRejects(transaction, runId, numbers, change)),
})
