import { Button, Modal } from '@mantine/core'
import { nameInText, proposeMapping, quotedName, sameName } from '@millrace/engine'
import { IconAlertCircle, IconPlus, IconWand } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import { convertBefore } from '../../../../editor/convert-before.ts'
import { useDocument } from '../../../../editor/document-store.ts'
import { useInference } from '../../../../editor/inference.ts'
import { useText } from '../../../../i18n/index.ts'
import { announce } from '../../../../ui/Announcer.tsx'
import { useForm } from '../field-context.ts'
import { useArriving } from '../use-arriving.ts'
import { ExpectedColumns } from './ExpectedColumns.tsx'
import styles from './mapper.module.css'
import { convertedText, linkOf, type MapRow, problemsOfRow } from './mapping.ts'
import { SourceList } from './SourceList.tsx'
import { TargetList, type TargetRow } from './TargetList.tsx'
import { useTargetTable } from './target-table.ts'
import { useDragLink } from './use-drag-link.ts'
import { useLines } from './use-lines.ts'

interface Props {
  readonly path: string
  readonly rows: readonly MapRow[]
  readonly onChange: (rows: readonly MapRow[]) => void
  readonly onClose: () => void
}

const curve = (x1: number, y1: number, x2: number, y2: number): string => {
  const bend = Math.max(24, (x2 - x1) / 2)
  return `M ${x1} ${y1} C ${x1 + bend} ${y1}, ${x2 - bend} ${y2}, ${x2} ${y2}`
}

