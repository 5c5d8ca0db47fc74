import { z } from 'zod'
import { type Column, typeName } from '../model/column.ts'
import type { Label } from '../model/label.ts'
import type { Problem } from '../problems/problem.ts'
import type { Sql, Value } from '../sql/sql.ts'
import type { ConnectionSpec, FileAccess } from './connection.ts'
import { field } from './field.ts'
import type { Input } from './operator.ts'
import type { WriteMode } from './write-mode.ts'

export const guarantees = ['exactly-once', 'idempotent', 'at-least-once'] as const
export type Guarantee = (typeof guarantees)[number]

/** One end of a connector, as the palette, the forms and the reference see it. Browser-safe. */
export interface EndSpec<Schema extends z.ZodObject = z.ZodObject> {
  /** `csv.source`, `csv.target`. */
  readonly kind: string
  readonly label: Label
  readonly summary: Label
  readonly settings: Schema
  readonly describe: (settings: z.infer<Schema>) => Label
}

export interface SourceSpec<Schema extends z.ZodObject = z.ZodObject> extends EndSpec<Schema> {
  /** Whether a row can fail to be read; gives the node a `rejects` port. */
  readonly rejects: boolean
  /** Settings that reading a file finds out, besides its columns: those of one file are not those of another. */
  readonly finds?: readonly (keyof z.infer<Schema> & string)[]
}

export interface TargetSpec<Schema extends z.ZodObject = z.ZodObject> extends EndSpec<Schema> {
  readonly guarantee: Guarantee
  readonly guaranteeNote: Label
}

export interface ConnectorSpec {
  readonly name: string
  readonly label: Label
  readonly icon: string
  /** File name endings that a dropped file of this kind has, without the dot. */
  readonly extensions: readonly string[]
  /** What it takes to reach the system; its nodes then have a setting `connection`. */
  readonly connection?: ConnectionSpec
  readonly source?: SourceSpec
  readonly target?: TargetSpec
}

export function defineConnector<Spec extends ConnectorSpec>(spec: Spec): Spec {
  return spec
}

export function defineSource<Schema extends z.ZodObject>(spec: SourceSpec<Schema>): SourceSpec<Schema> {
  return spec
}

export function defineTarget<Schema extends z.ZodObject>(spec: TargetSpec<Schema>): TargetSpec<Schema> {
  return spec
}

/** A column of a file source: where it is found there, what it is called and what it becomes. */
export const sourceColumn = z.strictObject({
  /** The name in the flow. */
  name: z.string().min(1),
  type: typeName.default('VARCHAR'),
  /** For dates and times, a strptime format such as `%d/%m/%Y`; empty: ISO. */
  format: z.string().default(''),
  /** The name in the source, where the flow calls the column something else. */
  original: z.string().min(1).optional(),
})
export type SourceColumn = z.infer<typeof sourceColumn>

/** What a column is called in the source itself. */
export const nameInSource = ({ name, original }: SourceColumn): string => original ?? name

/** The `columns` setting of every file source. Empty: detected at each reading. */
export const sourceColumnsField = field(z.array(sourceColumn).default([]), {
  widget: 'sourceColumns',
  label: { en: 'Columns', zh: '列' },
  help: {
    en: 'Found by reading the file. Change a type and what does not fit it is rejected, never emptied.',
    zh: '由系统读取文件识别。可修改类型，不符合类型的值将进入拒绝行，不会被清空。',
  },
})

/** What detection found out about one column, for people to judge. */
export interface ColumnEvidence extends Column {
  readonly format: string
  /** Non-empty values looked at, and how many of them fit the type. */
  readonly examined: number
  readonly fitting: number
  readonly missing: number
  readonly samples: readonly string[]
  /** Why it is not something more specific, e.g. `leading zeros`. */
  readonly reason?: Label
}

export interface Detection {
  /** Settings to take over, `columns` among them. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly evidence: readonly ColumnEvidence[]
  /** Rows that were looked at. */
  readonly sampled: number
}

/** Plain JSON that a connector wrote and will read again. */
export type Token = Readonly<Record<string, string | number | boolean | null>>

/** Part of what an incremental source has, by values of its cursor column as its system writes them; both ends belong to it. */
export interface CursorInterval {
  readonly from: string
  readonly to: string
}

