import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import type { Cursor } from '@millrace/contract'
import { type FlowNode, nodeKinds } from '@millrace/engine'
import { IconAlertTriangle, IconPlayerPlayFilled, IconTestPipe } from '@tabler/icons-react'
import { useState } from 'react'
import { useChange } from '../../../../api/queries.ts'
import { useDocument } from '../../../../editor/document-store.ts'
import { useInference } from '../../../../editor/inference.ts'
import { startRun } from '../../../../editor/running.ts'
import { useView } from '../../../../editor/view-store.ts'
import { useText } from '../../../../i18n/index.ts'
import { useErrorText } from '../../../../ui/use-error-text.ts'
import { placeFault } from './place-fault.ts'

interface Props {
  readonly nodeId: string
  readonly column: string
  readonly cursor: Cursor | undefined
  readonly onClose: () => void
}

/** Whether a node is a target that afterwards has no other rows than those of the run. */
const keepsOnlyRun = ({ kind, disabled, settings }: FlowNode): boolean =>
  !disabled &&
  nodeKinds.get(kind)?.role === 'target' &&
  ['replace', 'mirror', undefined].some((mode) => mode === settings['mode'])

/** Starts a run, or a dry one, that reads an interval once more and leaves the cursor where it is. */
export function BackfillDialog({ nodeId, column, cursor, onClose }: Props) {
  const { t, label } = useText()
  const errorText = useErrorText()
  const hasParameters = useDocument((state) => state.flow.parameters.length > 0)
  const replaces = useDocument((state) => state.flow.nodes.some(keepsOnlyRun))
  const [from, setFrom] = useState('')
  const [to, setTo] = useState(String(cursor?.position?.[column] ?? ''))
  const [fault, setFault] = useState('')
  const start = useChange(
    async (dry: boolean) => {
      try {
        const started = await startRun({}, { dry, backfill: { nodeId, from: from.trim(), to: to.trim() } })
        if (!started) return
        useView.getState().openTab('run')
        onClose()
      } catch (error) {
        setFault(errorText(error))
      }
    },
    ['runs'],
  )
  const known = useInference((state) => state.ports[nodeId]?.['out']) ?? []
  const wrong = (value: string) => {
    const problem = placeFault(value, column, known)
    return problem && label(problem.message)
  }
  const isReady = from.trim() !== '' && to.trim() !== '' && !wrong(from) && !wrong(to)
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('cursor.backfillTitle')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) start.mutate(false)
        }}
      >
        <Stack gap="sm">
          <Text size="sm">{t('cursor.backfillText', { column })}</Text>
          <TextInput
            label={t('cursor.from')}
            data-autofocus
            required
            value={from}
            error={wrong(from)}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            label={t('cursor.to')}
            required
            value={to}
            error={wrong(to)}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
          {replaces && (
            <Alert color="yellow" icon={<IconAlertTriangle size={18} />}>
              {t('cursor.backfillReplaces')}
            </Alert>
          )}
          {hasParameters && (
            <Text size="xs" c="dimmed">
              {t('cursor.backfillDefaults')}
            </Text>
          )}
          {fault !== '' && (
            <Alert color="red" role="alert">
              {fault}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button
              variant="default"
              disabled={!isReady || start.isPending}
              leftSection={<IconTestPipe size={14} />}
              onClick={() => start.mutate(true)}
            >
              {t('cursor.backfillDry')}
            </Button>
            <Button
              type="submit"
              disabled={!isReady}
              loading={start.isPending}
              leftSection={<IconPlayerPlayFilled size={14} />}
            >
              {t('cursor.backfillRun')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
