import { Button, SimpleGrid, Skeleton, Title } from '@mantine/core'
import { IconRoute, IconSearch } from '@tabler/icons-react'
import { type DragEvent, lazy, Suspense, useState } from 'react'
import { useFlows } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { FlowCard } from './FlowCard.tsx'
import { type FlowChoice, FlowFilters } from './FlowFilters.tsx'
import { countsOf, flowsShown } from './flow-list.ts'
import classes from './HomePage.module.css'
import { NewFlowButton } from './NewFlowButton.tsx'
import { Overview } from './overview/Overview.tsx'
import { TourOffer } from './TourOffer.tsx'

/** It reads flows with the engine's own reader, which the list of flows does without. */
const ImportDialog = lazy(async () => ({ default: (await import('./ImportDialog.tsx')).ImportDialog }))

const everything: FlowChoice = { search: '', state: 'all', order: 'changed' }

/** What goes on, then all flows: what each looks like, whether it ran, and the way to a new one. */
export function HomePage() {
  const { t } = useText()
  const flows = useFlows()
  const [choice, setChoice] = useState(everything)
  const [file, setFile] = useState<File>()
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const [dropped] = event.dataTransfer.files
    if (dropped) setFile(dropped)
  }
  const shown = flows.data && flowsShown(flows.data, choice)
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
        {!flows.data?.length && (
          <PageHeader title={t('home.title')}>
            <NewFlowButton onFile={setFile} />
          </PageHeader>
        )}
        {flows.data?.length === 0 && <TourOffer />}
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
        {flows.data && shown && flows.data.length > 0 && (
          <>
            <Overview newest={flows.data[0]} notice={<TourOffer />}>
              <NewFlowButton onFile={setFile} />
            </Overview>
            <Title order={2} size="h4" mb="sm">
              {t('home.title')}
            </Title>
            <FlowFilters choice={choice} counts={countsOf(flows.data)} onChange={setChoice} />
            {shown.length === 0 && (
              <EmptyState
                icon={<IconSearch size={40} stroke={1.2} />}
                title={
                  choice.search.trim() === ''
                    ? t('home.noneOfState')
                    : t('home.noMatch', { search: choice.search })
                }
              >
                <Button variant="default" onClick={() => setChoice({ ...everything, order: choice.order })}>
                  {t('home.clear')}
                </Button>
              </EmptyState>
            )}
            <SimpleGrid cols={{ base: 1, sm: 2, lg: 3, xl: 4 }} spacing="md">
              {shown.map((flow) => (
                <FlowCard key={flow.id} flow={flow} />
              ))}
            </SimpleGrid>
          </>
        )}
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
