import type { KeyboardEvent } from 'react'

/** A cell by its place; row −1 is the header. */
export interface Cell {
  readonly row: number
  readonly column: number
}

/** What the keys of a grid act on. Editing is possible where `edit` is there. */
export interface GridKeys {
  readonly rows: number
  readonly columns: number
  /** Rows in view. */
  readonly page: number
  readonly active: Cell | undefined
  readonly isEditing: boolean
  go(cell: Cell): void
  textAt(cell: Cell): string | null | undefined
  open(cell: Cell): void
  widen(column: number, by: number): void
  /** Begins to edit the active cell, with this text instead of its own where one is given. */
  readonly edit?: (text: string | undefined) => void
  readonly clear?: (cell: Cell) => void
  readonly removeRow?: (row: number) => void
}

type Press = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>

/** Where a key leads from a cell; undefined for keys that do not move. */
export function destination(
  { key, ctrlKey, metaKey }: Press,
  { row, column }: Cell,
  { rows, columns, page }: Pick<GridKeys, 'rows' | 'columns' | 'page'>,
): Cell | undefined {
  const far = ctrlKey || metaKey
  const lastRow = rows - 1
  const lastColumn = columns - 1
  const places: Readonly<Record<string, Cell>> = {
    ArrowUp: { row: far ? Math.min(0, lastRow) : row - 1, column },
    ArrowDown: { row: far ? lastRow : row + 1, column },
    ArrowLeft: { row, column: far ? 0 : column - 1 },
    ArrowRight: { row, column: far ? lastColumn : column + 1 },
    PageUp: { row: Math.max(row < 0 ? -1 : 0, row - page), column },
    PageDown: { row: row + page, column },
    Home: { row: far ? Math.min(0, lastRow) : row, column: 0 },
    End: { row: far ? lastRow : row, column: lastColumn },
  }
  const place = Object.hasOwn(places, key) ? places[key] : undefined
  return (
    place && {
      row: Math.max(-1, Math.min(lastRow, place.row)),
      column: Math.max(0, Math.min(lastColumn, place.column)),
    }
  )
}

/** Moves, copies, opens and edits by keys; keys that mean nothing here go on to the editor. */
export function keyHandler(keys: GridKeys, event: KeyboardEvent): void {
  const { active } = keys
  if (!active || keys.isEditing || keys.columns === 0) return
  const used = () => {
    event.preventDefault()
    event.stopPropagation()
  }
  const isModified = event.ctrlKey || event.metaKey
  if (event.altKey) {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return
    used()
    keys.widen(active.column, event.key === 'ArrowLeft' ? -16 : 16)
    return
  }
  const next = destination(event, active, keys)
  if (next) {
    used()
    keys.go(next)
    return
  }
  if (isModified && event.key.toLowerCase() === 'c') {
    // A text that was selected with the mouse is what the person means.
    if (window.getSelection()?.toString()) return
    used()
    void navigator.clipboard.writeText(keys.textAt(active) ?? '')
    return
  }
  if (isModified && event.key === 'Delete' && keys.removeRow && active.row >= 0) {
    used()
    keys.removeRow(active.row)
    return
  }
  if (isModified) return
  if (event.key === 'Enter' || event.key === 'F2') {
    used()
    if (active.row >= 0 && keys.edit) keys.edit(undefined)
    else keys.open(active)
    return
  }
  if (!keys.edit || active.row < 0) return
  if (event.key === 'Delete' || event.key === 'Backspace') {
    used()
    keys.clear?.(active)
    return
  }
  if ([...event.key].length === 1) {
    used()
    keys.edit(event.key)
  }
}
