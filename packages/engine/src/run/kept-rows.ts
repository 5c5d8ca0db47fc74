import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import { column } from '../model/index.ts'
import { fail, type Problem } from '../problems/index.ts'
import type { ConnectorContext, OpenedSource } from '../spec/index.ts'
import { identifier, join, sql, typeText } from '../sql/index.ts'
import type { RunEvent } from './engine.ts'
import type { Session } from './session.ts'

/**
 * What a failed run leaves of its sources in its result folder, for a run that goes on from there. There are
 * no `rows` where all of them are in files.
 */
export const keptFiles = { rows: 'kept.duckdb', list: 'kept.json' } as const

const keptSource = z.strictObject({
  /** What was asked for; see `askedOf`. */
  asked: z.string(),
  /** Null: its files are read again, as they still are. */
  rows: z.nullable(
    z.strictObject({
      columns: z.array(column),
      /** Those of `columns` that somebody wanted; the others were not read. */
      received: z.array(z.string()),
      count: z.number().int(),
      hasRejects: z.boolean(),
      cursor: z.nullable(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
    }),
  ),
})
const keptSources = z.record(z.string(), keptSource)

/** A source that a run has read. */
export interface ReadSource {
  readonly nodeId: string
  readonly asked: string
  /** Undefined: its files stay where they are. */
  readonly opened: OpenedSource | undefined
  /** The columns that were asked for; undefined: all. */
  readonly wanted: ReadonlySet<string> | undefined
}

const positions = [sql`"__mr_file"`, sql`"__mr_line"`]
const tablesOf = (catalog: string, nodeId: string) => ({
  rows: sql`${identifier(catalog)}.main.${identifier(nodeId)}`,
  rejects: sql`${identifier(catalog)}.main.${identifier(`${nodeId}!`)}`,
})

/**
 * Keeps what these sources gave: in tables of a DuckDB file, which hold every type as it is. Rows that are
 * read in place, from files, are not copied. Nothing is kept unless all of it is.
 */
export async function keepRows(
  session: Session,
  sources: readonly ReadSource[],
  workFolder: string,
  resultFolder: string,
): Promise<void> {
  const catalog = 'rows to keep'
  const temporary = path.join(workFolder, keptFiles.rows)
  const list: z.input<typeof keptSources> = {}
  await mkdir(resultFolder, { recursive: true })
  const isCopied = sources.some(({ opened }) => opened)
  if (isCopied) await session.run(sql`ATTACH ${temporary} AS ${identifier(catalog)}`)
  for (const { nodeId, asked, opened, wanted } of sources)
    list[nodeId] = { asked, rows: opened ? await copyRows(session, catalog, nodeId, opened, wanted) : null }
  if (isCopied) {
    await session.run(sql`DETACH ${identifier(catalog)}`)
    await rename(temporary, path.join(resultFolder, keptFiles.rows))
  }
  // The list comes last: without it, nothing is kept.
  const written = path.join(workFolder, keptFiles.list)
  await writeFile(written, JSON.stringify(list))
  await rename(written, path.join(resultFolder, keptFiles.list))
}

async function copyRows(
  session: Session,
  catalog: string,
  nodeId: string,
  opened: OpenedSource,
  wanted: ReadSource['wanted'],
): Promise<NonNullable<z.input<typeof keptSource>['rows']>> {
  const { rows, rejects } = tablesOf(catalog, nodeId)
  const received = opened.columns.flatMap(({ name }) => (wanted?.has(name) === false ? [] : [name]))
  const select = join([...received.map(identifier), ...positions])
  const count = await session.execute(
    sql`CREATE TABLE ${rows} AS SELECT ${select} FROM (${opened.selectWithPosition})`,
  )
  if (opened.rejects) await session.run(sql`CREATE TABLE ${rejects} AS ${await opened.rejects(false)}`)
  const { columns, cursor = null } = opened
  return { columns: [...columns], received, count, hasRejects: opened.rejects !== undefined, cursor }
}

/** After `keepRows` has failed. */
export async function discardRows(resultFolder: string): Promise<void> {
  for (const name of Object.values(keptFiles)) await rm(path.join(resultFolder, name), { force: true })
}

/** The sources of a run that failed, for the run that goes on from there. */
export class KeptRows {
  static readonly #catalog = 'kept rows'
  readonly #sources: z.output<typeof keptSources>

  private constructor(sources: z.output<typeof keptSources>) {
    this.#sources = sources
  }

  /** @throws ProblemError `run.rowsGone` where the folder does not have them */
  static async open(session: Session, folder: string, workFolder: string): Promise<KeptRows> {
    const list = await readFile(path.join(folder, keptFiles.list), 'utf8').catch(() =>
      fail('run.rowsGone', {}),
    )
    const sources = keptSources.parse(JSON.parse(list))
    if (Object.values(sources).every(({ rows }) => rows === null)) return new KeptRows(sources)
    // DuckDB may read nothing but the work folder.
    const file = path.join(workFolder, 'taken.duckdb')
    await link(path.join(folder, keptFiles.rows), file)
    await session.run(sql`ATTACH ${file} AS ${identifier(KeptRows.#catalog)} (READ_ONLY)`)
    return new KeptRows(sources)
  }

  /**
   * A source as the failed run read it; undefined: it has to be read.
   * @throws ProblemError `run.sourceChanged` where it would read something else now
   */
  source(context: ConnectorContext, asked: string): OpenedSource | undefined {
    const { nodeId } = context
    const kept = this.#sources[nodeId]
    if (!kept) return undefined
    if (kept.asked !== asked) fail('run.sourceChanged', {}, { nodeId })
    if (!kept.rows) return undefined
    const { columns, received, count, hasRejects, cursor } = kept.rows
    const tables = tablesOf(KeptRows.#catalog, nodeId)
    const relation = identifier(`${nodeId} rows`)
    const list = join(columns.map(({ name }) => identifier(name)))
    const known = new Set(received)
    return {
      columns,
      estimatedRows: count,
      select: sql`SELECT ${list} FROM ${relation}`,
      selectWithPosition: sql`SELECT ${join([list, ...positions])} FROM ${relation}`,
      ...(hasRejects && {
        rejects: () =>
          Promise.resolve(
            sql`SELECT "__mr_file", "__mr_line", "__mr_row", "__mr_faults" FROM ${tables.rejects}`,
          ),
      }),
      ...(cursor && { cursor }),
      reception: {
        relation,
        async take(wanted) {
          const missing = columns.find(({ name }) => (wanted?.has(name) ?? true) && !known.has(name))
          if (missing) fail('run.columnNotKept', { column: missing.name }, { nodeId })
          const visible = columns.map(({ name, type }) =>
            known.has(name)
              ? identifier(name)
              : // What is left out by mistake fails, it is never empty.
                sql`CAST(error('millrace: this column was not kept') AS ${typeText(type)}) AS ${identifier(name)}`,
          )
          await context.execute(
            sql`CREATE OR REPLACE TEMP VIEW ${relation} AS SELECT ${join([...visible, ...positions])} FROM ${tables.rows}`,
          )
        },
      },
    }
  }
}

/** That a source's rows are those of a failed run. */
export const takenEvent = (nodeId: string, rows: number): RunEvent => ({
  type: 'log',
  level: 'info',
  nodeId,
  message: {
    en: `Took the ${rows} rows that the failed run had read; the source was not read again.`,
    zh: `沿用失败运行已读取的 ${rows} 行，未再次读取来源。`,
  },
})

/** Why a failed run can only be done again from the start. */
export const notKeptEvent = ({ message: { en, zh } }: Problem): RunEvent => ({
  type: 'log',
  level: 'warning',
  nodeId: null,
  message: {
    en: `What was read could not be kept, so a retry has to begin at the start: ${en}`,
    zh: `已读取的数据未能保留，重试需从头开始：${zh}`,
  },
})
