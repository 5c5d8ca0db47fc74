import { fail } from '../../problems/index.ts'
import type { ConnectionMaintenance } from '../../spec/index.ts'
import { placeOf, readTable, type Table } from './catalog.ts'
import { databaseProblem } from './faults.ts'
import { dropForgotten, dropUnused, rollBackUnknown } from './leftovers.ts'
import { newPrefix, previousName } from './plan.ts'
import { type MysqlSession, withSession } from './session.ts'
import type { mysql } from './spec.ts'
import { quoteName, quoteTable } from './text.ts'

async function count(session: MysqlSession, table: string): Promise<number> {
  const [row] = await session.query(`SELECT COUNT(*) AS n FROM ${table}`)
  return Number(row?.['n'] ?? 0)
}

/** Row by row, for what hangs on the table would go away with it. */
async function exchangeRows(
  session: MysqlSession,
  target: Table,
  previous: string,
  exchanged: string,
): Promise<void> {
  const written = target.columns.filter(({ generated }) => !generated)
  const list = written.map(({ name }) => quoteName(name)).join(', ')
  await session.run(`DROP TABLE IF EXISTS ${exchanged}`)
  await session.run(`CREATE TABLE ${exchanged} LIKE ${target.sql}`)
  await session.run('START TRANSACTION')
  await session.run(`INSERT INTO ${exchanged} (${list}) SELECT ${list} FROM ${target.sql}`)
  await session.run(`DELETE FROM ${target.sql}`)
  await session.run(`INSERT INTO ${target.sql} (${list}) SELECT ${list} FROM ${previous}`)
  await session.run('COMMIT')
}

/** Puts the rows of `…__previous` back, and the present ones in their place, so that it can be undone too. */
async function exchange(session: MysqlSession, text: string, database: string): Promise<number> {
  const place = placeOf(text, database)
  const target = place && (await readTable(session, place))
  if (!target) return fail('table.unknown', { table: text })
  const kept = { schema: target.schema, table: previousName(target.table) }
  if (!(await readTable(session, kept))) fail('target.noPrevious', { table: text })
  const previous = quoteTable(kept)
  const exchanged = quoteTable({ schema: target.schema, table: `${newPrefix}exchange` })
  const restored = await count(session, previous)
  if (target.isBound) {
    await exchangeRows(session, target, previous, exchanged)
    await session.run(`DROP TABLE ${previous}`)
    await session.run(`RENAME TABLE ${exchanged} TO ${previous}`)
  } else
    await session.run(
      `RENAME TABLE ${target.sql} TO ${exchanged}, ${previous} TO ${target.sql}, ${exchanged} TO ${previous}`,
    )
  return restored
}

async function countPrevious(session: MysqlSession, text: string, database: string): Promise<number | null> {
  const place = placeOf(text, database)
  const target = place && (await readTable(session, place))
  if (!target) return null
  const kept = { schema: target.schema, table: previousName(target.table) }
  return (await readTable(session, kept)) ? count(session, quoteTable(kept)) : null
}

export const mysqlMaintenance = {
  sweep: (settings, { known, olderThanSeconds }, signal) =>
    withSession(settings, signal, 'write', async (session) => {
      const transactions = await rollBackUnknown(session, known, olderThanSeconds)
      const unused = await dropUnused(session)
      return { transactions, tables: unused + (await dropForgotten(session, known, olderThanSeconds)) }
    }),
  previousRows: (settings, table, signal) =>
    withSession(settings, signal, 'read', (session) =>
      countPrevious(session, table, settings.database).catch((error: unknown) => {
        throw databaseProblem(error, {})
      }),
    ),
  restorePrevious: (settings, table, signal) =>
    withSession(settings, signal, 'write', (session) =>
      exchange(session, table, settings.database).catch((error: unknown) => {
        throw databaseProblem(error, {})
      }),
    ),
} satisfies ConnectionMaintenance<typeof mysql.connection.settings>
