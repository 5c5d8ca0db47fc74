import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import type { Run } from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import { IconCheck, IconPencil, IconPlayerStop, IconRotateClockwise, IconTrash } from '@tabler/icons-react'
import { Link, useNavigate } from 'react-router'
import { call } from '../../api/client.ts'
import { useChange } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { useErrorText } from '../../ui/use-error-text.ts'
import { RetryDialog } from './RetryDialog.tsx'

interface Props {
  readonly run: Run
  readonly flow: Flow | undefined
  readonly live: boolean
}

/** What can be done with all of a run. */
export function RunActions({ run, flow, live }: Props) {
  const { t } = useText()
  const errorText = useErrorText()
  const navigate = useNavigate()
  const [asking, ask] = useDisclosure(false)
  const [retrying, retry] = useDisclosure(false)
  const params = { id: run.id }
  const cancel = useChange(() => call('cancelRun', { params }), ['run', 'runs'])
  const remove = useChange(async () => {
    await call('deleteRun', { params })
    await navigate('/runs')
  }, ['runs'])
  const approve = useChange(async () => {
    try {
      const started = await call('approveRun', { params })
      await navigate(`/runs/${started.id}`)
    } catch (error) {
      notifications.show({ color: 'red', message: errorText(error) })
    }
  }, ['runs'])
  return (
    <>
      <Button
        component={Link}
        to={`/flows/${run.flowId}`}
        variant="default"
        leftSection={<IconPencil size={16} />}
      >
        {t('run.edit')}
      </Button>
      {live ? (
        <Button
          color="red"
          variant="light"
          leftSection={<IconPlayerStop size={16} />}
          loading={cancel.isPending}
          onClick={() => cancel.mutate(undefined)}
        >
          {t('run.cancel')}
        </Button>
      ) : (
        <>
          <Button variant="default" leftSection={<IconTrash size={16} />} onClick={ask.open}>
            {t('run.delete')}
          </Button>
          <Button variant="default" leftSection={<IconRotateClockwise size={16} />} onClick={retry.open}>
            {t('run.retry')}
          </Button>
        </>
      )}
      {run.dry && run.status === 'succeeded' && run.approvedBy === null && (
        <Button
          leftSection={<IconCheck size={16} />}
          loading={approve.isPending}
          onClick={() => approve.mutate(undefined)}
        >
          {t('run.approve')}
        </Button>
      )}
      {retrying && <RetryDialog run={run} flow={flow} onClose={retry.close} />}
      <ConfirmDialog
        opened={asking}
        onClose={ask.close}
        title={t('run.delete')}
        text={t('run.deleteText')}
        onConfirm={() => remove.mutate(undefined)}
      />
    </>
  )
}
