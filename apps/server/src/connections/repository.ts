import type { Database } from '../database/database.ts'
import { inTransaction } from '../database/transaction.ts'

/** What of a connection is stored, besides its secrets. */
export interface ConnectionRecord {
  readonly name: string
  readonly settings: string
}

const whole = { secrets: { orderBy: { field: 'asc' } } } as const

export type ConnectionRepository = ReturnType<typeof createConnectionRepository>
export type StoredConnection = NonNullable<Awaited<ReturnType<ConnectionRepository['find']>>>

export const createConnectionRepository = (database: Database) => ({
  list: () => database.connection.findMany({ include: whole, orderBy: [{ name: 'asc' }, { id: 'asc' }] }),

  /** As of one instant: a secret must not be read beside an address that it was not entered for. */
  find: (id: string) =>
    inTransaction(database, (transaction) =>
      transaction.connection.findUnique({ where: { id }, include: whole }),
    ),

  async ids(): Promise<Set<string>> {
    const found = await database.connection.findMany({ select: { id: true } })
    return new Set(found.map(({ id }) => id))
  },

  async create(
    id: string,
    connector: string,
    record: ConnectionRecord,
    envelopes: ReadonlyMap<string, string | null>,
  ): Promise<void> {
    const at = new Date()
    const secrets = [...envelopes].flatMap(([field, envelope]) =>
      envelope === null ? [] : [{ field, envelope }],
    )
    await database.connection.create({
      data: { id, connector, ...record, createdAt: at, updatedAt: at, secrets: { create: secrets } },
    })
  },

  /**
   * Settings and secrets together, if nobody has changed the settings since they were read: a secret
   * must not come together with an address that it was not entered for.
   * @param envelopes by field; null removes one, what is left out stays
   */
  save: (
    before: { readonly id: string; readonly settings: string },
    record: ConnectionRecord,
    envelopes: ReadonlyMap<string, string | null>,
    keepTest: boolean,
  ): Promise<boolean> =>
    inTransaction(database, async (transaction) => {
      const { count } = await transaction.connection.updateMany({
        where: { id: before.id, settings: before.settings },
        data: { ...record, updatedAt: new Date(), ...(!keepTest && { lastTest: null }) },
      })
      if (count === 0) return false
      for (const [field, envelope] of envelopes) {
        const key = { connectionId: before.id, field }
        if (envelope === null) await transaction.connectionSecret.deleteMany({ where: key })
        else
          await transaction.connectionSecret.upsert({
            where: { connectionId_field: key },
            create: { ...key, envelope },
            update: { envelope },
          })
      }
      return true
    }),

  /** Of these settings only: a test that ends after a change says nothing of what is there now. */
  async keepTest(id: string, settings: string, updatedAt: Date, lastTest: string): Promise<void> {
    await database.connection.updateMany({ where: { id, settings, updatedAt }, data: { lastTest } })
  },

  async delete(id: string): Promise<boolean> {
    const { count } = await database.connection.deleteMany({ where: { id } })
    return count === 1
  },

  secrets: () => database.connectionSecret.findMany(),

  /** Puts one envelope in the place of another; false when that was changed in between. */
  async replaceEnvelope(
    { connectionId, field, envelope }: { connectionId: string; field: string; envelope: string },
    replacement: string,
  ): Promise<boolean> {
    const { count } = await database.connectionSecret.updateMany({
      where: { connectionId, field, envelope },
      data: { envelope: replacement },
    })
    return count === 1
  },
})
