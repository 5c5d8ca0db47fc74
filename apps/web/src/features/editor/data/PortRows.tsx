import { Loader } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { inputKind, nodeKinds } from '@millrace/engine'
import { IconPin } from '@tabler/icons-react'
import { type ReactNode, useCallback, useState } from 'react'
import { useDocument } from '../../../editor/document-store.ts'
import { useInference } from '../../../editor/inference.ts'
import { useFormat, useText } from '../../../i18n/index.ts'
import { ErrorState } from '../../../ui/ErrorState.tsx'
import { ColumnPortContext } from '../columns/ColumnActions.tsx'
import styles from './data.module.css'
import { GoldenButton } from './GoldenButton.tsx'
import { Grid } from './Grid.tsx'
import { PinnedRows } from './PinnedRows.tsx'
import { ProblemLine } from './ProblemLine.tsx'
import { pinnedFirst, pinnedFrom } from './pinned-rows.ts'
import { setPinned } from './pinning.ts'
import { RowTools } from './RowTools.tsx'
import { inOrder, reasonsFirst } from './reject-columns.ts'
import { SampleLine } from './SampleLine.tsx'
import { type PortAt, pageSize, type RowView, usePortData } from './use-port-data.ts'

/** A port to look at; without a place nothing is connected there. */
export interface PortChoice {
  readonly id: string
  readonly text: string
  readonly at: PortAt | undefined
}

interface PortRowsProps {
  readonly title: string
  readonly ports: readonly PortChoice[]
  /** The ports are outputs of the selected node: what changed there did so in this node. */
  readonly isOutput: boolean
}

/** Rows at one of several ports, with the kind and profile of every column. */
export function PortRows({ title, ports, isOutput }: PortRowsProps) {
  const { t } = useText()
  const [chosen, setChosen] = useState('')
  const port = ports.find(({ id }) => id === chosen) ?? ports[0]
  const node = useDocument((state) => state.flow.nodes.find(({ id }) => id === port?.at?.nodeId))
  const head = (
    <>
      <strong>{title}</strong>
      {ports.length > 1 && (
        <div className={styles['ports']} role="tablist" aria-label={title}>
          {ports.map(({ id, text }) => (
            <button
              key={id}
              type="button"
              className={styles['tab']}
              role="tab"
              aria-selected={id === port?.id}
              onClick={() => setChosen(id)}
            >
              {text}
            </button>
          ))}
        </div>
      )}
    </>
  )
  return (
    <section className={styles['side']} aria-label={title}>
      {!port?.at && (
        <>
          <div className={styles['sideHead']}>{head}</div>
          <p className={styles['note']}>{t('editor.data.connect')}</p>
        </>
      )}
      {port?.at &&
        (isOutput && node?.pinned && port.at.port !== 'rejects' ? (
          <PinnedRows key={port.id} at={port.at} pinned={node.pinned} title={title} head={head} />
        ) : (
          <Rows key={port.id} at={port.at} title={title} head={head} isOutput={isOutput} />
        ))}
    </section>
  )
}

interface RowsProps {
  readonly at: PortAt
  readonly title: string
  readonly head: ReactNode
  readonly isOutput: boolean
}

const noPages: readonly number[] = []

