import { Loader } from '@mantine/core'
import { edgeId, type Flow, kindOf } from '@millrace/engine'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../../../api/client.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { useView } from '../../../editor/view-store.ts'
import { useFormat, useText } from '../../../i18n/index.ts'
import { ErrorState } from '../../../ui/ErrorState.tsx'
import styles from './data.module.css'
import { KindMark } from './KindMark.tsx'

interface PortAt {
  readonly nodeId: string
  readonly port: string
}

/** A port to look at; without a place nothing is connected there. */
export interface PortChoice {
  readonly id: string
  readonly text: string
  readonly at: PortAt | undefined
}

interface PortRowsProps {
  readonly title: string
  readonly ports: readonly PortChoice[]
}

/** What the rows at a port depend on: the nodes before it, their settings and edges. */
function upstream(flow: Flow, nodeId: string): string {
  const reached = new Set([nodeId])
  // Sets are walked in the order of insertion, what is added meanwhile included.
  for (const id of reached)
    for (const edge of flow.edges) if (edge.to.node === id) reached.add(edge.from.node)
  return JSON.stringify([
    flow.parameters,
    flow.nodes
      .filter(({ id }) => reached.has(id))
      .map(({ id, kind, settings, disabled }) => [id, kind, settings, disabled]),
    flow.edges.filter((edge) => reached.has(edge.to.node)).map(edgeId),
  ])
}

/** First rows at one of several ports, with the kind of every column. */
export function PortRows({ title, ports }: PortRowsProps) {
  const { t } = useText()
  const [chosen, setChosen] = useState('')
  const port = ports.find(({ id }) => id === chosen) ?? ports[0]
  return (
    <section className={styles['side']} aria-label={title}>
      <div className={styles['sideHead']}>
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
      </div>
      {port?.at ? <Rows at={port.at} /> : <p className={styles['note']}>{t('editor.data.connect')}</p>}
    </section>
  )
}

function Rows({ at }: { at: PortAt }) {
  const { t, label } = useText()
  const format = useFormat()
  const flow = useDocument((state) => state.flow)
  const jump = useView((state) => state.jump)
  const key = upstream(flow, at.nodeId)
  const found = useQuery({
    queryKey: ['design-preview', at.nodeId, at.port, key],
    queryFn: async ({ signal }) => {
      // Typing changes the key with every letter; only the last one is worth a preview.
      await new Promise((resolve) => setTimeout(resolve, 250))
      signal.throwIfAborted()
      return call('preview', { body: { flow, nodeId: at.nodeId, port: at.port }, signal })
    },
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    retry: false,
  })
  if (found.isPending)
    return (
      <div className={styles['note']} role="status">
        <Loader size="sm" />
        {t('editor.data.loading')}
      </div>
    )
  if (found.isError)
    return (
      <div className={styles['note']}>
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      </div>
    )
  const { columns, rows, problems, sample } = found.data
  const [problem] = problems
  if (columns.length === 0)
    return (
      <div className={styles['note']}>
        <strong>{t('editor.data.blocked')}</strong>
        {problem && (
          <button
            type="button"
            className={styles['tab']}
            onClick={() => problem.location.nodeId && jump(problem.location.nodeId, problem.location.field)}
          >
            {label(problem.message)}
          </button>
        )}
      </div>
    )
  const isWhole = sample.every(({ whole }) => whole) && rows.length < 100
  return (
    <>
      <div className={styles['sideHead']} aria-live="polite">
        {t('editor.data.columns', { count: columns.length })} ·{' '}
        {t(isWhole ? 'editor.data.whole' : 'editor.data.sample', { rows: format.number(rows.length) })}
        {found.isPlaceholderData && <Loader size={12} />}
      </div>
      <div className={styles['scroll']}>
        <table className={styles['table']}>
          <thead>
            <tr>
              <th className={styles['rowNumber']} scope="col" aria-label="#" />
              {columns.map((column) => (
                <th
                  key={column.name}
                  scope="col"
                  title={`${column.name} · ${column.type}`}
                  data-number={isNumber(column.type) || undefined}
                >
                  <span>
                    <KindMark kind={kindOf(column.type)} />
                    {column.name}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows of a preview have no other identity
              <tr key={index}>
                <td className={styles['rowNumber']}>{index + 1}</td>
                {columns.map((column, n) => {
                  const cell = row[n] ?? null
                  return (
                    <td
                      key={column.name}
                      title={cell?.slice(0, 500)}
                      data-number={isNumber(column.type) || undefined}
                    >
                      {cell === null ? (
                        <span className={styles['null']}>{t('editor.data.null')}</span>
                      ) : (
                        cell.slice(0, 300)
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && (
          <div className={styles['note']}>
            <strong>{t('editor.data.empty')}</strong>
            {problem ? label(problem.message) : t('editor.data.emptyText')}
          </div>
        )}
      </div>
    </>
  )
}

const isNumber = (type: string) => ['integer', 'decimal', 'float'].includes(kindOf(type))
