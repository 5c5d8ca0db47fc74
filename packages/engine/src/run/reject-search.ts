import { reasonPattern } from '../problems/index.ts'
import { and, identifier, join, or, type Sql, sql } from '../sql/index.ts'
import type { RejectRow } from './engine.ts'
import type { Session } from './session.ts'

/** Rejects of one run, and what has become of them. */
export interface SearchedRun {
  readonly resultFolder: string
  /** Runs of one flow are counted together. */
  readonly flowId: string
  /** States by places in the run's rejects, from 0, both ends included; what is in none of them is `new`. */
  readonly states: readonly { readonly from: number; readonly to: number; readonly state: string }[]
}

/** What all rejects of a kind have in common. */
export interface RejectReason {
  readonly flowId: string
  readonly nodeId: string
  readonly column: string
  readonly rule: string
}

export interface RejectSearch {
  /** In the order in which their rejects are wanted. */
  readonly runs: readonly SearchedRun[]
  readonly nodeId?: string | undefined
  readonly state?: string | undefined
  readonly reason?: Pick<RejectReason, 'nodeId' | 'column' | 'rule'> | undefined
  /** A text in the value, the reason (in any of its languages) or anywhere in the row, without regard to case. */
  readonly search?: string | undefined
  readonly offset: number
  readonly limit: number
}

export interface FoundReject extends RejectRow {
  /** Index in `runs`. */
  readonly run: number
  /** Place in the run's rejects, from 0. */
  readonly number: number
  readonly state: string
}

export interface FoundRejects {
  readonly rows: readonly FoundReject[]
  readonly total: number
  /** Rejects by state, whatever state is asked for. */
  readonly states: Readonly<Record<string, number>>
  /** The most frequent reasons, whatever reason is asked for. */
  readonly reasons: readonly (RejectReason & { readonly count: number })[]
}

function contains(text: string): Sql {
  const stored = sql`contains(lower(concat_ws(chr(31), "value", reason, "row")), lower(${text}))`
  const told = reasonPattern(text)
  return told === undefined ? stored : or([stored, sql`regexp_matches(reason, ${told}, 'i')`])
}

/** More are not told apart. */
const mostReasons = 50

/** Searches the rejects of many runs; `files` are those of `runs`, in their order. */
export async function searchRejects(
  session: Session,
  files: readonly string[],
  { runs, nodeId, state, reason, search = '', offset, limit }: RejectSearch,
): Promise<FoundRejects> {
  const known = runs.map(({ flowId }, index) => sql`(${index}, ${files[index] ?? ''}, ${flowId})`)
  const states = runs.flatMap((run, index) =>
    run.states.map((range) => sql`(${index}, ${range.from}, ${range.to}, ${range.state})`),
  )
  const [rejects, ranges] = [identifier('all rejects'), identifier('reject states')]
  await session.run(
    sql`CREATE OR REPLACE TEMP TABLE ${ranges} (run INTEGER, first BIGINT, last BIGINT, state VARCHAR)`,
  )
  if (states.length > 0) await session.run(sql`INSERT INTO ${ranges} VALUES ${join(states)}`)
  await session.run(
    sql`CREATE OR REPLACE TEMP VIEW ${rejects} AS SELECT r.* EXCLUDE (filename, file_row_number), known.run AS run, known.flow AS flow, r.file_row_number AS number, coalesce(s.state, 'new') AS state FROM read_parquet([${join(files.map((file) => sql`${file}`))}], filename = true, file_row_number = true) AS r JOIN (VALUES ${join(known)}) AS known(run, path, flow) ON r.filename = known.path LEFT JOIN ${ranges} AS s ON s.run = known.run AND r.file_row_number BETWEEN s.first AND s.last`,
  )
  const text = search.trim()
  const base: readonly Sql[] = [
    ...(nodeId === undefined ? [] : [sql`node = ${nodeId}`]),
    ...(text === '' ? [] : [contains(text)]),
  ]
  const ofReason = reason
    ? [sql`node = ${reason.nodeId} AND "column" = ${reason.column} AND "rule" = ${reason.rule}`]
    : []
  const ofState = state === undefined ? [] : [sql`state = ${state}`]
  const wanted = and([...base, ...ofReason, ...ofState])
  const counted = await session.query(
    sql`SELECT state, CAST(count(*) AS VARCHAR) AS n FROM ${rejects} WHERE ${and([...base, ...ofReason])} GROUP BY state`,
  )
  const reasons = await session.query(
    sql`SELECT flow, node, "column", "rule", CAST(count(*) AS VARCHAR) AS n FROM ${rejects} WHERE ${and([...base, ...ofState])} GROUP BY flow, node, "column", "rule" ORDER BY count(*) DESC, flow, node, "column", "rule" LIMIT ${mostReasons}`,
  )
  const rows = await session.query(
    sql`SELECT * FROM ${rejects} WHERE ${wanted} ORDER BY run, number LIMIT ${limit} OFFSET ${offset}`,
  )
  return {
    rows: rows.map((row) => ({
      ...rejectOf(row),
      run: Number(row['run']),
      number: Number(row['number']),
      state: row['state'] ?? 'new',
    })),
    total: await session.count(sql`SELECT count(*) FROM ${rejects} WHERE ${wanted}`),
    states: Object.fromEntries(counted.map(({ state: name, n }) => [name ?? 'new', Number(n)])),
    reasons: reasons.map((row) => ({
      flowId: row['flow'] ?? '',
      nodeId: row['node'] ?? '',
      column: row['column'] ?? '',
      rule: row['rule'] ?? '',
      count: Number(row['n']),
    })),
  }
}

/** A row of `rejects.parquet`. */
export const rejectOf = (row: Readonly<Record<string, string | null>>): RejectRow => ({
  nodeId: row['node'] ?? '',
  column: row['column'] ?? '',
  value: row['value'] ?? null,
  rule: row['rule'] ?? '',
  reason: row['reason'] ?? '',
  file: row['file'] ?? null,
  line: row['line'] === null || row['line'] === undefined ? null : Number(row['line']),
  row: row['row'] ?? '',
})
