import type { Preview } from '@millrace/contract'
import { type Column, type PinnedRows, sameName, uniqueNames } from '@millrace/engine'

/** So many of the rows that are shown become pinned; enough to draw with, few enough to look through. */
export const pinnedFirst = 50
const longestCell = 20_000
const mostRows = 1000

/** The first rows that are shown, as rows to pin; undefined where there is no column. */
export function pinnedFrom({ columns, rows }: Pick<Preview, 'columns' | 'rows'>): PinnedRows | undefined {
  if (columns.length === 0) return undefined
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: rows
      .slice(0, pinnedFirst)
      .map((row) => columns.map((_, index) => row[index]?.slice(0, longestCell) ?? null)),
  }
}

export function withCell(pinned: PinnedRows, row: number, column: number, value: string | null): PinnedRows {
  const cells = pinned.rows[row]
  if (!cells || cells[column] === undefined || cells[column] === value) return pinned
  return { ...pinned, rows: pinned.rows.with(row, cells.with(column, value?.slice(0, longestCell) ?? null)) }
}

/** A row of missing values after the row given, or at the end. */
export function withRow(pinned: PinnedRows, after = pinned.rows.length - 1): PinnedRows {
  if (pinned.rows.length >= mostRows) return pinned
  return {
    ...pinned,
    rows: pinned.rows.toSpliced(
      after + 1,
      0,
      pinned.columns.map(() => null),
    ),
  }
}

export const withoutRow = (pinned: PinnedRows, row: number): PinnedRows => ({
  ...pinned,
  rows: pinned.rows.filter((_, index) => index !== row),
})

/** A further column, missing in every row; its name is made different from those that are there. */
export function withColumn(pinned: PinnedRows | undefined, column: Column): PinnedRows {
  const columns = pinned?.columns ?? []
  const names = uniqueNames([...columns.map(({ name }) => name), column.name.trim()])
  const name = names.at(-1) ?? column.name
  return {
    columns: [...columns, { name, type: column.type }],
    rows: pinned ? pinned.rows.map((row) => [...row, null]) : [[null]],
  }
}

/** Without a column; the last one stays, since pinned rows have at least one. */
export function withoutColumn(pinned: PinnedRows, name: string): PinnedRows {
  const at = pinned.columns.findIndex((column) => sameName(column.name, name))
  if (at < 0 || pinned.columns.length === 1) return pinned
  return {
    columns: pinned.columns.toSpliced(at, 1),
    rows: pinned.rows.map((row) => row.toSpliced(at, 1)),
  }
}
