import { Popover } from '@mantine/core'
import type { ColumnProfile } from '@millrace/contract'
import { type Column, kindOf } from '@millrace/engine'
import { IconArrowDown, IconArrowUp, IconChevronDown } from '@tabler/icons-react'
import { useText } from '../../../i18n/index.ts'
import { ColumnDetails } from './ColumnDetails.tsx'
import { Distribution } from './Distribution.tsx'
import { isNumeric } from './GridRow.tsx'
import styles from './grid.module.css'
import { KindMark } from './KindMark.tsx'
import { shareOf } from './profile-summary.ts'
import type { RowView } from './use-port-data.ts'
import { useSummary } from './use-summary.ts'

interface ColumnHeaderProps {
  readonly id: string
  readonly column: Column
  readonly index: number
  readonly profile: ColumnProfile | undefined
  readonly rows: number
  readonly start: number
  readonly width: number
  readonly isActive: boolean
  readonly isOpen: boolean
  readonly sort: RowView['sort']
  readonly onSort: ((sort: RowView['sort']) => void) | undefined
  readonly onOpen: (isOpen: boolean) => void
  readonly onResize: (width: number) => void
  readonly onRemove: (() => void) | undefined
}

/** Name, kind and profile of a column at a glance; pressed, it tells all and sorts. */
export function ColumnHeader(props: ColumnHeaderProps) {
  const { column, profile, rows, sort, isOpen, onOpen } = props
  const { t } = useText()
  const summary = useSummary()
  const sorted = sort?.column === column.name ? sort : undefined
  const Sorted = sorted?.descending ? IconArrowDown : IconArrowUp
  const missing = profile ? shareOf(profile.missing, rows) : 0
  const button = (
    <button
      type="button"
      aria-haspopup="dialog"
      className={styles['headerButton']}
      tabIndex={-1}
      title={`${column.name} · ${column.type}`}
      onClick={(event) => {
        event.currentTarget.closest<HTMLElement>('[role=grid]')?.focus({ preventScroll: true })
        onOpen(!isOpen)
      }}
    >
      <span className={styles['headerName']}>
        <KindMark kind={kindOf(column.type)} />
        <span>{column.name}</span>
        {sorted && <Sorted size={13} stroke={2.2} aria-hidden />}
        <IconChevronDown className={styles['more']} size={13} aria-hidden />
      </span>
      {profile && (
        <>
          <span className={styles['headerSummary']}>
            <span>{rows === 0 ? '' : summary(profile, rows)}</span>
            {missing > 0 && missing < 100 && (
              <span className={styles['missing']}>
                {t('editor.profile.missingShare', { share: missing })}
              </span>
            )}
          </span>
          <Distribution profile={profile} rows={rows} height={18} />
        </>
      )}
    </button>
  )
  return (
    <th
      scope="col"
      id={props.id}
      className={styles['header']}
      aria-colindex={props.index + 2}
      aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none'}
      data-number={isNumeric(column.type) || undefined}
      data-active={props.isActive || undefined}
      style={{ left: props.start, width: props.width }}
    >
      {isOpen ? (
        <Popover
          opened
          onChange={onOpen}
          position="bottom-start"
          shadow="lg"
          radius="md"
          withinPortal
          trapFocus
          returnFocus
        >
          <Popover.Target>{button}</Popover.Target>
          <Popover.Dropdown p={0} aria-label={column.name}>
            <ColumnDetails
              column={column}
              profile={profile}
              rows={rows}
              sort={sorted}
              onSort={
                props.onSort &&
                ((next) => {
                  props.onSort?.(next)
                  onOpen(false)
                })
              }
              onRemove={props.onRemove}
              onDone={() => onOpen(false)}
            />
          </Popover.Dropdown>
        </Popover>
      ) : (
        button
      )}
      <span
        className={styles['resizer']}
        aria-hidden
        onPointerDown={(event) => {
          event.preventDefault()
          event.currentTarget.setPointerCapture(event.pointerId)
        }}
        onPointerMove={(event) => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
          const left = event.currentTarget.parentElement?.getBoundingClientRect().left ?? 0
          props.onResize(event.clientX - left)
        }}
      />
    </th>
  )
}
