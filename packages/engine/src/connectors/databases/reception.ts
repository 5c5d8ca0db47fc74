import type { Column } from '../../model/index.ts'
import type { ConnectorContext, OpenedSource } from '../../spec/index.ts'
import { identifier, join, type Sql, sql, typeText } from '../../sql/index.ts'

/** A column of what a system may send. */
interface Receivable extends Column {
  /** Whether every value of it fits, so that nothing is lost by not reading it. */
  readonly alwaysFits: boolean
}

/**
 * The columns that are asked for: those that are wanted, those that tell people which row it is, and those
 * whose values may be rejected, so that a row is rejected whatever of it is wanted. At least one.
 */
export function receivedColumns<T extends Receivable>(
  columns: readonly T[],
  keys: readonly string[],
  wanted: ReadonlySet<string> | undefined,
): readonly T[] {
  if (!wanted) return columns
  const received = columns.filter(
    ({ name, alwaysFits }) => !alwaysFits || keys.includes(name) || wanted.has(name),
  )
  return received.length > 0 ? received : columns.slice(0, 1)
}

/** Makes the relation of all columns over the table of those that were received. */
export async function exposeReceived(
  context: ConnectorContext,
  relation: Sql,
  table: Sql,
  columns: readonly Column[],
  received: readonly Column[],
): Promise<void> {
  const names = new Set(received.map(({ name }) => name))
  const list = columns.map(({ name, type }) =>
    names.has(name)
      ? identifier(name)
      : // What is left out by mistake fails, it is never empty.
        sql`CAST(error('millrace: this column was not read') AS ${typeText(type)}) AS ${identifier(name)}`,
  )
  await context.execute(sql`CREATE OR REPLACE TEMP VIEW ${relation} AS SELECT ${join(list)} FROM ${table}`)
}

export type ReceivingSource = OpenedSource & Required<Pick<OpenedSource, 'reception'>>

/**
 * Opens a source within a session. A run takes its rows later, and the session ends with that; a design
 * wants few of them, and takes them at once. `problemOf` makes a problem of what the system answers.
 */
export async function openReceiving(
  { sample, signal }: ConnectorContext,
  session: { close(): Promise<void> },
  problemOf: (error: unknown) => Error,
  open: () => Promise<ReceivingSource>,
): Promise<OpenedSource> {
  const asking = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      throw problemOf(error)
    }
  }
  let isWanted = false
  try {
    const { reception, ...opened } = await asking(open)
    if (sample !== undefined) {
      if (!opened.obstacles?.length) await asking(() => reception.take(undefined))
      return opened
    }
    isWanted = true
    const take: typeof reception.take = (wanted) =>
      asking(() => reception.take(wanted)).finally(() => session.close())
    return { ...opened, reception: { ...reception, take } }
  } finally {
    if (!isWanted) await session.close()
  }
}
