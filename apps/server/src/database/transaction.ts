import { setTimeout } from 'node:timers/promises'
import type { Prisma } from '../generated/client.ts'
import type { Database } from './database.ts'

const mostAttempts = 8

/** Two transactions changed the same rows, or both made the same key: the later one sees it when it begins anew. */
const conflicts: ReadonlySet<unknown> = new Set(['P2034', 'P2002'])

const isConflict = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && conflicts.has(error.code)

/**
 * Does `work` as if nothing else went on. PostgreSQL lets transactions go on side by side and refuses the
 * one whose view has become stale, so it may be begun anew: `work` must do nothing outside the database.
 * @throws what `work` throws; the conflict when it does not go away
 */
export async function inTransaction<T>(
  database: Database,
  work: (transaction: Prisma.TransactionClient) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.$transaction(work)
    } catch (error) {
      if (attempt === mostAttempts || !isConflict(error)) throw error
      // Not all at the same moment again.
      await setTimeout(Math.random() * 2 ** attempt * 5)
    }
  }
}
