import type { Overview, OverviewSpan } from '@millrace/contract'
import type { Database } from '../database/database.ts'
import { Prisma } from '../generated/client.ts'
import { summaryColumns, summaryOf } from '../runs/records.ts'

/** Runs that are named one by one. */
const most = 10

/** Both count in integers of 64 bits; sums and means of PostgreSQL are decimals. */
type Count = bigint | number | Prisma.Decimal

interface SpanRow {
  readonly span: Count
  readonly succeeded: Count
  readonly failed: Count
  readonly cancelled: Count
  readonly rowsOut: Count
  readonly rejected: Count
  readonly medianMs: Count | null
  readonly longestMs: Count | null
}

const nothing: Omit<OverviewSpan, 'start'> = {
  succeeded: 0,
  failed: 0,
  cancelled: 0,
  rowsOut: 0,
  rejected: 0,
  medianMs: null,
  longestMs: null,
}

const orNull = (value: Count | null): number | null => (value === null ? null : Number(value))

/** What a person wants to know first: counted by the database, however many runs there are. */
export class OverviewService {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** `starts`: ISO 8601, ascending; the last span goes on to now. */
  async read(starts: readonly string[]): Promise<Overview> {
    const [running, queued, active, failing, spans] = await Promise.all([
      this.#database.run.count({ where: { status: 'running' } }),
      this.#database.run.count({ where: { status: 'queued' } }),
      this.#active(),
      this.#failing(),
      this.#spans(starts),
    ])
    const failures = await this.#database.run.findMany({
      where: { number: { in: failing.slice(0, most) } },
      select: summaryColumns,
      orderBy: { number: 'desc' },
    })
    return {
      running,
      queued,
      active: active.map(summaryOf),
      failing: failing.length,
      failures: failures.map(summaryOf),
      spans,
    }
  }

  #active() {
    return this.#database.run.findMany({
      where: { status: { in: ['running', 'queued'] } },
      // Running comes before queued backwards through the alphabet.
      orderBy: [{ status: 'desc' }, { number: 'asc' }],
      take: most,
      select: summaryColumns,
    })
  }

  /** Numbers of the runs, newest first, that failed and are their flow's newest that have ended. */
  async #failing(): Promise<number[]> {
    const rows = await this.#database.$queryRaw<{ number: Count }[]>`
      WITH newest AS (
        SELECT max("number") AS "number" FROM "Run"
        WHERE NOT "dry" AND "status" NOT IN ('queued', 'running') GROUP BY "flowId"
      )
      SELECT "number" FROM "Run" JOIN newest USING ("number") WHERE "status" = 'failed' ORDER BY "number" DESC`
    return rows.map(({ number }) => Number(number))
  }

  async #spans(starts: readonly string[]): Promise<OverviewSpan[]> {
    const [first] = starts
    if (first === undefined) return []
    // The latest that has begun; numbers of our own need not be bound.
    const spans = starts
      .map(
        (start, index) => Prisma.sql`WHEN "queuedAt" >= ${new Date(start)} THEN ${Prisma.raw(String(index))}`,
      )
      .toReversed()
    const rows = await this.#database.$queryRaw<SpanRow[]>`
      WITH ran AS (
        SELECT CASE ${Prisma.join(spans, ' ')} END AS span, "status", "rowsOut", "rejected",
          CASE WHEN "status" = 'succeeded' THEN "durationMs" END AS took
        FROM "Run"
        WHERE NOT "dry" AND "queuedAt" >= ${new Date(first)}
      ),
      placed AS (
        SELECT *,
          row_number() OVER (PARTITION BY span, took IS NULL ORDER BY took) AS place,
          count(took) OVER (PARTITION BY span) AS timed
        FROM ran
      )
      SELECT span,
        count(*) FILTER (WHERE "status" = 'succeeded') AS "succeeded",
        count(*) FILTER (WHERE "status" = 'failed') AS "failed",
        count(*) FILTER (WHERE "status" = 'cancelled') AS "cancelled",
        coalesce(sum("rowsOut") FILTER (WHERE "status" = 'succeeded'), 0) AS "rowsOut",
        coalesce(sum("rejected") FILTER (WHERE "status" = 'succeeded'), 0) AS "rejected",
        avg(took) FILTER (WHERE place IN ((timed + 1) / 2, (timed + 2) / 2)) AS "medianMs",
        max(took) AS "longestMs"
      FROM placed GROUP BY span`
    const found = new Map(rows.map((row) => [Number(row.span), row]))
    return starts.map((start, index) => {
      const row = found.get(index)
      if (!row) return { start, ...nothing }
      return {
        start,
        succeeded: Number(row.succeeded),
        failed: Number(row.failed),
        cancelled: Number(row.cancelled),
        rowsOut: Number(row.rowsOut),
        rejected: Number(row.rejected),
        medianMs: orNull(row.medianMs),
        longestMs: orNull(row.longestMs),
      }
    })
  }
}
