import { Alert, Badge, Button, Group, Skeleton, Tabs, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import type { Run } from '@millrace/contract'
import { type Flow, isFinal } from '@millrace/engine'
import {
  IconAlertTriangle,
  IconPencil,
  IconPlayerStop,
  IconPlugConnectedX,
  IconTrash,
} from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { call } from '../../api/client.ts'
import { useChange, useRun, useRunFlow } from '../../api/queries.ts'
import { FlowCanvas } from '../../canvas/index.ts'
import { useLiveRun } from '../../editor/live-run.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { announce } from '../../ui/Announcer.tsx'
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx'
import { ErrorState, ProblemText } from '../../ui/ErrorState.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { StatusBadge } from '../../ui/StatusBadge.tsx'
import { BalanceMark } from './BalanceMark.tsx'
import { Gantt } from './Gantt.tsx'
import { LedgerTable } from './LedgerTable.tsx'
import { LogTable } from './LogTable.tsx'
import { OutputsTable } from './OutputsTable.tsx'
import { RejectsTable } from './RejectsTable.tsx'
import classes from './runs.module.css'

/** One run: the flow as it ran, and where every row went. */
export function RunPage() {
  const { id = '' } = useParams()
  const run = useRun(id)
  const flow = useRunFlow(id)
  return (
    <div className="page">
      <div className="page-inner">
        {run.isPending && <Skeleton height={320} radius="md" />}
        {run.isError && <ErrorState error={run.error} onRetry={() => void run.refetch()} />}
        {run.data && <RunDetails run={run.data} flow={flow.data} />}
      </div>
    </div>
  )
}

interface Props {
  readonly run: Run
  readonly flow: Flow | undefined
}

function RunDetails({ run: stored, flow }: Props) {
  const { t } = useText()
  const nameOf = useNodeName(flow)
  const format = useFormat()
  const { run, nodes, log, isConnected } = useLiveRun(stored)
  const live = !isFinal(run.status)
  useEndAnnouncement(run)
  const problems = run.problems.length > 0 ? run.problems : run.problem ? [run.problem] : []
  return (
    <>
      <PageHeader title={t('run.title', { flow: run.flowName })}>
        <RunActions run={run} live={live} />
      </PageHeader>
      <Group gap="md" mb="sm">
        <StatusBadge state={run.status} size="lg" />
        <Badge variant="outline" color="gray" tt="none">
          {run.version === null ? t('run.draft') : t('run.version', { version: run.version })}
        </Badge>
        <Text size="sm" c="dimmed">
          {format.dateTime(run.queuedAt)}
          {run.durationMs !== null && ` · ${format.duration(run.durationMs)}`}
        </Text>
        {live && !isConnected && (
          <Badge color="orange" variant="light" tt="none" leftSection={<IconPlugConnectedX size={12} />}>
            {t('run.offline')}
          </Badge>
        )}
        <BalanceMark balanced={run.balanced} />
        <Text size="sm">
          {t('run.summary', {
            in: format.number(run.rowsIn),
            out: format.number(run.rowsOut),
            filtered: format.number(run.filtered),
            rejected: format.number(run.rejected),
          })}
        </Text>
      </Group>
      {problems.map((problem) => (
        <Alert
          key={`${problem.code}${problem.location.nodeId}${problem.message.en}`}
          color={problem.severity === 'error' ? 'red' : 'yellow'}
          variant="light"
          icon={<IconAlertTriangle size={20} />}
          mb="xs"
        >
          <ProblemText
            problem={problem}
            nodeName={problem.location.nodeId && nameOf(problem.location.nodeId)}
          />
        </Alert>
      ))}
      <section className={`panel ${classes.canvas}`} aria-label={t('run.canvas')}>
        {flow && <FlowCanvas flow={flow} runs={nodes} readOnly />}
      </section>
      <Tabs defaultValue="ledger" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="ledger">{t('run.ledger')}</Tabs.Tab>
          <Tabs.Tab value="gantt">{t('run.gantt')}</Tabs.Tab>
          <Tabs.Tab
            value="rejects"
            rightSection={
              run.rejected > 0 && (
                <Badge size="xs" color="red" variant="light">
                  {format.number(run.rejected)}
                </Badge>
              )
            }
          >
            {t('run.rejects')}
          </Tabs.Tab>
          <Tabs.Tab value="outputs">{t('run.outputs')}</Tabs.Tab>
          <Tabs.Tab value="log">{t('run.log')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="ledger">
          <LedgerTable run={run} flow={flow} />
        </Tabs.Panel>
        <Tabs.Panel value="gantt">
          <Gantt run={run} flow={flow} />
        </Tabs.Panel>
        <Tabs.Panel value="rejects">
          <RejectsTable run={run} flow={flow} />
        </Tabs.Panel>
        <Tabs.Panel value="outputs">
          <OutputsTable run={run} flow={flow} />
        </Tabs.Panel>
        <Tabs.Panel value="log">
          <LogTable id={run.id} live={live ? log : undefined} flow={flow} />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

/** People who listen learn that a run they watch has ended. */
function useEndAnnouncement(run: Run) {
  const { t } = useText()
  const before = useRef(run.status)
  useEffect(() => {
    const ended = isFinal(run.status)
    if (before.current !== run.status && ended)
      announce(t('run.announce', { status: t(`state.${run.status}`) }))
    before.current = run.status
  }, [run.status, t])
}

function RunActions({ run, live }: { readonly run: Run; readonly live: boolean }) {
  const { t } = useText()
  const navigate = useNavigate()
  const [asking, ask] = useDisclosure(false)
  const cancel = useChange(() => call('cancelRun', { params: { id: run.id } }), ['run', 'runs'])
  const remove = useChange(async () => {
    await call('deleteRun', { params: { id: run.id } })
    await navigate('/runs')
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
        <Button variant="default" leftSection={<IconTrash size={16} />} onClick={ask.open}>
          {t('run.delete')}
        </Button>
      )}
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
