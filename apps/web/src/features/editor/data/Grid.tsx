import type { ColumnProfile } from '@millrace/contract'
import type { Column } from '@millrace/engine'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useText } from '../../../i18n/index.ts'
import { ColumnHeader } from './ColumnHeader.tsx'
import { columnWidth } from './cell-text.ts'
import { GridRow, type GridRowActions } from './GridRow.tsx'
import styles from './grid.module.css'
import { type Cell, type GridKeys, keyHandler } from './grid-keys.ts'
import { shareOf } from './profile-summary.ts'
import type { RowView } from './use-port-data.ts'
import { useSummary } from './use-summary.ts'

export const headerHeight = 64
export const rowHeight = 26
const numberWidth = 52
const widthsSeen = 40
const none: readonly string[] = []

export interface GridRowData {
  readonly cells: readonly (string | null)[]
  /** Names of the columns whose value was changed here. */
  readonly changed: readonly string[]
}

/** What makes a grid editable. */
export interface GridEditing {
  setCell(row: number, column: number, value: string | null): void
  removeRow(row: number): void
  removeColumn(name: string): void
}

interface GridProps {
  readonly label: string
  readonly columns: readonly Column[]
  readonly rowCount: number
  /** Undefined while the row is still being fetched. */
  readonly rowAt: (index: number) => GridRowData | undefined
  readonly profile: readonly ColumnProfile[]
  /** Rows at the port that the profile is about. */
  readonly profiled: number
  readonly search: string
  readonly sort?: RowView['sort']
  readonly onSort?: (sort: RowView['sort']) => void
  readonly onRange?: (first: number, last: number) => void
  readonly editing?: GridEditing | undefined
  /** When this changes, the grid starts from its first row again. */
  readonly startOver: string
  /** Shown instead of rows where there are none. */
  readonly empty: ReactNode
}

/**
 * Rows and columns of which only those in view are drawn. One stop for Tab; inside, the arrow keys move the
 * cell, the header being the row above the first.
 */
