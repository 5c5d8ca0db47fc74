import type { Overview } from '@millrace/contract'
import {
  type Icon,
  IconAlertTriangle,
  IconCircleCheck,
  IconPlayerPlay,
  IconTableExport,
} from '@tabler/icons-react'
import { Link } from 'react-router'
import { useFormat, useText } from '../../../i18n/index.ts'
import classes from './overview.module.css'
import type { Period } from './period.ts'

/** The sums of a period, each with the way to its runs. */
export function Figures({ overview, period }: { readonly overview: Overview; readonly period: Period }) {
  const { t } = useText()
  const format = useFormat()
  const sum = (key: 'succeeded' | 'failed' | 'rowsOut' | 'rejected') =>
    overview.spans.reduce((total, span) => total + span[key], 0)
  const failed = sum('failed')
  const runs = (status: string) => `/runs?status=${status}&time=${period}`
  return (
    <div className={classes['figures']}>
      <Figure
        to="/runs?status=running"
        color={overview.running > 0 ? 'blue' : 'gray'}
        Icon={IconPlayerPlay}
        value={format.number(overview.running)}
        text={t('overview.running', { waiting: format.number(overview.queued) })}
      />
      <Figure
        to={runs('succeeded')}
        color="teal"
        Icon={IconCircleCheck}
        value={format.number(sum('succeeded'))}
        text={t('overview.succeeded')}
      />
      <Figure
        to={runs('failed')}
        color={failed > 0 ? 'red' : 'gray'}
        Icon={IconAlertTriangle}
        value={format.number(failed)}
        text={t('overview.failed', { flows: format.number(overview.failing) })}
      />
      <Figure
        color="gray"
        Icon={IconTableExport}
        value={format.approximately(sum('rowsOut'))}
        text={t('overview.rowsFigure', { rejected: format.approximately(sum('rejected')) })}
      />
    </div>
  )
}

interface FigureProps {
  readonly to?: string
  readonly color: string
  readonly Icon: Icon
  readonly value: string
  readonly text: string
}

function Figure({ to, color, Icon: Shown, value, text }: FigureProps) {
  const inside = (
    <>
      <i
        className={classes['icon']}
        style={{
          background: `var(--mantine-color-${color}-light)`,
          color: `var(--mantine-color-${color}-light-color)`,
        }}
      >
        <Shown size={20} stroke={1.7} aria-hidden />
      </i>
      <div>
        <b>{value}</b>
        <span>{text}</span>
      </div>
    </>
  )
  const className = `panel ${classes['figure']}`
  return to === undefined ? (
    <div className={className}>{inside}</div>
  ) : (
    <Link to={to} className={className}>
      {inside}
    </Link>
  )
}
