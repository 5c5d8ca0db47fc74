import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Column, FlowNode } from '../model/index.ts'
import { ProblemError } from '../problems/index.ts'
import type { ConnectorContext, OpenedSource } from '../spec/index.ts'
import { identifier, join, type Sql, sql } from '../sql/index.ts'
import type { Connections } from './connections.ts'
import type { FileArea } from './file-area.ts'
import { sourceRejectsSelect } from './relations.ts'
import { sourceRuntime } from './runtimes.ts'
import type { Session } from './session.ts'
import { stateOf } from './source-state.ts'
import { problemOf } from './system-problems.ts'

export type Settings = Readonly<Record<string, unknown>>

/** Rows of each source that design works with. */
export const sampleRows = 10_000
/** Samples that are kept; the one used longest ago goes first. */
const capacity = 200

/** The first rows of a source, read once and kept as files. */
export interface SourceSample {
  /** Says which settings and which state of the files it was read from. */
  readonly key: string
  readonly columns: readonly Column[]
  readonly rows: number
  readonly whole: boolean
  readonly takenAt: string
  /** Parquet files with the rows of a port. */
  port(name: 'out' | 'rejects'): Promise<string>
}

export interface SamplesOptions {
  readonly folder: string
  readonly files: FileArea
  readonly connections: Connections
  /** Runs work in a session of its own that may read these files. */
  withSession<T>(
    inputs: readonly string[],
    work: (session: Session, context: (nodeId: string) => ConnectorContext, folder: string) => Promise<T>,
  ): Promise<T>
}

/** Samples of sources, taken once for each state of their files and kept until they are refreshed. */
export class Samples {
  readonly #options: SamplesOptions
  readonly #kept = new Map<string, Promise<SourceSample>>()

  constructor(options: SamplesOptions) {
    this.#options = options
  }

  /** Throws the located problem of a source that cannot be read. */
  async take(node: FlowNode, settings: Settings, refresh: boolean): Promise<SourceSample> {
    const { files, key } = await stateOf(node, settings, this.#options.files, this.#options.connections)
    const kept = refresh ? undefined : this.#kept.get(key)
    this.#kept.delete(key)
    const sample = kept ?? this.#read(node, settings, files, key)
    this.#kept.set(key, sample)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > capacity && oldest !== undefined) this.#kept.delete(oldest)
    // What could not be read is tried again the next time.
    sample.catch(() => this.#kept.delete(key))
    return sample
  }

  async #read(
    node: FlowNode,
    settings: Settings,
    files: readonly string[],
    key: string,
  ): Promise<SourceSample> {
    const takenAt = new Date().toISOString()
    const name = `${key.slice(0, 24)}-${Date.parse(takenAt)}`
    const { columns, rows } = await this.#write(node, settings, files, `${name}-out.parquet`, (opened) => {
      const list = join(opened.columns.map((column) => identifier(column.name)))
      return sql`SELECT ${list} FROM (${opened.select}) LIMIT ${sampleRows}`
    })
    let rejects: Promise<string> | undefined
    return {
      key: `${key} ${takenAt}`,
      columns,
      rows,
      whole: rows < sampleRows,
      takenAt,
      port: async (port) => {
        if (port === 'out') return path.join(this.#options.folder, `${name}-out.parquet`)
        rejects ??= this.#write(node, settings, files, `${name}-rejects.parquet`, async (opened) => {
          // Structural faults are known once the rows have been read.
          const found = opened.rejects ? await opened.rejects(false) : undefined
          return sql`SELECT * FROM (${sourceRejectsSelect(found)}) LIMIT ${sampleRows}`
        }).then(() => path.join(this.#options.folder, `${name}-rejects.parquet`))
        return rejects
      },
    }
  }

  async #write(
    node: FlowNode,
    settings: Settings,
    files: readonly string[],
    name: string,
    select: (opened: OpenedSource) => Sql | Promise<Sql>,
  ): Promise<{ columns: readonly Column[]; rows: number }> {
    return this.#options.withSession(files, async (session, context, folder) => {
      const isRejects = name.endsWith('-rejects.parquet')
      const opened = await sourceRuntime(node.kind)
        .open(context(node.id), settings)
        .catch((error: unknown) => {
          throw new ProblemError(problemOf(error, node.id))
        })
      const [obstacle] = opened.obstacles ?? []
      if (obstacle) throw new ProblemError(obstacle)
      if (isRejects) await session.run(sql`SELECT count(*) FROM (${opened.select}) AS rows_read`)
      const temporary = path.join(folder, name)
      const rows = await session.execute(sql`COPY (${await select(opened)}) TO ${temporary} (FORMAT parquet)`)
      await mkdir(this.#options.folder, { recursive: true })
      await rename(temporary, path.join(this.#options.folder, name))
      return { columns: opened.columns, rows }
    })
  }

  async clear(): Promise<void> {
    this.#kept.clear()
    await rm(this.#options.folder, { recursive: true, force: true })
  }
}
