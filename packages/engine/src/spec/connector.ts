import { z } from 'zod'
import { type Column, typeName } from '../model/column.ts'
import type { Label } from '../model/label.ts'
import type { Sql, Value } from '../sql/sql.ts'
import { field } from './field.ts'

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

/** What connectors may use of the engine while a flow is inferred, previewed or run. */
export interface ConnectorContext {
  /** Runs SQL in this work's DuckDB; rows as plain objects, every cell as text or null. */
  query(statement: Sql): Promise<Record<string, string | null>[]>
  /** Runs SQL; returns the number of rows changed or written. */
  execute(statement: Sql): Promise<number>
  /** Real path of a file that a setting names (see run/file-area.ts). Throws a located problem. */
  resolveInput(path: string): Promise<string>
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

/** What the error of `strictSelect` says. */
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
   * for its values, and nothing needs to be counted.
   */
  readonly strictSelect?: Sql
  /**
   * The rows that could not be read, called after `select` has been read to its end (readers report
   * structural faults only then). `provenFit`: the strict pass succeeded, so only structural faults
   * are left to report. A SELECT of `__mr_file`, `__mr_line`, `__mr_row` VARCHAR (the row as it
   * stands in the source) and `__mr_faults` (see Compiled.rejects).
   */
  rejects?(provenFit: boolean): Promise<Sql>
}

export interface SourceRuntime<Schema extends z.ZodObject = z.ZodObject> {
  detect(context: ConnectorContext, settings: z.infer<Schema>): Promise<Detection>
  open(context: ConnectorContext, settings: z.infer<Schema>): Promise<OpenedSource>
}

/** What a target hands over between `prepare` and `commit`; plain JSON, stored before `commit`. */
export type Token = Readonly<Record<string, string | number | boolean | null>>

export interface OutputDescription {
  /** As in the settings: a path of the Files area, a table … */
  readonly name: string
  readonly rows: number
  readonly bytes: number
}

export interface WriteSession {
  /** Writes all rows of `input` where nobody sees them yet. Returns the rows written. */
  write(input: { relation: Sql; columns: readonly Column[] }): Promise<number>
  /** Makes the written rows durable, still unseen. */
  prepare(): Promise<{ token: Token; output: OutputDescription }>
  /** Undoes `write`; may be called at any time before `prepare` has returned. */
  abort(): Promise<void>
}

export interface TargetRuntime<Schema extends z.ZodObject = z.ZodObject> {
  open(context: ConnectorContext, settings: z.infer<Schema>): Promise<WriteSession>
  /** Makes prepared rows visible at once. Idempotent. Needs no DuckDB. */
  commit(token: Token): Promise<void>
  /** Removes what `prepare` left. Idempotent. */
  abort(token: Token): Promise<void>
}
