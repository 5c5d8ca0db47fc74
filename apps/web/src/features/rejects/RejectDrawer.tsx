import { Alert, Drawer, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import { reasonIn } from '@millrace/engine'
import { IconAlertTriangle, IconArrowRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useReject, useRunFlow } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { ErrorState, ProblemText } from '../../ui/ErrorState.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import { MendForm } from './MendForm.tsx'
import { RejectBadge } from './RejectBadge.tsx'
import { RejectHistory } from './RejectHistory.tsx'
import { ReplayDialog } from './ReplayDialog.tsx'

interface Props {
  readonly runId: string
  readonly number: number
  readonly onClose: () => void
}

/** One rejected row: why, the row cell by cell, where it would go, and what was done to it. */
export function RejectDrawer({ runId, number, onClose }: Props) {
  const { t, language } = useText()
  const [replaying, setReplaying] = useState(false)
  const reject = useReject(runId, number)
  const nameOf = useNodeName(useRunFlow(runId).data)
  const { data } = reject
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={520}
      title={t('rejects.detail')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      {reject.isError && <ErrorState error={reject.error} onRetry={() => void reject.refetch()} />}
      {reject.isPending && <Skeleton height={240} radius="md" />}
      {data && (
        <Stack gap="md">
          <div>
            <Group gap="xs" mb={4}>
              <RejectBadge state={data.state} />
              <Text size="sm" fw={600}>
                {nameOf(data.nodeId)}
              </Text>
              <Text size="sm" c="dimmed" className="mono">
                {data.line === null ? data.file : `${data.file ?? ''}:${data.line}`}
              </Text>
            </Group>
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {data.column && <b>{data.column}: </b>}
              {reasonIn(language, data.reason)}
            </Text>
          </div>
          {data.obstacle && (
            <Alert
              color="orange"
              variant="light"
              icon={<IconAlertTriangle size={18} />}
              title={t('rejects.obstacle')}
            >
              <ProblemText
                problem={data.obstacle}
                nodeName={data.obstacle.location.nodeId && nameOf(data.obstacle.location.nodeId)}
              />
            </Alert>
          )}
          <MendForm key={data.history.length} reject={data} onReplay={() => setReplaying(true)} />
          {data.targets.length > 0 && (
            <div>
              <Title order={3} size="h5" mb={4}>
                {t('rejects.outlook')}
              </Title>
              {data.targets.map(({ nodeId, effect }) => (
                <Group key={nodeId} gap={6} wrap="nowrap" align="flex-start">
                  <IconArrowRight size={16} aria-hidden style={{ marginTop: 3, flexShrink: 0 }} />
                  <Text size="sm">{t(`rejects.effect.${effect}`, { target: nameOf(nodeId) })}</Text>
                </Group>
              ))}
            </div>
          )}
          <RejectHistory history={data.history} />
        </Stack>
      )}
      {replaying && (
        <ReplayDialog
          items={[{ runId, number }]}
          onClose={() => setReplaying(false)}
          onStarted={() => setReplaying(false)}
        />
      )}
    </Drawer>
  )
}
