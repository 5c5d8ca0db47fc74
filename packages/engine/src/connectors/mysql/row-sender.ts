import type { Fault, Sql } from '../../sql/index.ts'

/** What the server said of a statement that brought rows. */
export interface SentRows {
  readonly bytes: number
  /** Each says at which row of the statement; `SHOW WARNINGS` tells them. */
  readonly warnings: number
  /** Rows that it left out. */
  readonly skipped: number
}

/**
 * A way to bring rows to a table that takes what does not fit with a warning, in place of an error, and
 * leaves rows out whose number is there already.
 */
export interface RowSender {
  /** After the number of the row, what DuckDB writes for it, and in which format of its COPY. */
  readonly cells: readonly Sql[]
  readonly format: Sql
  /** Rows that cannot be sent so. */
  readonly unsendable: readonly Fault[]
  /** Sends the rows of a file, statement by statement, each when it is asked for. */
  send(file: string): AsyncGenerator<SentRows>
}
