import { Popover } from '@mantine/core'
import { type Column, kindOf } from '@millrace/engine'
import { IconTrash } from '@tabler/icons-react'
import type { VirtualItem } from '@tanstack/react-virtual'
import { Fragment, memo } from 'react'
import { useFormat, useText } from '../../../i18n/index.ts'
import { cellParts, longestCell } from './cell-text.ts'
import styles from './grid.module.css'

/** What can be done with the cells of a row; the same object as long as the grid is there. */
export interface GridRowActions {
  activate(row: number, column: number): void
  open(row: number, column: number): void
  close(): void
  commit(text: string): void
  cancel(): void
  remove(row: number): void
}

interface GridRowProps {
  /** The beginning of the ids of the grid's cells. */
  readonly id: string
  readonly index: number
  readonly start: number
  readonly width: number
  readonly columns: readonly Column[]
  /** The columns in view. */
  readonly shown: readonly VirtualItem[]
  /** Undefined while they are being fetched. */
  readonly cells: readonly (string | null)[] | undefined
  readonly changed: readonly string[]
  readonly search: string
  /** Columns of the active cell and of the one that is shown in full, when they are in this row. */
  readonly active: number | undefined
  readonly opened: number | undefined
  /** The active cell is being edited, beginning with this text or its own. */
  readonly edited: { readonly text: string | undefined } | undefined
  readonly isEditable: boolean
  readonly actions: GridRowActions
}

export const isNumeric = (type: string) => ['integer', 'decimal', 'float'].includes(kindOf(type))

/** One row of the grid: its number, and those of its cells that are in view. */
export const GridRow = memo(function GridRow(props: GridRowProps) {
  const { index, start, width, columns, shown, cells, changed, active, actions } = props
  const { t } = useText()
  const format = useFormat()
  return (
    <tr
      className={styles['row']}
      aria-rowindex={index + 2}
      data-active={active !== undefined || undefined}
      style={{ transform: `translateY(${start}px)`, width }}
    >
      <th scope="row" className={styles['rowNumber']} aria-colindex={1}>
        {props.isEditable ? (
          <button
            type="button"
            className={styles['removeRow']}
            tabIndex={-1}
            aria-label={t('editor.pin.removeRow', { number: index + 1 })}
            title={t('editor.pin.removeRow', { number: index + 1 })}
            onClick={() => actions.remove(index)}
          >
            <span>{format.number(index + 1)}</span>
            <IconTrash size={13} aria-hidden />
          </button>
        ) : (
          format.number(index + 1)
        )}
      </th>
      {shown.map((item) => {
        const column = columns[item.index]
        if (!column) return null
        const isActive = active === item.index
        const isChanged = changed.includes(column.name)
        const cell = cells?.[item.index]
        return (
          <td
            key={column.name}
            id={`${props.id}-${index}-${item.index}`}
            className={styles['cell']}
            aria-colindex={item.index + 2}
            data-number={isNumeric(column.type) || undefined}
            data-changed={isChanged || undefined}
            data-active={isActive || undefined}
            data-long={(cell && cell.length > longestCell) || undefined}
            title={isChanged ? t('editor.data.cellChanged') : undefined}
            style={{ left: item.start, width: item.size }}
            onMouseDown={(event) => {
              // The grid keeps the focus: its keys act on the cell that was pressed.
              if (isActive && props.edited) return
              event.currentTarget.closest<HTMLElement>('[role=grid]')?.focus({ preventScroll: true })
              actions.activate(index, item.index)
            }}
            onDoubleClick={() => actions.open(index, item.index)}
          >
            {isActive && props.edited ? (
              <CellInput
                label={column.name}
                text={props.edited.text ?? cell ?? ''}
                onCommit={actions.commit}
                onCancel={actions.cancel}
              />
            ) : (
              <CellText cell={cell} search={props.search} />
            )}
            {isChanged && <span className="visually-hidden">{t('editor.data.cellChanged')}</span>}
            {props.opened === item.index && (
              <WholeText name={column.name} type={column.type} text={cell ?? null} onClose={actions.close} />
            )}
          </td>
        )
      })}
    </tr>
  )
})

/** A cell as text; undefined while it is being fetched. */
function CellText({ cell, search }: { cell: string | null | undefined; search: string }) {
  const { t } = useText()
  if (cell === undefined) return <span className={styles['waiting']} />
  if (cell === null) return <span className={styles['null']}>{t('editor.data.null')}</span>
  if (cell === '') return <span className={styles['null']}>{t('editor.data.emptyCell')}</span>
  let place = 0
  return (
    <>
      {cellParts(cell, search).map(({ kind, text }) => {
        place += text.length
        if (kind === 'break')
          return (
            <span key={place} className={styles['break']} aria-hidden>
              ↵
            </span>
          )
        return kind === 'match' ? <mark key={place}>{text}</mark> : <Fragment key={place}>{text}</Fragment>
      })}
    </>
  )
}

interface CellInputProps {
  readonly label: string
  readonly text: string
  readonly onCommit: (text: string) => void
  readonly onCancel: () => void
}

function CellInput({ label, text, onCommit, onCancel }: CellInputProps) {
  return (
    <input
      className={styles['input']}
      aria-label={label}
      defaultValue={text}
      ref={(input) => input?.focus()}
      onBlur={(event) => onCommit(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation()
        // An input method uses Enter and Escape itself.
        if (event.nativeEvent.isComposing) return
        if (event.key === 'Enter' || event.key === 'Tab') {
          event.preventDefault()
          event.currentTarget.blur()
        }
        if (event.key === 'Escape') onCancel()
      }}
    />
  )
}

interface WholeTextProps {
  readonly name: string
  readonly type: string
  readonly text: string | null
  readonly onClose: () => void
}

/** All of a cell's text, to read and to select from. */
function WholeText({ name, type, text, onClose }: WholeTextProps) {
  const { t } = useText()
  return (
    <Popover
      opened
      position="bottom-start"
      shadow="md"
      withinPortal
      trapFocus
      returnFocus
      onChange={(isOpen) => !isOpen && onClose()}
    >
      <Popover.Target>
        <span className={styles['anchor']} />
      </Popover.Target>
      <Popover.Dropdown aria-label={name} className={styles['whole']}>
        <div className={styles['wholeHead']}>
          <strong>{name}</strong> {type}
        </div>
        {/* Long texts are read by scrolling, which must be possible by keys too. */}
        <pre tabIndex={-1} data-autofocus>
          {text ?? t('editor.data.null')}
        </pre>
      </Popover.Dropdown>
    </Popover>
  )
}
