import type { z } from 'zod'
import type { Column } from '../model/column.ts'
import type { Label } from '../model/label.ts'
import type { Problem } from '../problems/problem.ts'
import { fieldsOf } from './field.ts'

/** What has to be said to reach one system: a form of its own, kept apart from flows. Browser-safe. */
export interface ConnectionSpec<Schema extends z.ZodObject = z.ZodObject> {
  /** Strict; secrets have the widget `secret` and are texts that may be empty. */
  readonly settings: Schema
  /**
   * The settings that say where secrets are sent: host, port, proxy, TLS. When one of them changes,
   * the secrets must be given again.
   */
  readonly boundTo: readonly (keyof z.infer<Schema> & string)[]
  /** What a test tries, in this order; of these, settings may make some needless. */
  readonly steps: readonly ConnectionStep[]
  /** `sales at db.example:5432`; without secrets. */
  readonly describe: (settings: z.infer<Schema>) => Label
}

export function defineConnection<Schema extends z.ZodObject>(
  spec: ConnectionSpec<Schema>,
): ConnectionSpec<Schema> {
  return spec
}

/** The names of the settings that are written only and never shown again. */
export const secretsOf = ({ settings }: Pick<ConnectionSpec, 'settings'>): string[] =>
  fieldsOf(settings)
    .filter(({ meta }) => meta.widget === 'secret')
    .map(({ name }) => name)

/** What can be tried, in this order; the first that fails tells what is wrong. */
export const connectionSteps = ['name', 'file', 'reach', 'tls', 'login', 'database', 'rights'] as const
export type ConnectionStep = (typeof connectionSteps)[number]

/** How far a test of a connection came. */
export interface Diagnosis {
  /** One for each step that was tried; `problem` says what to do where it failed or leaves something to wish. */
  readonly steps: readonly {
    readonly step: ConnectionStep
    readonly ok: boolean
    readonly problem: Problem | null
  }[]
  /** Product and version, as the system calls itself; empty when it was not reached. */
  readonly system: string
  /** From the first step to the last. */
  readonly durationMs: number
}

/** A thing that can be read or written: a schema, a table or view, a topic … */
export interface CatalogEntry {
  readonly name: string
  readonly type: 'schema' | 'table' | 'view'
  /** About how many rows, where the system knows it without counting. */
  readonly rows: number | null
  /** What the system's people wrote about it; empty: nothing. */
  readonly comment: string
}

export interface CatalogColumn extends Column {
  /** The type as the system spells it: `numeric(12,2)`. */
  readonly nativeType: string
  readonly nullable: boolean
  /** Position in the primary key, from 1; null: not part of it. */
  readonly key: number | null
  /** The system fills it where nothing is written: a default, an identity, a generated column. */
  readonly filled: boolean
  readonly comment: string
}

/** What finds the files that settings name. */
export interface FileAccess {
  /** Real path of a file inside the Files area or an allowed folder. Rejects with `file.missing` or `file.notAllowed`. */
  resolveInput(path: string): Promise<string>
}

/** What can be asked of a system outside of flows. Network in Node alone: DuckDB never reaches out. */
export interface ConnectionRuntime<Schema extends z.ZodObject = z.ZodObject> {
  /** Never rejects for what the system answers: that is a step that failed. */
  test(settings: z.infer<Schema>, signal: AbortSignal, files: FileAccess): Promise<Diagnosis>
  /** What lies inside `path`: schemas at `[]`, tables at `[schema]`. Rejects with ProblemError. */
  browse(
    settings: z.infer<Schema>,
    path: readonly string[],
    signal: AbortSignal,
    files: FileAccess,
  ): Promise<readonly CatalogEntry[]>
  /** The columns of one entry, in order. Rejects with ProblemError. */
  columns(
    settings: z.infer<Schema>,
    path: readonly string[],
    signal: AbortSignal,
    files: FileAccess,
  ): Promise<readonly CatalogColumn[]>
}

/** What is done to the tables of a system between runs. */
export interface ConnectionMaintenance<Schema extends z.ZodObject = z.ZodObject> {
  /**
   * Undoes what runs that died have left: prepared transactions that are not `known` (the `gid` of the
   * tokens of unsettled runs) and older, and staging tables that no session uses. Returns how many there were.
   */
  sweep(
    settings: z.infer<Schema>,
    leftovers: { readonly known: ReadonlySet<string>; readonly olderThanSeconds: number },
    signal: AbortSignal,
    files: FileAccess,
  ): Promise<{ readonly transactions: number; readonly tables: number }>
  /** How many rows the last replacement of a table kept; null: none were kept, or there is no such table. */
  previousRows(
    settings: z.infer<Schema>,
    table: string,
    signal: AbortSignal,
    files: FileAccess,
  ): Promise<number | null>
  /**
   * Exchanges the rows of a table with those that the last replacement kept; called again, it takes that
   * back. Returns the number of rows that are back. Rejects with `target.noPrevious` when none were kept.
   */
  restorePrevious(
    settings: z.infer<Schema>,
    table: string,
    signal: AbortSignal,
    files: FileAccess,
  ): Promise<number>
}
