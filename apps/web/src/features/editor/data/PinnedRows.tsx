import { Button, Popover, Select, TextInput } from '@mantine/core'
import { type Column, type PinnedRows as Pinned, typesOffered } from '@millrace/engine'
import { IconColumnInsertRight, IconPinFilled, IconPinnedOff, IconRowInsertBottom } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useInference } from '../../../editor/inference.ts'
import { useFormat, useText } from '../../../i18n/index.ts'
import styles from './data.module.css'
import { Grid } from './Grid.tsx'
import { ProblemLine } from './ProblemLine.tsx'
import { withCell, withColumn, withoutColumn, withoutRow, withRow } from './pinned-rows.ts'
import { setPinned } from './pinning.ts'
import { type PortAt, usePortData } from './use-port-data.ts'

interface PinnedRowsProps {
  readonly at: PortAt
  readonly pinned: Pinned
  readonly title: string
  readonly head: ReactNode
}

const asTheyAre = { sort: undefined, search: '', changedOnly: false }

/** Rows that stand for a source, to be edited; what is wrong with a value is told by the engine. */
export function PinnedRows({ at, pinned, title, head }: PinnedRowsProps) {
  const { t } = useText()
  const format = useFormat()
  const { first } = usePortData(at, asTheyAre, [])
  const problem = useInference((state) => state.byNode.get(at.nodeId)?.[0])
  const edit = (next: Pinned) =>
    next === pinned || setPinned(at.nodeId, next, { en: 'Edit pinned rows', zh: '编辑固定的行' })
  const isProfiled = first.data !== undefined && !first.isPlaceholderData
  return (
    <>
      <div className={styles['sideHead']}>
        {head}
        <span className={styles['pinMark']} title={t('editor.pin.help')}>
          <IconPinFilled size={13} aria-hidden />
          {t('editor.pin.pinned')}
        </span>
        <span className={styles['figure']} role="status">
          {t('editor.data.rowsAll', { total: format.number(pinned.rows.length) })}
        </span>
        <span className={styles['space']} />
        <button type="button" className={styles['tool']} onClick={() => edit(withRow(pinned))}>
          <IconRowInsertBottom size={14} aria-hidden />
          <span>{t('editor.pin.addRow')}</span>
        </button>
        <AddColumn onAdd={(column) => edit(withColumn(pinned, column))} />
        <button
          type="button"
          className={styles['tool']}
          onClick={() => setPinned(at.nodeId, undefined, { en: 'Unpin rows', zh: '取消固定' })}
        >
          <IconPinnedOff size={14} aria-hidden />
          <span>{t('editor.pin.unpin')}</span>
        </button>
      </div>
      {problem && <ProblemLine problem={problem} />}
      <Grid
        label={title}
        columns={pinned.columns}
        rowCount={pinned.rows.length}
        rowAt={(index) => {
          const cells = pinned.rows[index]
          return cells && { cells, changed: [] }
        }}
        profile={isProfiled ? first.data.profile : []}
        profiled={pinned.rows.length}
        search=""
        editing={{
          setCell: (row, column, value) => edit(withCell(pinned, row, column, value)),
          removeRow: (row) => edit(withoutRow(pinned, row)),
          removeColumn: (name) => edit(withoutColumn(pinned, name)),
        }}
        startOver={at.nodeId}
        empty={
          <>
            <strong>{t('editor.pin.noRows')}</strong>
            {t('editor.pin.noRowsText')}
          </>
        }
      />
      <div className={styles['sample']}>
        <IconPinFilled size={13} aria-hidden />
        <span title={t('editor.pin.keys')}>
          {t('editor.pin.help')} {t('editor.pin.keys')}
        </span>
      </div>
    </>
  )
}

function AddColumn({ onAdd }: { onAdd: (column: Column) => void }) {
  const { t } = useText()
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState('')
  const [type, setType] = useState<string>(typesOffered.text)
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position="bottom-end"
      shadow="md"
      trapFocus
      returnFocus
      withinPortal
    >
      <Popover.Target>
        <button type="button" className={styles['tool']} onClick={() => setOpen(!isOpen)}>
          <IconColumnInsertRight size={14} aria-hidden />
          <span>{t('editor.pin.addColumn')}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('editor.pin.addColumn')}>
        <form
          className={styles['addColumn']}
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim() === '') return
            onAdd({ name: name.trim(), type })
            setName('')
            setOpen(false)
          }}
        >
          <TextInput
            size="xs"
            label={t('editor.pin.columnName')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            size="xs"
            label={t('editor.pin.columnType')}
            allowDeselect={false}
            comboboxProps={{ withinPortal: false }}
            data={Object.entries(typesOffered).map(([kind, value]) => ({
              value,
              label: t(`editor.kind.${kind as keyof typeof typesOffered}`),
            }))}
            value={type}
            onChange={(next) => next !== null && setType(next)}
          />
          <Button type="submit" size="xs" disabled={name.trim() === ''}>
            {t('editor.pin.add')}
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
