import type { Overview, RunSummary } from '@millrace/contract'
import { IconCircleCheck } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useFormat, useText } from '../../../i18n/index.ts'
import { stateLooks } from '../../../ui/StatusBadge.tsx'
import classes from './overview.module.css'

/** What runs and waits now, and the flows that fail, each with the way to its run. */
export function Activity({ overview }: { readonly overview: Overview }) {
  const { t } = useText()
  const { active, failures, failing, running, queued } = overview
  const unnamed = running + queued - active.length + (failing - failures.length)
  return (
    <section className={`panel ${classes['panel']}`} aria-labelledby="overview-activity">
      <h3 id="overview-activity">{t('overview.attention')}</h3>
      {active.length + failures.length === 0 ? (
        <div className={classes['quiet']}>
          <IconCircleCheck size={28} stroke={1.4} color="var(--mantine-color-teal-text)" aria-hidden />
          {t('overview.quiet')}
        </div>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        <ul className={classes['activity']} tabIndex={0} aria-labelledby="overview-activity">
          {[...active, ...failures].map((run) => (
            <li key={run.id}>
              <RunLine run={run} />
            </li>
          ))}
          {unnamed > 0 && (
            <li>
              <Link to="/runs">
                <span />
                <b>{t('overview.more', { count: unnamed })}</b>
              </Link>
            </li>
          )}
        </ul>
      )}
    </section>
  )
}

function RunLine({ run }: { readonly run: RunSummary }) {
  const { t, label } = useText()
  const format = useFormat()
  const { color, Icon } = stateLooks[run.status]
  return (
    <Link to={`/runs/${run.id}`}>
      <Icon size={16} stroke={2} color={`var(--mantine-color-${color}-text)`} aria-hidden />
      <b>{run.flowName}</b>
      <small>
        {t(`state.${run.status}`)} · {format.ago(run.startedAt ?? run.queuedAt)}
      </small>
      {run.problem && <small className={classes['why']}>{label(run.problem.message)}</small>}
    </Link>
  )
}