/** Arriving columns left, new columns right, and lines between them: drawn by hand or proposed. */
export function MapperDialog({ path, rows, onChange, onClose }: Props) {
  const { t } = useText()
  const { nodeId, columns: columnsOf, problems } = useForm()
  const preview = useArriving(nodeId)
  const made = useInference((state) => state.ports[nodeId]?.['out'])
  const flow = useDocument((state) => state.flow)
  const make = useDocument((state) => state.make)
  const table = useTargetTable(nodeId)
  const columns = columnsOf()
  const [source, setSource] = useState<string | undefined>()
  const [target, setTarget] = useState<number | undefined>()
  const [proposing, setProposing] = useState(false)
  /** Types that the columns of a chosen file have, by the small letters of their names. */
  const [wanted, setWanted] = useState<ReadonlyMap<string, string>>(new Map())
  const box = useRef<HTMLDivElement>(null)

  const links = useMemo(() => rows.map((row) => linkOf(row.expression, columns)), [rows, columns])
  const proposals = useMemo(() => {
    if (!proposing) return []
    const samples = (name: string) => {
      const at = preview?.columns.findIndex((column) => column.name === name) ?? -1
      return (preview?.rows ?? []).map((row) => row[at] ?? null)
    }
    const open = rows.flatMap((row, index) => (links[index]?.how === 'nothing' ? [{ row, index }] : []))
    const found = proposeMapping(
      columns.map((column) => ({ ...column, samples: samples(column.name) })),
      open.map(({ row }) => ({ name: row.name, type: wanted.get(row.name.toLowerCase()) })),
    )
    return found.flatMap((one) => {
      const place = open[one.target]
      return place ? [{ ...one, target: place.index }] : []
    })
  }, [proposing, rows, links, columns, preview, wanted])

  const wantedOf = (name: string) => wanted.get(name.toLowerCase()) ?? table?.typeOf(name)
  /** What gives a new column its wanted type by a Convert node before this one. */
  const puttingBefore = (index: number) => {
    const [name] = links[index]?.sources ?? []
    const type = wantedOf(rows[index]?.name ?? '')
    return name === undefined || type === undefined ? undefined : convertBefore(flow, nodeId, name, type)
  }
  const targets: TargetRow[] = rows.map((row, index) => {
    const proposal = proposals.find((one) => one.target === index)
    return {
      ...row,
      link: links[index] ?? { sources: [], how: 'nothing' },
      actual: made?.find(({ name }) => sameName(name, row.name))?.type,
      wanted: wantedOf(row.name),
      isMandatory: table?.isMandatory(row.name) ?? false,
      canPutBefore: puttingBefore(index) !== undefined,
      problems: problemsOfRow(problems, path, index),
      proposal,
      proposed: proposal && columns[proposal.source]?.name,
    }
  })
  const lines = useMemo(
    () => [
      ...links.flatMap(({ sources, how }, index) =>
        sources.map((name) => ({ source: name, target: String(index), look: how as string })),
      ),
      ...proposals.map((one) => ({
        source: columns[one.source]?.name ?? '',
        target: String(one.target),
        look: 'proposal',
      })),
    ],
    [links, proposals, columns],
  )
  const { places, measure } = useLines(box, lines)
  const put = (index: number, change: Partial<MapRow>) => {
    const row = rows[index]
    if (row) onChange(rows.with(index, { ...row, ...change }))
  }
  const link = (name: string, index: number) => {
    put(index, { expression: quotedName(name) })
    setSource(undefined)
    setTarget(undefined)
    announce(t('editor.rules.map.linked', { source: name, target: rows[index]?.name ?? '' }))
  }
  const { drag, begin } = useDragLink(link)
  const add = (expected: readonly { readonly name: string; readonly type?: string }[]) => {
    const fresh = expected.filter(({ name }) => !rows.some((row) => sameName(row.name, name)))
    onChange([...rows, ...fresh.map(({ name }) => ({ name, expression: '' }))])
    const typed = expected.flatMap(({ name, type }) => (type ? [[name.toLowerCase(), type] as const] : []))
    setWanted(new Map([...wanted, ...typed]))
    setProposing(true)
  }
  const accept = (chosen: typeof proposals) => {
    const next = [...rows]
    for (const one of chosen) {
      const [row, column] = [next[one.target], columns[one.source]]
      if (row && column) next[one.target] = { ...row, expression: quotedName(column.name) }
    }
    onChange(next)
  }
  const used = new Set(links.flatMap(({ sources }) => sources))
  const unused = columns.filter(({ name }) => !rows.some((row) => sameName(row.name, name)))
  // What the database fills by itself is only expected where a column of that name arrives.
  const absent =
    table?.columns.filter(
      ({ name, filled }) =>
        !rows.some((row) => sameName(row.name, name)) &&
        (!filled || columns.some((column) => sameName(column.name, name))),
    ) ?? []
  const needed = absent.filter(
    ({ name }) => table?.isMandatory(name) && !made?.some((column) => sameName(column.name, name)),
  )
  const frame = box.current?.getBoundingClientRect()
  return (
    <Modal
      opened
      onClose={onClose}
      onTransitionEnd={measure}
      title={t('editor.rules.map.title')}
      size="min(1240px, 96vw)"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <div className={styles['bar']}>
        <Button
          size="xs"
          variant="light"
          leftSection={<IconWand size={14} />}
          onClick={() => setProposing(true)}
        >
          {t('editor.rules.map.propose')}
        </Button>
        {proposals.length > 0 && (
          <>
            <Button size="xs" onClick={() => accept(proposals)}>
              {t('editor.rules.map.accept', { count: proposals.length })}
            </Button>
            <Button size="xs" variant="subtle" color="gray" onClick={() => setProposing(false)}>
              {t('editor.rules.map.dismiss')}
            </Button>
          </>
        )}
        <span className={styles['counts']}>
          {t('editor.rules.map.counts', {
            mapped: links.filter(({ how }) => how !== 'nothing').length,
            total: rows.length,
          })}
        </span>
      </div>
      <div ref={box} className={styles['mapper']} data-dragging={drag !== undefined || undefined}>
        <SourceList
          columns={columns}
          preview={preview}
          used={used}
          selected={source}
          onSelect={(name) => {
            if (target !== undefined) link(name, target)
            else setSource(source === name ? undefined : name)
          }}
          onDrag={begin}
        />
        <div />
        <TargetList
          rows={targets}
          selected={target}
          tools={
            <div className={styles['tools']}>
              {unused.length > 0 && (
                <Button
                  size="compact-xs"
                  variant="default"
                  leftSection={<IconPlus size={14} />}
                  onClick={() =>
                    onChange([
                      ...rows,
                      ...unused.map(({ name }) => ({ name, expression: nameInText(name, true) })),
                    ])
                  }
                >
                  {t('editor.rules.map.addAll')}
                </Button>
              )}
              <ExpectedColumns table={table} missing={absent} onAdd={add} />
            </div>
          }
          notice={
            needed.length > 0 && (
              <p className={styles['needs']} role="status">
                <IconAlertCircle size={14} aria-hidden />
                {t('editor.rules.map.needs', {
                  table: table?.name ?? '',
                  columns: needed.map(({ name }) => name).join(', '),
                })}
              </p>
            )
          }
          onSelect={(index) => {
            if (source !== undefined) link(source, index)
            else setTarget(target === index ? undefined : index)
          }}
          onRename={(index, name) => put(index, { name })}
          onRemove={(index) => onChange(rows.toSpliced(index, 1))}
          onUnlink={(index) => put(index, { expression: '' })}
          onConvert={(index, type) => {
            const [name] = links[index]?.sources ?? []
            if (name !== undefined) put(index, { expression: convertedText(name, type) })
          }}
          onConvertBefore={(index) => {
            const found = puttingBefore(index)
            if (!found) return
            make(found.change)
            announce(t('editor.rules.map.convertedBefore', { column: links[index]?.sources[0] ?? '' }))
          }}
          onAccept={(index) => accept(proposals.filter((one) => one.target === index))}
        />
        <svg className={styles['lines']} aria-hidden>
          {places.map(({ source: from, target: to, look, x1, y1, x2, y2 }) => (
            <path key={`${look} ${to} ${from}`} d={curve(x1, y1, x2, y2)} data-look={look} />
          ))}
          {drag && frame && (
            <path
              data-look="drag"
              d={curve(
                drag.start.x - frame.left,
                drag.start.y - frame.top,
                drag.at.x - frame.left,
                drag.at.y - frame.top,
              )}
            />
          )}
        </svg>
      </div>
      <div className={styles['foot']}>
        <span className={styles['quiet']}>{t('editor.rules.map.link')}</span>
        <Button size="xs" onClick={onClose}>
          {t('editor.rules.map.done')}
        </Button>
      </div>
    </Modal>
  )
}
