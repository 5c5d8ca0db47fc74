import { Anchor, Button, Group, Modal, Radio, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { ReplayRejects } from '@millrace/contract'
import { IconRotateClockwise } from '@tabler/icons-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { call } from '../../api/client.ts'
import { useChange } from '../../api/queries.ts'
import { useAuthor } from '../../editor/author.ts'
import { useText } from '../../i18n/index.ts'
import { useErrorText } from '../../ui/use-error-text.ts'

interface Props {
  readonly items: ReplayRejects['items']
  readonly onClose: () => void
  readonly onStarted: () => void
}

/** Feeds rows in again: with the flow as it ran or as it is now, by the same clock or a new one. */
export function ReplayDialog({ items, onClose, onStarted }: Props) {
  const { t } = useText()
  const errorText = useErrorText()
  const navigate = useNavigate()
  const author = useAuthor((state) => state.name)
  const [flow, setFlow] = useState<'same' | 'current'>('same')
  const [clock, setClock] = useState<'same' | 'new'>('same')
  const replay = useChange(async () => {
    try {
      const runs = await call('replayRejects', { body: { items, author, flow, clock } })
      const address = `/runs/${runs[0]?.id}`
      notifications.show({
        message: (
          <>
            {t('rejects.started', { count: runs.length })}{' '}
            <Anchor
              href={address}
              size="sm"
              onClick={(event) => {
                // Notifications are drawn outside of the router, where there are no links.
                event.preventDefault()
                void navigate(address)
              }}
            >
              {t('rejects.showRun')}
            </Anchor>
          </>
        ),
      })
      onStarted()
    } catch (error) {
      notifications.show({ color: 'red', message: errorText(error) })
    }
  }, ['rejects', 'runs'])
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('rejects.replayTitle', { count: items.length })}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Stack gap="lg">
        <Text size="sm" c="dimmed">
          {t('rejects.replayText')}
        </Text>
        <Radio.Group
          label={t('run.retry.flow')}
          value={flow}
          onChange={(value) => setFlow(value === 'current' ? 'current' : 'same')}
        >
          <Stack gap={8} mt={8}>
            <Radio value="same" label={t('run.retry.flowSame')} />
            <Radio
              value="current"
              label={t('run.retry.flowCurrent')}
              description={t('run.retry.flowCurrentHint')}
            />
          </Stack>
        </Radio.Group>
        <Radio.Group
          label={t('run.retry.clock')}
          value={clock}
          onChange={(value) => setClock(value === 'new' ? 'new' : 'same')}
        >
          <Stack gap={8} mt={8}>
            <Radio value="same" label={t('run.retry.clockSame')} />
            <Radio value="new" label={t('run.retry.clockNew')} />
          </Stack>
        </Radio.Group>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('action.cancel')}
          </Button>
          <Button
            loading={replay.isPending}
            leftSection={<IconRotateClockwise size={16} />}
            onClick={() => replay.mutate(undefined)}
          >
            {t('rejects.replay')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
