import { Loader } from '@mantine/core'
import type { CompareRowsResponse } from '@millrace/contract'
import { type Flow, nodeKinds } from '@millrace/engine'
import { IconEqual } from '@tabler/icons-react'
import { useQueries } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { call } from '../../api/client.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { ErrorState, ProblemText } from '../../ui/ErrorState.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import { RowDifferences } from '../../ui/RowDifferences.tsx'
import styles from './versions.module.css'

interface DataEffectProps {
  readonly before: Flow
  readonly after: Flow
  /** The node that is looked at; its rows are compared too. */
  readonly selected: string | undefined
}

interface Place {
  readonly nodeId: string
  readonly port: string
}

const rowsShown = 200

/** The targets of both flows, and the outputs of a node that is no target. */
function placesOf(before: Flow, after: Flow, selected: string | undefined): Place[] {
  const nodes = [
    ...after.nodes,
    ...before.nodes.filter(({ id }) => after.nodes.every((node) => node.id !== id)),
  ]
  const targets = nodes.filter(({ kind }) => nodeKinds.get(kind)?.role === 'target')
  const chosen = nodes.find(({ id }) => id === selected)
  const kind = chosen && nodeKinds.get(chosen.kind)
  const ports = chosen && kind && kind.role !== 'target' ? kind.outputs(chosen.settings) : []
  return [
    ...ports.map(({ name }) => ({ nodeId: selected ?? '', port: name })),
    ...targets.map(({ id }) => ({ nodeId: id, port: 'in' })),
  ]
}

/** What the differences do to the rows: sample rows that come out otherwise, place by place. */
export function DataEffect({ before, after, selected }: DataEffectProps) {
  const { t } = useText()
  const places = useMemo(() => placesOf(before, after, selected), [before, after, selected])
  const both = useMemo(() => JSON.stringify([before, after]), [before, after])
  const [chosen, setChosen] = useState<string>()
  const nameAfter = useNodeName(after)
  const nameBefore = useNodeName(before)
  const found = useQueries({
    queries: places.map(({ nodeId, port }) => ({
      queryKey: ['versions', 'effect', nodeId, port, both],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call('compareRows', { body: { before, after, nodeId, port, limit: rowsShown }, signal }),
      staleTime: 60_000,
      gcTime: 60_000,
      retry: false,
    })),
  })
  const keyOf = ({ nodeId, port }: Place) => `${nodeId} ${port}`
  const index = Math.max(
    0,
    places.findIndex(
      (place) => keyOf(place) === chosen || (chosen === undefined && place.nodeId === selected),
    ),
  )
  const place = places[index]
  const nameOf = ({ nodeId, port }: Place) => {
    const name = after.nodes.some(({ id }) => id === nodeId) ? nameAfter(nodeId) : nameBefore(nodeId)
    return port === 'in' || port === 'out' ? name : `${name} · ${port}`
  }
  const shown = found[index]
  return (
    <section className={styles['effect']} aria-label={t('effect.title')}>
      <div className={styles['effectHead']}>
        <h2>{t('effect.title')}</h2>
        <div role="tablist" aria-label={t('effect.where')} className={styles['places']}>
          {places.map((one, at) => (
            <button
              key={keyOf(one)}
              type="button"
              role="tab"
              aria-selected={at === index}
              className={styles['place']}
              onClick={() => setChosen(keyOf(one))}
            >
              {nameOf(one)}
              <Counts found={found[at]?.data} isPending={found[at]?.isPending ?? true} />
            </button>
          ))}
        </div>
      </div>
      {!place && <p className={styles['hint']}>{t('effect.noTarget')}</p>}
      {shown?.isError && (
        <div className={styles['fault']}>
          <ErrorState error={shown.error} onRetry={() => void shown.refetch()} />
        </div>
      )}
      {place && shown?.data && <Effect key={keyOf(place)} name={nameOf(place)} found={shown.data} />}
    </section>
  )
}

function Counts({ found, isPending }: { found: CompareRowsResponse | undefined; isPending: boolean }) {
  const { t } = useText()
  const format = useFormat()
  if (isPending) return <Loader size={11} aria-label={t('loading')} />
  if (!found || found.problems.length > 0) return <b data-kind="removed">!</b>
  const { added, removed, changed } = found.counts
  if (added + removed + changed === 0) return <IconEqual size={14} role="img" aria-label={t('effect.same')} />
  const words = t('effect.counts', { added, removed, changed })
  return (
    <span role="img" aria-label={words} title={words}>
      {added > 0 && <b data-kind="added">+{format.number(added)} </b>}
      {removed > 0 && <b data-kind="removed">−{format.number(removed)} </b>}
      {changed > 0 && <b data-kind="changed">~{format.number(changed)}</b>}
    </span>
  )
}

function Effect({ name, found }: { name: string; found: CompareRowsResponse }) {
  const { t } = useText()
  const format = useFormat()
  const { counts, problems, pairedBy, sample, rows, columns } = found
  if (problems.length > 0)
    return (
      <div className={styles['hint']}>
        <strong>{t('effect.blocked')}</strong>
        {problems.map(({ side, problem }) => (
          <div key={`${side} ${problem.code} ${problem.location.nodeId}`}>
            {t(`versions.${side}`)}: <ProblemText problem={problem} />
          </div>
        ))}
      </div>
    )
  const differing = counts.added + counts.removed + counts.changed
  const rowsRead = sample.reduce((sum, one) => sum + one.rows, 0)
  const isWhole = sample.every(({ whole, pinned }) => whole && !pinned)
  const hasColumns = columns.some(({ before, after }) => before !== after)
  return (
    <>
      <p className={styles['figures']}>
        {differing === 0
          ? t('effect.none', { before: format.number(counts.before) })
          : `${t('effect.some', {
              differing: format.number(differing),
              before: format.number(counts.before),
              after: format.number(counts.after),
            })} ${t('effect.counts', {
              added: format.number(counts.added),
              removed: format.number(counts.removed),
              changed: format.number(counts.changed),
            })}`}
        {rows.length < differing && ` ${t('effect.first', { rows: format.number(rows.length) })}`}{' '}
        <small>
          {pairedBy.by === 'column'
            ? t('effect.pairedColumn', { column: pairedBy.column })
            : t(pairedBy.by === 'origin' ? 'effect.pairedOrigin' : 'effect.pairedRow')}{' '}
          {t(isWhole ? 'effect.whole' : 'effect.sample', { rows: format.number(rowsRead) })}
        </small>
      </p>
      {(differing > 0 || hasColumns) && <RowDifferences label={name} found={found} />}
    </>
  )
}
