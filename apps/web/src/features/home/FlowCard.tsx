import { Badge, Group, Text } from '@mantine/core'
import type { FlowSummary } from '@millrace/contract'
import { Link } from 'react-router'
import { useFormat, useText } from '../../i18n/index.ts'
import { FlowPicture } from '../../ui/FlowPicture.tsx'
import { StatusBadge } from '../../ui/StatusBadge.tsx'
import classes from './FlowCard.module.css'
import { FlowMenu } from './FlowMenu.tsx'

/** A flow: what it looks like, what it is called, how it last went. */
export function FlowCard({ flow }: { readonly flow: FlowSummary }) {
  const { t } = useText()
  const { lastRun } = flow
  return (
    <article className={classes['card']} data-state={lastRun?.status}>
      <Link to={`/flows/${flow.id}`} className={classes['picture']} tabIndex={-1} aria-hidden>
        <FlowPicture thumbnail={flow.thumbnail} title={t('home.picture')} />
      </Link>
      <div className={classes['body']}>
        <Group justify="space-between" wrap="nowrap" gap={4} mr={-6}>
          <h3 className={classes['name']} title={flow.name}>
            <Link to={`/flows/${flow.id}`}>{flow.name}</Link>
          </h3>
          <FlowMenu flow={flow} />
        </Group>
        {flow.description !== '' && (
          <Text size="sm" c="dimmed" lineClamp={2} lh="20px">
            {flow.description}
          </Text>
        )}
        <div className={classes['foot']}>
          {lastRun ? (
            <StatusBadge state={lastRun.status} size="sm" />
          ) : (
            <Badge size="sm" variant="outline" color="gray" tt="none">
              {t('home.neverRan')}
            </Badge>
          )}
          {flow.unpublished && (
            <Badge size="sm" variant="outline" color="gray" tt="none">
              {flow.publishedVersion === null ? t('home.draft') : t('home.unpublished')}
            </Badge>
          )}
          <LastRun flow={flow} />
        </div>
      </div>
    </article>
  )
}

function LastRun({ flow }: { readonly flow: FlowSummary }) {
  const { t } = useText()
  const format = useFormat()
  const { lastRun } = flow
  if (!lastRun)
    return <span className={classes['facts']}>{t('home.changed', { when: format.ago(flow.updatedAt) })}</span>
  const facts = [
    t('home.ran', { when: format.ago(lastRun.queuedAt) }),
    t('home.rows', { rows: format.approximately(lastRun.rowsOut) }),
  ]
  return (
    <Link to={`/runs/${lastRun.id}`} className={classes['facts']}>
      {facts.join(' · ')}
      {lastRun.rejected > 0 && (
        <span className={classes['rejects']}>
          {' · '}
          {t('home.rejects', { rows: format.approximately(lastRun.rejected) })}
        </span>
      )}
    </Link>
  )
}
