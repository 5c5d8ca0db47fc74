import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { RetryRun, Run } from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import { IconRotateClockwise } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { call } from '../../api/client.ts'
import { useChange, useFlow } from '../../api/queries.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { useErrorText } from '../../ui/use-error-text.ts'

interface Props {
  readonly run: Run
  readonly flow: Flow | undefined
  readonly onClose: () => void
}

/** Does a run once more: from where, with which version, which clock and which parameters. */
export function RetryDialog({ run, flow: ran, onClose }: Props) {
  const { t } = useText()
  const format = useFormat()
  const errorText = useErrorText()
  const navigate = useNavigate()
  const [from, setFrom] = useState<'start' | 'failure'>(run.kept ? 'failure' : 'start')
  const [which, setWhich] = useState<'same' | 'current'>('same')
  const [clock, setClock] = useState<'same' | 'new'>('same')
  const [edits, setEdits] = useState<Readonly<Record<string, string>>>({})
  const current = useFlow(run.flowId).data?.draft
  const parameters = (which === 'same' ? ran : current)?.parameters ?? []
  const values = Object.fromEntries(
    parameters.map((item) => [item.name, edits[item.name] ?? run.parameters[item.name] ?? item.default]),
  )
  const retry = useChange(async () => {
    const body: RetryRun = { from, flow: which, clock, parameters: values }
    try {
      const started = await call('retryRun', { params: { id: run.id }, body })
      onClose()
      await navigate(`/runs/${started.id}`)
    } catch (error) {
      notifications.show({ color: 'red', message: errorText(error) })
    }
  }, ['runs'])
  const version = run.version === null ? t('run.retry.draftThen') : t('run.version', { version: run.version })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('run.retry')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          retry.mutate(undefined)
        }}
      >
        <Stack gap="lg">
          {run.status === 'failed' && !run.dry && !run.replays && (
            <Radio.Group
              label={t('run.retry.from')}
              value={from}
              onChange={(value) => setFrom(value === 'failure' ? 'failure' : 'start')}
            >
              <Stack gap={8} mt={8}>
                <Radio
                  value="failure"
                  label={t('run.retry.fromFailure')}
                  description={t(run.kept ? 'run.retry.fromFailureHint' : 'run.retry.notKept')}
                  disabled={!run.kept}
                />
                <Radio
                  value="start"
                  label={t('run.retry.fromStart')}
                  description={t('run.retry.fromStartHint')}
                />
              </Stack>
            </Radio.Group>
          )}
          <Radio.Group
            label={t('run.retry.flow')}
            value={which}
            onChange={(value) => setWhich(value === 'current' ? 'current' : 'same')}
          >
            <Stack gap={8} mt={8}>
              <Radio value="same" label={t('run.retry.flowSame')} description={version} />
              <Radio
                value="current"
                label={t('run.retry.flowCurrent')}
                description={t('run.retry.flowCurrentHint')}
                disabled={!current}
              />
            </Stack>
          </Radio.Group>
          <Radio.Group
            label={t('run.retry.clock')}
            value={clock}
            onChange={(value) => setClock(value === 'new' ? 'new' : 'same')}
          >
            <Stack gap={8} mt={8}>
              <Radio value="same" label={t('run.retry.clockSame')} description={format.dateTime(run.clock)} />
              <Radio value="new" label={t('run.retry.clockNew')} description={t('run.retry.clockNewHint')} />
            </Stack>
          </Radio.Group>
          {parameters.map(({ name, description }) => (
            <TextInput
              key={name}
              label={name}
              description={description}
              value={values[name] ?? ''}
              onChange={(event) => setEdits({ ...edits, [name]: event.currentTarget.value })}
            />
          ))}
          {run.rejected > 0 && !run.dry && from === 'start' && (
            <Text size="sm" c="dimmed">
              {t('run.retry.rejects')} <Link to={`/rejects?run=${run.id}`}>{t('run.retry.rejectsLink')}</Link>
            </Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={retry.isPending} leftSection={<IconRotateClockwise size={16} />}>
              {t('run.retry')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
