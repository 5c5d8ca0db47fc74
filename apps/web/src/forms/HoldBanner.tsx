import { Alert, Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Hold, VolumeViolation } from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import { IconHandStop, IconPlayerPlayFilled, IconTrash } from '@tabler/icons-react'
import { useEffect } from 'react'
import { call } from '../api/client.ts'
import { useChange } from '../api/queries.ts'
import { useAuthor } from '../editor/author.ts'
import { useFormat, useText } from '../i18n/index.ts'
import { announce } from '../ui/Announcer.tsx'
import { useNodeName } from '../ui/node-name.ts'
import { useErrorText } from '../ui/use-error-text.ts'
import classes from './forms.module.css'

interface Props {
  readonly runId: string
  readonly hold: Hold
  readonly flow: Flow | undefined
}

/** Why a run waits before it writes, and the two ways on. */
export function HoldBanner({ runId, hold, flow }: Props) {
  const { t } = useText()
  const format = useFormat()
  const errorText = useErrorText()
  const nameOf = useNodeName(flow)
  const { name: author } = useAuthor()
  const decide = useChange(
    async (decision: 'releaseRun' | 'discardRun') => {
      try {
        await call(decision, { params: { id: runId }, body: { author } })
      } catch (error) {
        notifications.show({ color: 'red', message: errorText(error) })
      }
    },
    ['run', 'runs'],
  )
  useEffect(() => announce(t('hold.title')), [t])
  const expected = ({ least, most }: VolumeViolation) =>
    most === null
      ? t('hold.atLeast', { least: format.number(least) })
      : t('hold.between', { least: format.number(least), most: format.number(most) })
  return (
    <Alert
      color="orange"
      variant="outline"
      mb="md"
      title={t('hold.title')}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
      icon={<IconHandStop size={20} />}
      aria-label={t('hold.title')}
    >
      <ul className={classes['violations']}>
        {hold.violations.map((violation) => (
          <li key={violation.nodeId}>
            <b>{nameOf(violation.nodeId)}</b>{' '}
            {t('hold.gives', {
              rows: format.number(violation.rows),
              count: violation.rows,
              expected: expected(violation),
            })}
            {violation.usual !== null && ` ${t('hold.usual', { usual: format.number(violation.usual) })}`}
          </li>
        ))}
      </ul>
      <Text size="xs" c="dimmed" mt={6}>
        {t('hold.since', { at: format.dateTime(hold.since) })}
      </Text>
      <Group gap="xs" mt="sm">
        <Button
          size="xs"
          leftSection={<IconPlayerPlayFilled size={14} />}
          disabled={decide.isPending}
          onClick={() => decide.mutate('releaseRun')}
        >
          {t('hold.release')}
        </Button>
        <Button
          size="xs"
          color="red"
          variant="light"
          leftSection={<IconTrash size={14} />}
          disabled={decide.isPending}
          onClick={() => decide.mutate('discardRun')}
        >
          {t('hold.discard')}
        </Button>
      </Group>
    </Alert>
  )
}