/** What gives connections, with their secrets, to engine work. */
export interface ConnectionAccess {
  /**
   * The settings of a connection, its secrets among them, as its connector's schema gives them.
   * Throws a problem at `connection` when there is none of that id for this connector.
   */
  connection<Schema extends z.ZodObject>(
    connector: { readonly name: string; readonly connection: ConnectionSpec<Schema> },
    id: string,
  ): Promise<z.infer<Schema>>
}

/** What connectors may use of the engine while a flow is inferred, previewed or run. */
export interface ConnectorContext extends ConnectionAccess, FileAccess {
  /** Runs SQL in this work's DuckDB; rows as plain objects, every cell as text or null. */
  query(statement: Sql): Promise<Record<string, string | null>[]>
  /** Runs SQL; returns the number of rows changed or written. */
  execute(statement: Sql): Promise<number>
  /** Real paths of the files a pattern such as `orders-*.csv` matches, sorted; at least one. */
  resolvePattern(pattern: string): Promise<string[]>
  /** Real path to write to; the folder exists afterwards. */
  resolveOutput(path: string): Promise<string>
  /** A private folder of this work, readable and writable by DuckDB. */
  readonly workFolder: string
  /** Unpacked bytes that one input may have. */
  readonly inputLimit: number
  readonly signal: AbortSignal
  /** Rows that are wanted at most (preview), or undefined for all. */
  readonly sample: number | undefined
  /** The node, for problems and for naming tables. */
  readonly nodeId: string
  /** The run, a random UUID; for what a target leaves in a system until it is settled. */
  readonly runId: string
  /** Up to where an incremental source has been read: its last `cursor`; undefined: nothing yet. */
  readonly cursor: Token | undefined
  /** Incremental sources: read just this, whatever `cursor` says, and leave the cursor where it is. */
  readonly interval: CursorInterval | undefined
  /**
   * Makes a table in this work's DuckDB and appends rows to it in bulk. Cells must be of the
   * column's type, or text that DuckDB can cast to it. Returns the number of rows.
   */
  appendRows(
    table: string,
    columns: readonly Column[],
    batches: AsyncIterable<readonly (readonly Value[])[]>,
  ): Promise<number>
  /** Tells the run that so many rows have been read or written so far. */
  progress(rows: number): void
}

/** What the error of `strict` says. */
export const unfitMarker = 'millrace: a value does not fit its column'

/** A source, opened: SQL over data that DuckDB scans in place, or over a table that was filled. */
export interface OpenedSource {
  readonly columns: readonly Column[]
  /** About how many rows there are, to tell how far a run is; undefined when it cannot be told. */
  readonly estimatedRows?: number
  /** A SELECT of exactly `columns`, of the rows that could be read. */
  readonly select: Sql
  /**
   * The same plus `__mr_file` VARCHAR and `__mr_line` BIGINT: the row's place in its file, which
   * `line` turns into what people are told.
   */
  readonly selectWithPosition: Sql
  /**
   * The 1-based line (a row number where a file has no lines) of the place in `__mr_file` and
   * `__mr_line`; may be used once `rejects` has been called. Undefined: the place is the line.
   */
  readonly line?: Sql
  /**
   * Where values are converted: `select` with an assertion in place of its filter. The statement
   * fails with `unfitMarker` as soon as any row, wanted or not, has a value that does not fit its
   * column. A run tries this first: when it succeeds, one pass has proved that nothing was rejected
   * for its values, and nothing needs to be counted. DuckDB merges conditions and may try those around a
   * select before its own, so that a row which they drop is never looked at: `guarded` is for statements
   * in which conditions follow, and keeps them out; `select` is for the others.
   */
  readonly strict?: { readonly select: Sql; readonly guarded: Sql }
  /**
   * Of a system that sends its rows once it is known what is wanted of them. `relation`: what `select`
   * reads; there is none before `take` was called, once, with the names of the columns that are read (the
   * others fail when they are read; undefined: all are).
   */
  readonly reception?: {
    readonly relation: Sql
    take(wanted: ReadonlySet<string> | undefined): Promise<void>
  }
  /**
   * The rows that could not be read, called after `select` has been read to its end (readers report
   * structural faults only then). `provenFit`: the strict pass succeeded, so only structural faults
   * are left to report. A SELECT of `__mr_file`, `__mr_line`, `__mr_row` VARCHAR (the row as it
   * stands in the source) and `__mr_faults` (see Compiled.rejects).
   */
  rejects?(provenFit: boolean): Promise<Sql>
  /** What the author should know, though rows can be read. */
  readonly notices?: readonly Problem[]
  /** While drawing: what keeps rows from being read, though their columns are known. Then there is no `select`. */
  readonly obstacles?: readonly Problem[]
  /** Incremental sources: up to where `select` reads; none where an interval was asked for. Kept once the run has committed. */
  readonly cursor?: Token
}

