import type { OverviewSpan } from '@millrace/contract'
import type { ReactNode } from 'react'
import { useFormat, useText } from '../../../i18n/index.ts'
import classes from './overview.module.css'
import { axis, type Period, spanName } from './period.ts'
import { TrendChart } from './TrendChart.tsx'

interface TrendsProps {
  readonly period: Period
  readonly spans: readonly OverviewSpan[]
}

/** How many rows were written and how long that took, over time. */
export function Trends({ period, spans }: TrendsProps) {
  const { t } = useText()
  const format = useFormat()
  const { every, options } = axis[period]
  const named = (span: OverviewSpan, index: number) => ({
    // Counted from the newest, which is always named.
    tick: (spans.length - 1 - index) % every === 0 ? format.moment(span.start, options) : '',
    name: format.moment(span.start, spanName[period]),
  })
  const runs = (span: OverviewSpan) =>
    t('overview.runs', { count: span.succeeded + span.failed + span.cancelled, failed: span.failed })
  const written = spans.reduce((sum, { rowsOut }) => sum + rowsOut, 0)
  const rejected = spans.reduce((sum, span) => sum + span.rejected, 0)
  const longest = Math.max(0, ...spans.map(({ longestMs }) => longestMs ?? 0))
  return (
    <>
      <TrendPanel
        title={t('overview.rows')}
        main={t('overview.written')}
        over={<Key mark="hatched">{t('overview.rejected')}</Key>}
      >
        <TrendChart
          title={t('overview.rows')}
          summary={t('overview.rowsSummary', {
            written: format.number(written),
            rejected: format.number(rejected),
          })}
          above="stacked"
          axisText={format.approximately}
          bars={spans.map((span, index) => ({
            ...named(span, index),
            value: span.rowsOut,
            above: span.rejected,
            details: [
              t('overview.rowsSummary', {
                written: format.number(span.rowsOut),
                rejected: format.number(span.rejected),
              }),
              runs(span),
            ],
          }))}
        />
      </TrendPanel>
      <TrendPanel
        title={t('overview.durations')}
        main={t('overview.median')}
        over={<Key mark="whisker">{t('overview.longest')}</Key>}
      >
        <TrendChart
          title={t('overview.durations')}
          summary={t('overview.durationsSummary', { longest: format.duration(longest) })}
          above="mark"
          axisText={(ms) => (ms === 0 ? '0' : format.duration(ms))}
          bars={spans.map((span, index) => ({
            ...named(span, index),
            value: span.medianMs,
            above: span.longestMs,
            details: [
              ...(span.medianMs === null || span.longestMs === null
                ? []
                : [
                    `${t('overview.median')} ${format.duration(span.medianMs)}`,
                    `${t('overview.longest')} ${format.duration(span.longestMs)}`,
                  ]),
              runs(span),
            ],
          }))}
        />
      </TrendPanel>
    </>
  )
}

interface TrendPanelProps {
  readonly title: string
  readonly main: string
  readonly over: ReactNode
  readonly children: ReactNode
}

function TrendPanel({ title, main, over, children }: TrendPanelProps) {
  return (
    <section className={`panel ${classes['panel']}`} aria-label={title}>
      <h3>{title}</h3>
      <div className={classes['keys']}>
        <Key mark="solid">{main}</Key>
        {over}
      </div>
      {children}
    </section>
  )
}

/** What a mark of the chart stands for. */
function Key({
  mark,
  children,
}: {
  readonly mark: 'solid' | 'hatched' | 'whisker'
  readonly children: string
}) {
  return (
    <span>
      <svg width={14} height={12} aria-hidden>
        {mark === 'whisker' ? (
          <path className={classes['whisker']} d="M7 12V1M2 1h10" />
        ) : (
          <rect className={classes[mark === 'solid' ? 'bar' : 'over']} y={1} width={14} height={10} rx={1} />
        )}
        {mark === 'hatched' && <path className={classes['hatch']} d="M0 11L10 1M5 11L14 2M0 5L4 1" />}
      </svg>
      {children}
    </span>
  )
}
