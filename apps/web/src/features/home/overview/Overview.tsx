import { ActionIcon, Button, SegmentedControl, Skeleton, Tooltip } from '@mantine/core'
import type { FlowSummary, Overview as Told } from '@millrace/contract'
import { IconChartBar, IconTable } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { Link } from 'react-router'
import { useOverview } from '../../../api/queries.ts'
import { useText } from '../../../i18n/index.ts'
import { ErrorState } from '../../../ui/ErrorState.tsx'
import { PageHeader } from '../../../ui/PageHeader.tsx'
import { Activity } from './Activity.tsx'
import { Figures } from './Figures.tsx'
import classes from './overview.module.css'
import { type Period, periods, startsOf, storedPeriod, storePeriod } from './period.ts'

/** Charts and their table come after the list of flows is there. */
const Trends = lazy(async () => ({ default: (await import('./Trends.tsx')).Trends }))
const TrendTable = lazy(async () => ({ default: (await import('./TrendTable.tsx')).TrendTable }))

interface OverviewProps {
  /** The flow to begin with where nothing ran. */
  readonly newest: FlowSummary | undefined
  /** What else can be done on this page. */
  readonly children: ReactNode
  /** Between the head and the figures. */
  readonly notice: ReactNode
}

/** What ran, what failed, what waits: the head of the page. */
export function Overview({ newest, notice, children }: OverviewProps) {
  const { t } = useText()
  const [period, setPeriod] = useState(storedPeriod)
  const [isTable, setTable] = useState(false)
  const overview = useOverview(period, () => startsOf(period, new Date()))
  const choose = (chosen: Period) => {
    storePeriod(chosen)
    setPeriod(chosen)
  }
  return (
    <section className={classes['overview']} aria-labelledby="overview">
      <PageHeader title={<span id="overview">{t('overview.title')}</span>}>
        <Tooltip label={t(isTable ? 'overview.asCharts' : 'overview.asTable')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('overview.asTable')}
            aria-pressed={isTable}
            onClick={() => setTable(!isTable)}
          >
            {isTable ? <IconChartBar size={18} /> : <IconTable size={18} />}
          </ActionIcon>
        </Tooltip>
        <SegmentedControl
          size="sm"
          aria-label={t('overview.period')}
          value={period}
          onChange={(value) => choose(periods.find((known) => known === value) ?? 'day')}
          data={periods.map((value) => ({ value, label: t(`overview.${value}`) }))}
        />
        {children}
      </PageHeader>
      {notice}
      {overview.isError && <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />}
      {overview.isPending && <Skeleton height={296} radius="md" />}
      {overview.data && (
        <>
          <Figures overview={overview.data} period={period} />
          <div className={classes['panels']}>
            <Activity overview={overview.data} />
            {ranNothing(overview.data) ? (
              <NothingRan period={period} onPeriod={choose} newest={newest} />
            ) : (
              <Suspense fallback={<Skeleton className={classes['table']} height={208} radius="md" />}>
                {isTable ? (
                  <TrendTable period={period} spans={overview.data.spans} />
                ) : (
                  <Trends period={period} spans={overview.data.spans} />
                )}
              </Suspense>
            )}
          </div>
        </>
      )}
    </section>
  )
}

const ranNothing = ({ spans }: Told): boolean =>
  spans.every(({ succeeded, failed, cancelled }) => succeeded + failed + cancelled === 0)

interface NothingRanProps {
  readonly period: Period
  readonly onPeriod: (period: Period) => void
  readonly newest: FlowSummary | undefined
}

/** No trend yet: a longer period, or a flow to run. */
function NothingRan({ period, onPeriod, newest }: NothingRanProps) {
  const { t } = useText()
  return (
    <div className={`panel ${classes['panel']} ${classes['table']}`}>
      <div className={classes['quiet']}>
        <strong>{t('overview.nothing')}</strong>
        {t('overview.nothingHint')}
        <div>
          {period !== 'month' && (
            <Button size="xs" variant="default" mr="xs" onClick={() => onPeriod('month')}>
              {t('overview.longer')}
            </Button>
          )}
          {newest && (
            <Button size="xs" variant="light" component={Link} to={`/flows/${newest.id}`}>
              {t('overview.openFlow', { name: newest.name })}
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}