function Rows({ at, title, head, isOutput }: RowsProps) {
  const { t } = useText()
  const format = useFormat()
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed.trim(), 200)
  const [wantedSort, setSort] = useState<RowView['sort']>()
  const [changedOnly, setChangedOnly] = useState(false)
  const [pages, setPages] = useState(noPages)
  const isSource = useDocument(({ flow }) => {
    const kind = flow.nodes.find(({ id }) => id === at.nodeId)?.kind
    return kind !== undefined && (kind === inputKind || nodeKinds.get(kind)?.category === 'source')
  })
  const known = useInference((state) => state.ports[at.nodeId]?.[at.port])
  // A column that was sorted by may be gone by now.
  const sort = known?.every(({ name }) => name !== wantedSort?.column) ? undefined : wantedSort
  const onRange = useCallback((first: number, last: number) => {
    const from = Math.floor(first / pageSize)
    const to = Math.floor(last / pageSize)
    setPages((shown) =>
      shown[0] === from && shown.at(-1) === to
        ? shown
        : Array.from({ length: to - from + 1 }, (_, index) => from + index),
    )
  }, [])
  const { first, rowAt, refresh, isRefreshing } = usePortData(at, { sort, search, changedOnly }, pages)
  const isPinnable = isSource && isOutput && at.port !== 'rejects'
  const data = first.data
  if (!data)
    return (
      <>
        <div className={styles['sideHead']}>{head}</div>
        <div className={styles['note']} role="status">
          {first.isError ? (
            <ErrorState error={first.error} onRetry={() => void first.refetch()} />
          ) : (
            <>
              <Loader size="sm" />
              {t('editor.data.loading')}
            </>
          )}
        </div>
      </>
    )
  const { total, matching, problems } = data
  const places = at.port === 'rejects' ? reasonsFirst(data.columns) : undefined
  const columns = places ? inOrder(data.columns, places) : data.columns
  const pinned = pinnedFrom(data)
  const pinButton = isPinnable && (
    <button
      type="button"
      className={styles['tool']}
      title={t('editor.pin.pinHelp', { rows: pinnedFirst })}
      onClick={() =>
        setPinned(at.nodeId, pinned ?? { columns: [{ name: 'id', type: 'BIGINT' }], rows: [[null]] }, {
          en: 'Pin rows',
          zh: '固定行',
        })
      }
    >
      <IconPin size={14} aria-hidden />
      <span>{t(pinned ? 'editor.pin.pin' : 'editor.pin.byHand')}</span>
    </button>
  )
  if (columns.length === 0)
    return (
      <>
        <div className={styles['sideHead']}>{head}</div>
        <div className={styles['note']}>
          <strong>{t('editor.data.blocked')}</strong>
          {problems[0] && <ProblemLine problem={problems[0]} />}
          {pinButton}
        </div>
      </>
    )
  const isNarrowed = search !== '' || changedOnly
  const figures = isNarrowed
    ? t('editor.data.rowsOf', { matching: format.number(matching), total: format.number(total) })
    : t('editor.data.rowsAll', { total: format.number(total) })
  const tellsChanges = isOutput && (data.changed !== null || changedOnly)
  return (
    <>
      <div className={styles['sideHead']}>
        {head}
        <RowTools
          figures={figures}
          width={t('editor.data.columns', { count: columns.length })}
          isBusy={first.isPlaceholderData || isRefreshing}
          search={typed}
          onSearch={setTyped}
          changedOnly={tellsChanges ? changedOnly : undefined}
          onChangedOnly={setChangedOnly}
        >
          {pinButton}
          {isOutput && total > 0 && <GoldenButton at={at} />}
        </RowTools>
      </div>
      {problems[0] && total === 0 && <ProblemLine problem={problems[0]} />}
      <ColumnPortContext value={at}>
        <Grid
          label={title}
          columns={columns}
          rowCount={matching}
          rowAt={(index) => {
            const row = rowAt(index)
            if (!row) return undefined
            const cells = places ? inOrder(row.cells, places) : row.cells
            return { cells, changed: isOutput ? row.changed : [] }
          }}
          profile={data.profile}
          profiled={total}
          search={search}
          sort={sort}
          onSort={setSort}
          onRange={onRange}
          startOver={JSON.stringify([sort, search, changedOnly])}
          empty={<NoRows search={search} changedOnly={changedOnly} />}
        />
      </ColumnPortContext>
      <SampleLine sample={data.sample} isRefreshing={isRefreshing} onRefresh={() => void refresh()} />
    </>
  )
}

function NoRows({ search, changedOnly }: { search: string; changedOnly: boolean }) {
  const { t } = useText()
  if (search !== '')
    return (
      <>
        <strong>{t('editor.data.noMatch', { search })}</strong>
        {t('editor.data.noMatchText')}
      </>
    )
  return (
    <>
      <strong>{t(changedOnly ? 'editor.data.noneChanged' : 'editor.data.empty')}</strong>
      {t(changedOnly ? 'editor.data.noneChangedText' : 'editor.data.emptyText')}
    </>
  )
}