export function Grid(props: GridProps) {
  const {
    label,
    columns,
    rowCount,
    rowAt,
    profile,
    profiled,
    search,
    sort,
    onSort,
    onRange,
    editing,
    startOver,
  } = props
  const { t } = useText()
  const summary = useSummary()
  const headline = (found: ColumnProfile, rows: number) =>
    found.missing > 0
      ? `${summary(found, rows)}  ${t('editor.profile.missingShare', { share: shareOf(found.missing, rows) })}`
      : summary(found, rows)
  const id = useId()
  const box = useRef<HTMLTableElement>(null)
  const [active, setActive] = useState<Cell>()
  const [edited, setEdited] = useState<{ readonly text: string | undefined }>()
  const [opened, setOpened] = useState<Cell>()
  const [resized, setResized] = useState<ReadonlyMap<string, number>>(new Map())

  // Widths follow the columns; they must not jump about when rows are sorted or searched.
  const signature = `${rowCount > 0} ${profile.length > 0} ${columns.map(({ name, type }) => `${name} ${type}`).join()}`
  const [natural, setNatural] = useState<{ readonly of: string; readonly widths: readonly number[] }>()
  if (natural?.of !== signature && (natural === undefined || rowCount > 0))
    setNatural({
      of: signature,
      widths: columns.map((column, index) => {
        const found = profile.find(({ name }) => name === column.name)
        const rows = Array.from(
          { length: Math.min(widthsSeen, rowCount) },
          (_, row) => rowAt(row)?.cells[index] ?? null,
        )
        return columnWidth(column.name, rows, found ? headline(found, profiled) : '')
      }),
    })
  const widths = useMemo(
    () => columns.map(({ name }, index) => resized.get(name) ?? natural?.widths[index] ?? 120),
    [columns, natural, resized],
  )
  // A column of another width is another item, so that its size is taken anew.
  const columnKey = useCallback(
    (index: number) => `${columns[index]?.name} ${widths[index]}`,
    [columns, widths],
  )

  const down = useVirtualizer({
    count: rowCount,
    getScrollElement: () => box.current,
    useFlushSync: false,
    estimateSize: () => rowHeight,
    overscan: 8,
    paddingStart: headerHeight,
    scrollPaddingStart: headerHeight,
  })
  const across = useVirtualizer({
    useFlushSync: false,
    horizontal: true,
    count: columns.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => widths[index] ?? 120,
    getItemKey: columnKey,
    overscan: 2,
    paddingStart: numberWidth,
    scrollPaddingStart: numberWidth,
  })
  const begun = useRef(startOver)
  useEffect(() => {
    if (begun.current === startOver) return
    begun.current = startOver
    down.scrollToOffset(0)
  }, [startOver, down])

  const rows = down.getVirtualItems()
  const shown = across.getVirtualItems()
  const first = rows[0]?.index ?? 0
  const last = rows.at(-1)?.index ?? 0
  useEffect(() => onRange?.(first, last), [first, last, onRange])

  const go = (cell: Cell) => {
    setActive(cell)
    setOpened(undefined)
    setEdited(undefined)
    if (cell.row >= 0) down.scrollToIndex(cell.row)
    across.scrollToIndex(cell.column)
  }
  const commit = (text: string) => {
    if (active && editing) editing.setCell(active.row, active.column, text)
    setEdited(undefined)
    box.current?.focus()
  }
  const keys: GridKeys = {
    rows: rowCount,
    columns: columns.length,
    page: Math.max(1, Math.floor(((box.current?.clientHeight ?? 300) - headerHeight) / rowHeight)),
    active,
    isEditing: edited !== undefined,
    go,
    textAt: ({ row, column }) => (row < 0 ? columns[column]?.name : rowAt(row)?.cells[column]),
    open: setOpened,
    widen: (column, by) => resize(column, (widths[column] ?? 120) + by),
    ...(editing && {
      edit: (text: string | undefined) => setEdited({ text }),
      clear: (cell: Cell) => editing.setCell(cell.row, cell.column, null),
      removeRow: (row: number) => editing.removeRow(row),
    }),
  }
  const resize = (column: number, width: number) =>
    setResized((known) => new Map(known).set(columns[column]?.name ?? '', Math.min(800, Math.max(56, width))))

  const rowActions: GridRowActions = {
    activate: (row, column) => go({ row, column }),
    open: (row, column) => {
      setActive({ row, column })
      if (editing) setEdited({ text: undefined })
      else setOpened({ row, column })
    },
    close: () => setOpened(undefined),
    commit,
    cancel: () => {
      setEdited(undefined)
      box.current?.focus()
    },
    remove: (row) => editing?.removeRow(row),
  }
  // Rows that stay in view while others come are not drawn again: what they are given stays the same.
  const latest = useRef(rowActions)
  useEffect(() => {
    latest.current = rowActions
  })
  const stable = useMemo(
    (): GridRowActions => ({
      activate: (row, column) => latest.current.activate(row, column),
      open: (row, column) => latest.current.open(row, column),
      close: () => latest.current.close(),
      commit: (text) => latest.current.commit(text),
      cancel: () => latest.current.cancel(),
      remove: (row) => latest.current.remove(row),
    }),
    [],
  )

  const cellId = (row: number, column: number) => `${id}-${row}-${column}`
  const width = Math.max(across.getTotalSize(), numberWidth)
  return (
    <div className={styles['frame']}>
      <table
        ref={box}
        className={styles['scroll']}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells are moved through is a grid
        role="grid"
        aria-label={label}
        aria-rowcount={rowCount + 1}
        aria-colcount={columns.length + 1}
        aria-readonly={!editing}
        aria-activedescendant={active && cellId(active.row, active.column)}
        tabIndex={0}
        onFocus={(event) => {
          if (event.target === box.current && !active && columns.length > 0) setActive({ row: -1, column: 0 })
        }}
        onKeyDown={(event) => {
          if (event.target === box.current) keyHandler(keys, event)
        }}
      >
        <thead className={styles['head']} style={{ height: headerHeight, width }}>
          <tr aria-rowindex={1}>
            <th scope="col" className={styles['corner']} aria-colindex={1} style={{ width: numberWidth }}>
              <span className="visually-hidden">{t('editor.data.rowNumber')}</span>
            </th>
            {shown.map(({ index, start, size }) => {
              const column = columns[index]
              if (!column) return null
              return (
                <ColumnHeader
                  key={column.name}
                  id={cellId(-1, index)}
                  column={column}
                  index={index}
                  profile={profile.find(({ name }) => name === column.name)}
                  rows={profiled}
                  start={start}
                  width={size}
                  isActive={active?.row === -1 && active.column === index}
                  isOpen={opened?.row === -1 && opened.column === index}
                  sort={sort}
                  onSort={onSort}
                  onOpen={(isOpen) => {
                    setActive({ row: -1, column: index })
                    setOpened(isOpen ? { row: -1, column: index } : undefined)
                  }}
                  onResize={(next) => resize(index, next)}
                  onRemove={
                    editing && columns.length > 1 ? () => editing.removeColumn(column.name) : undefined
                  }
                />
              )
            })}
          </tr>
        </thead>
        <tbody className={styles['sizer']} style={{ width, height: down.getTotalSize() - headerHeight }}>
          {rows.map(({ index, start }) => {
            const row = rowAt(index)
            return (
              <GridRow
                key={index}
                id={id}
                index={index}
                start={start - headerHeight}
                width={width}
                columns={columns}
                shown={shown}
                cells={row?.cells}
                changed={row?.changed ?? none}
                search={search}
                active={active?.row === index ? active.column : undefined}
                opened={opened?.row === index ? opened.column : undefined}
                edited={active?.row === index ? edited : undefined}
                isEditable={editing !== undefined}
                actions={stable}
              />
            )
          })}
        </tbody>
      </table>
      {rowCount === 0 && <div className={styles['empty']}>{props.empty}</div>}
    </div>
  )
}
