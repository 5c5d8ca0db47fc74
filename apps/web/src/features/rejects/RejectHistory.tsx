import { Anchor, Text, Title } from '@mantine/core'
import type { RejectEvent } from '@millrace/contract'
import { Link } from 'react-router'
import { useFormat, useText } from '../../i18n/index.ts'
import classes from './rejects.module.css'

/** Who did what to a row, and when; the newest first. */
export function RejectHistory({ history }: { readonly history: readonly RejectEvent[] }) {
  const { t } = useText()
  const format = useFormat()
  const entries = history.map((event, at) => ({ event, at })).toReversed()
  return (
    <div>
      <Title order={3} size="h5" mb={4}>
        {t('rejects.history')}
      </Title>
      {history.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('rejects.noHistory')}
        </Text>
      )}
      <ul className={classes['history']}>
        {entries.map(({ event, at }) => (
          <li key={at}>
            {event.action !== 'replayed' && event.action !== 'failed' && (
              <b>{event.author || t('rejects.somebody')} </b>
            )}
            {t(`rejects.did.${event.action}`)}{' '}
            {event.replayId !== null && (
              <Anchor component={Link} to={`/runs/${event.replayId}`} size="sm">
                {t('rejects.showRun')}
              </Anchor>
            )}
            <Text size="xs" c="dimmed">
              {format.dateTime(event.at)}
            </Text>
            {Object.entries(event.cells).map(([name, [before, after]]) => (
              <div key={name}>
                {name}: <del>{before ?? t('rejects.isNull')}</del> → <ins>{after ?? t('rejects.isNull')}</ins>
              </div>
            ))}
          </li>
        ))}
      </ul>
    </div>
  )
}