export interface SourceRuntime<Schema extends z.ZodObject = z.ZodObject> {
  /** `given`: the names of the settings that were not left to their defaults; the others may be found out. */
  detect(context: ConnectorContext, settings: z.infer<Schema>, given: ReadonlySet<string>): Promise<Detection>
  open(context: ConnectorContext, settings: z.infer<Schema>): Promise<OpenedSource>
}

export interface OutputDescription {
  /** As in the settings: a path of the Files area, a table … */
  readonly name: string
  readonly rows: number
  /** Of the file, or as many as were sent. */
  readonly bytes: number
}

/** What became of the rows that a target was given. */
export interface Written {
  /** Rows that were taken, whatever they changed. */
  readonly rows: number
  /** What they did to the rows that were there, as far as the target tells: parts of `rows`, and `deleted`. */
  readonly effects?: {
    readonly inserted?: number
    readonly updated?: number
    readonly unchanged?: number
    readonly deleted?: number
  }
  /** The rows that the system refused, as `Compiled.rejects`; together with `rows` they are the input. */
  readonly rejects?: Sql
}

export interface WriteSession {
  /** Writes all rows of `input` where nobody sees them yet. */
  write(input: Input): Promise<Written>
  /**
   * Makes the written rows durable, still unseen; then `TargetRuntime.commit` of the token makes them
   * visible. `open`: the system can only do so within this session, by its own `commit`; what became of
   * it after a crash is asked by `TargetRuntime.outcome`.
   */
  prepare(): Promise<{
    readonly token: Token
    readonly output: OutputDescription
    readonly open?: boolean
  }>
  /** Where `prepare` said `open`: makes the rows durable and visible at once. */
  commit?(): Promise<void>
  /** Undoes `write`, and `prepare` where it said `open`. */
  abort(): Promise<void>
}

/** What a run would find at a target: for a dry run. */
export interface Standing {
  readonly mode: WriteMode
  /** Columns by which rows are found; empty for `append` and `replace`. */
  readonly keys: readonly string[]
  /** The rows that are there now: those of the input's columns that are there. Undefined: there is nothing yet. */
  readonly rows: Sql | undefined
  /** Of how many of those rows, in percent, a mirror may delete. */
  readonly mirrorCap?: number
}

export interface TargetRuntime<Schema extends z.ZodObject = z.ZodObject> {
  open(context: ConnectorContext, settings: z.infer<Schema>): Promise<WriteSession>
  /** While drawing, and in a dry run: what does not fit between the rows that arrive and what is there. Must be quick. */
  check?(
    context: ConnectorContext,
    settings: z.infer<Schema>,
    columns: readonly Column[],
  ): Promise<readonly Problem[]>
  /** For a dry run; reads only. Undefined: what is there cannot be told row by row. */
  standing?(
    context: ConnectorContext,
    settings: z.infer<Schema>,
    columns: readonly Column[],
  ): Promise<Standing | undefined>
  /** Makes prepared rows visible at once. Idempotent. Needs no DuckDB. */
  commit(token: Token, access: ConnectionAccess): Promise<void>
  /** Removes what `prepare` left. Idempotent. */
  abort(token: Token, access: ConnectionAccess): Promise<void>
  /**
   * Undoes what a run left at this target when it died before its tokens were stored; waits for the
   * run's session there to end. Idempotent.
   */
  abandon?(
    run: { readonly runId: string; readonly nodeId: string },
    settings: z.infer<Schema>,
    access: ConnectionAccess,
  ): Promise<void>
  /** What became of an open session whose process is gone. Rejects when the system cannot tell now. */
  outcome?(token: Token, access: ConnectionAccess): Promise<'committed' | 'aborted'>
}

export interface ConnectorRuntime {
  readonly connection?: unknown
  readonly maintenance?: unknown
  readonly source?: unknown
  readonly target?: unknown
}
