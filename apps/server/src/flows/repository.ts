import type { Database } from '../database/database.ts'
import { inTransaction } from '../database/transaction.ts'

/** What of a draft is stored, besides ids and times. */
export interface DraftRecord {
  readonly name: string
  readonly description: string
  readonly draft: string
  readonly draftHash: string
  readonly thumbnail: string
}

const summaryColumns = {
  id: true,
  name: true,
  description: true,
  updatedAt: true,
  publishedVersion: true,
  publishedHash: true,
  draftHash: true,
  thumbnail: true,
} as const

export type FlowRepository = ReturnType<typeof createFlowRepository>

export const createFlowRepository = (database: Database) => ({
  list: () => database.flow.findMany({ select: summaryColumns, orderBy: { updatedAt: 'desc' } }),

  find: (id: string) => database.flow.findUnique({ where: { id } }),

  create: (id: string, at: Date, draft: DraftRecord) =>
    database.flow.create({ data: { id, ...draft, revision: 1, createdAt: at, updatedAt: at } }),

  /** Compare and set in one statement; false when the stored revision is another one. */
  async saveDraft(id: string, revision: number, at: Date, draft: DraftRecord): Promise<boolean> {
    const { count } = await database.flow.updateMany({
      where: { id, revision },
      data: { ...draft, revision: { increment: 1 }, updatedAt: at },
    })
    return count === 1
  },

  /** The version and the pointer to it come together or not at all. */
  publish: (
    id: string,
    revision: number,
    version: { version: number; message: string; author: string; content: string; publishedAt: Date },
    hash: string,
  ) =>
    inTransaction(database, async (transaction) => {
      const { count } = await transaction.flow.updateMany({
        where: { id, revision },
        data: { publishedVersion: version.version, publishedHash: hash },
      })
      if (count === 1) await transaction.flowVersion.create({ data: { flowId: id, ...version } })
      return count === 1
    }),

  versions: (flowId: string) =>
    database.flowVersion.findMany({
      where: { flowId },
      select: { version: true, message: true, author: true, publishedAt: true },
      orderBy: { version: 'desc' },
    }),

  version: (flowId: string, version: number) =>
    database.flowVersion.findUnique({ where: { flowId_version: { flowId, version } } }),

  async delete(id: string): Promise<boolean> {
    const { count } = await database.flow.deleteMany({ where: { id } })
    return count === 1
  },
})
