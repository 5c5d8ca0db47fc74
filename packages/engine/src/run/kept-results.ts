import { existsSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { and, sql } from '../sql/index.ts'
import { changeKinds, changesFile } from './changes.ts'
import type { Engine } from './engine.ts'
import { rejectOf, searchRejects } from './reject-search.ts'
import type { Session } from './session.ts'

const rejectsFile = 'rejects.parquet'
const changeRowKind = z.enum(changeKinds).exclude(['same'])

/** Runs work in a session of its own that may read these files. */
type WithSession = <T>(inputs: readonly string[], work: (session: Session) => Promise<T>) => Promise<T>

/** The rows that runs have kept: what they rejected, and what dry runs would change. */
export class KeptResults {
  readonly #withSession: WithSession

  constructor(withSession: WithSession) {
    this.#withSession = withSession
  }

  readChanges: Engine['readChanges'] = async (resultFolder, { nodeId, change, offset, limit }) => {
    const file = path.join(resultFolder, changesFile)
    if (!existsSync(file)) return { rows: [], total: 0 }
    return this.#withSession([file], async (session) => {
      const wanted = and([
        ...(nodeId === undefined ? [] : [sql`node = ${nodeId}`]),
        ...(change === undefined ? [] : [sql`change = ${change}`]),
      ])
      const relation = sql`(SELECT * REPLACE (CAST(to_json(columns) AS VARCHAR) AS columns) FROM read_parquet(${file}) WHERE ${wanted})`
      const rows = await session.query(sql`SELECT * FROM ${relation} LIMIT ${limit} OFFSET ${offset}`)
      return {
        total: await session.count(sql`SELECT count(*) FROM ${relation}`),
        rows: rows.map((row) => ({
          nodeId: row['node'] ?? '',
          change: changeRowKind.parse(row['change']),
          key: row['key'] ?? null,
          before: row['before'] ?? null,
          after: row['after'] ?? null,
          columns: z.array(z.string()).parse(JSON.parse(row['columns'] ?? '[]')),
        })),
      }
    })
  }

  readRejects: Engine['readRejects'] = async (resultFolder, { nodeId, offset, limit }) => {
    const file = path.join(resultFolder, rejectsFile)
    if (!existsSync(file)) return { rows: [], total: 0 }
    return this.#withSession([file], async (session) => {
      const relation = sql`(SELECT * FROM read_parquet(${file}) WHERE ${nodeId === undefined ? sql`true` : sql`node = ${nodeId}`})`
      const rows = await session.query(sql`SELECT * FROM ${relation} LIMIT ${limit} OFFSET ${offset}`)
      return {
        total: await session.count(sql`SELECT count(*) FROM ${relation}`),
        rows: rows.map(rejectOf),
      }
    })
  }

  searchRejects: Engine['searchRejects'] = async (request) => {
    const runs = request.runs
      .map((run) => ({ run, file: path.join(run.resultFolder, rejectsFile) }))
      .filter(({ file }) => existsSync(file))
    if (runs.length === 0) return { rows: [], total: 0, states: {}, reasons: [] }
    const files = runs.map(({ file }) => file)
    const found = await this.#withSession(files, (session) =>
      searchRejects(session, files, { ...request, runs: runs.map(({ run }) => run) }),
    )
    const places = runs.map(({ run }) => request.runs.indexOf(run))
    return { ...found, rows: found.rows.map((row) => ({ ...row, run: places[row.run] ?? -1 })) }
  }
}
