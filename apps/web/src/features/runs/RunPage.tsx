import { Alert, Badge, Skeleton, Tabs } from '@mantine/core'
import type { Run } from '@millrace/contract'
import { type Flow, isFinal } from '@millrace/engine'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'
import { useParams } from 'react-router'
import { useRun, useRunFlow } from '../../api/queries.ts'
import { useLiveRun } from '../../editor/live-run.ts'
import { HoldBanner } from '../../forms/HoldBanner.tsx'
import { useFormat, useText } from '../../i18n/index.ts'
import { announce } from '../../ui/Announcer.tsx'
import { ErrorState, ProblemText } from '../../ui/ErrorState.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { ChangesView } from './ChangesView.tsx'
import { Gantt } from './Gantt.tsx'
import { keptAt } from './kept-rows.ts'
import { LedgerTable } from './LedgerTable.tsx'
import { LogTable } from './LogTable.tsx'
import { OutputsTable } from './OutputsTable.tsx'
import { RejectsTable } from './RejectsTable.tsx'
import { RunActions } from './RunActions.tsx'
import { RunCanvas } from './RunCanvas.tsx'
import { RunFacts } from './RunFacts.tsx'
import classes from './runs.module.css'
import { type Tab, tabs, usePlace } from './use-place.ts'

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
  const { run, nodes, log, isConnected } = useLiveRun(stored)
  const live = !isFinal(run.status)
  const place = usePlace(run.dry ? 'changes' : 'ledger')
  useEndAnnouncement(run)
  const problems = run.problems.length > 0 ? run.problems : run.problem ? [run.problem] : []
  return (
    <>
      <PageHeader title={t(run.dry ? 'run.dryTitle' : 'run.title', { flow: run.flowName })}>
        <RunActions run={run} flow={flow} live={live} />
      </PageHeader>
      <RunFacts run={run} isOffline={live && !isConnected} />
      {run.hold && <HoldBanner runId={run.id} hold={run.hold} flow={flow} />}
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
        {flow && (
          <RunCanvas
            flow={flow}
            runs={nodes}
            onSelect={(nodeId) => {
              const tab = nodeId !== undefined && keptAt(run, nodeId)
              if (tab) place.go({ tab, nodeId, page: 1 })
            }}
          />
        )}
      </section>
      <Tabs
        value={place.tab}
        onChange={(value) => {
          const tab = tabs.find((known) => known === value)
          if (tab) place.go({ tab, page: 1 })
        }}
        keepMounted={false}
      >
        <Tabs.List mb="md">
          {tabs
            .filter((tab) => tab !== 'changes' || run.dry)
            .map((tab) => (
              <Tabs.Tab key={tab} value={tab} rightSection={<TabCount run={run} tab={tab} />}>
                {t(`run.${tab}`)}
              </Tabs.Tab>
            ))}
        </Tabs.List>
        <Tabs.Panel value="changes">
          {live ? <Skeleton height={120} radius="md" /> : <ChangesView run={run} flow={flow} place={place} />}
        </Tabs.Panel>
        <Tabs.Panel value="ledger">
          <LedgerTable run={run} flow={flow} />
        </Tabs.Panel>
        <Tabs.Panel value="gantt">
          <Gantt run={run} flow={flow} log={live ? log : undefined} />
        </Tabs.Panel>
        <Tabs.Panel value="rejects">
          <RejectsTable run={run} flow={flow} place={place} />
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

/** How many rows wait behind a tab. */
function TabCount({ run, tab }: { readonly run: Run; readonly tab: Tab }) {
  const format = useFormat()
  const count =
    tab === 'rejects'
      ? run.rejected
      : tab === 'changes'
        ? run.changes.reduce((sum, { inserted, updated, deleted }) => sum + inserted + updated + deleted, 0)
        : 0
  if (count === 0) return null
  return (
    <Badge size="xs" color={tab === 'rejects' ? 'red' : 'violet'} variant="light">
      {format.number(count)}
    </Badge>
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
