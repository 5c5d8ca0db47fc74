import { Badge, Card, Group, SimpleGrid, Skeleton, Text, TextInput } from '@mantine/core'
import type { FlowSummary } from '@millrace/contract'
import { IconRoute, IconSearch } from '@tabler/icons-react'
import { type DragEvent, lazy, Suspense, useState } from 'react'
import { Link } from 'react-router'
import { useFlows } from '../../api/queries.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { FlowPicture } from '../../ui/FlowPicture.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { StatusBadge } from '../../ui/StatusBadge.tsx'
import { FlowMenu } from './FlowMenu.tsx'
import classes from './HomePage.module.css'
import { NewFlowButton } from './NewFlowButton.tsx'

/** It reads flows with the engine's own reader, which the list of flows does without. */
const ImportDialog = lazy(async () => ({ default: (await import('./ImportDialog.tsx')).ImportDialog }))

/** All flows: what each looks like, whether it ran, and the way to a new one. */
export function HomePage() {
  const { t } = useText()
  const flows = useFlows()
  const [search, setSearch] = useState('')
  const [file, setFile] = useState<File>()
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [dropped] = event.dataTransfer.files
    if (dropped) setFile(dropped)
  }
  const shown = flows.data?.filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()))
  return (
    <section
      className={`page ${isOver ? classes.dropping : ''}`}
      aria-label={t('home.title')}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes('Files')) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <div className="page-inner">
        <PageHeader title={t('home.title')}>
          <TextInput
            aria-label={t('home.search')}
            placeholder={t('home.search')}
            leftSection={<IconSearch size={16} />}
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <NewFlowButton onFile={setFile} />
        </PageHeader>
        {flows.isError && <ErrorState error={flows.error} onRetry={() => void flows.refetch()} />}
        {flows.isPending && <LoadingCards />}
        {flows.data?.length === 0 && (
          <EmptyState
            icon={<IconRoute size={44} stroke={1.2} />}
            title={t('home.empty')}
            hint={t('home.emptyHint')}
          >
            <NewFlowButton onFile={setFile} />
          </EmptyState>
        )}
        {flows.data && flows.data.length > 0 && shown?.length === 0 && (
          <EmptyState icon={<IconSearch size={40} stroke={1.2} />} title={t('home.noMatch', { search })} />
        )}
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3, xl: 4 }} spacing="md">
          {shown?.map((flow) => (
            <FlowCard key={flow.id} flow={flow} />
          ))}
        </SimpleGrid>
      </div>
      {file && (
        <Suspense fallback={null}>
          <ImportDialog file={file} onClose={() => setFile(undefined)} />
        </Suspense>
      )}
    </section>
  )
}

function LoadingCards() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3, xl: 4 }} spacing="md">
      {['a', 'b', 'c', 'd'].map((key) => (
        <Skeleton key={key} height={248} radius="md" />
      ))}
    </SimpleGrid>
  )
}

function FlowCard({ flow }: { readonly flow: FlowSummary }) {
  const { t } = useText()
  const format = useFormat()
  const { lastRun } = flow
  return (
    <Card withBorder padding={0} radius="md" className={classes.card} component="article">
      <Link to={`/flows/${flow.id}`} className={classes.picture} tabIndex={-1} aria-hidden>
        <FlowPicture thumbnail={flow.thumbnail} title={t('home.picture')} />
      </Link>
      <div className={classes.body}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Text component={Link} to={`/flows/${flow.id}`} fw={600} truncate className={classes.name}>
            {flow.name}
          </Text>
          <FlowMenu flow={flow} />
        </Group>
        <Text size="sm" c="dimmed" lineClamp={2} mih={42}>
          {flow.description}
        </Text>
        <Group gap={6} mt="sm" wrap="nowrap">
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
        </Group>
        <Text size="xs" c="dimmed" mt={8} truncate>
          {lastRun
            ? [
                t('home.ran', { when: format.ago(lastRun.queuedAt) }),
                t('home.rows', { rows: format.number(lastRun.rowsOut) }),
                ...(lastRun.rejected > 0
                  ? [t('home.rejects', { rows: format.number(lastRun.rejected) })]
                  : []),
              ].join(' · ')
            : t('home.changed', { when: format.ago(flow.updatedAt) })}
        </Text>
      </div>
    </Card>
  )
}
