import { Anchor, Group, Pagination, Select, Table, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import type { RunSummary } from '@millrace/contract'
import { runStatuses } from '@millrace/engine'
import { IconHistory, IconSearch } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { useRuns } from '../../api/queries.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { DryBadge } from '../../ui/DryBadge.tsx'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { Moment } from '../../ui/Moment.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { StatusBadge } from '../../ui/StatusBadge.tsx'
import { BalanceMark } from './BalanceMark.tsx'
import classes from './runs.module.css'

const pageSize = 50
const spans = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 } as const
type Span = keyof typeof spans
const spanNames = Object.keys(spans) as Span[]

/** The execution history. */
export function RunsPage() {
  const { t } = useText()
  const format = useFormat()
  const [search, setSearch] = useState('')
  // Where a link says what to look at: `?status=failed&time=day`.
  const [asked] = useSearchParams()
  const [status, setStatus] = useState(() => runStatuses.find((known) => known === asked.get('status')))
  const [span, setSpan] = useState(() => spanNames.find((known) => known === asked.get('time')))
  const [page, setPage] = useState(1)
  const [settled] = useDebouncedValue(search.trim(), 250)
  const from = useMemo(() => span && new Date(Date.now() - spans[span]).toISOString(), [span])
  const runs = useRuns({ status, from, search: settled || undefined, page, pageSize })
  const filtered = status !== undefined || span !== undefined || settled !== ''
  const refilter = (change: () => void) => {
    setPage(1)
    change()
  }
  return (
    <div className="page">
      <div className="page-inner">
        <PageHeader title={t('runs.title')}>
          <TextInput
            aria-label={t('runs.search')}
            placeholder={t('runs.search')}
            leftSection={<IconSearch size={16} />}
            value={search}
            onChange={(event) => {
              const { value } = event.currentTarget
              refilter(() => setSearch(value))
            }}
          />
          <Select
            aria-label={t('runs.status')}
            placeholder={t('runs.anyStatus')}
            clearable
            w={160}
            data={runStatuses.map((value) => ({ value, label: t(`state.${value}`) }))}
            value={status ?? null}
            onChange={(value) => refilter(() => setStatus(runStatuses.find((known) => known === value)))}
          />
          <Select
            aria-label={t('runs.time')}
            placeholder={t('runs.anyTime')}
            clearable
            w={160}
            data={[
              { value: 'hour', label: t('runs.lastHour') },
              { value: 'day', label: t('runs.lastDay') },
              { value: 'week', label: t('runs.lastWeek') },
              { value: 'month', label: t('runs.lastMonth') },
            ]}
            value={span ?? null}
            onChange={(value) => refilter(() => setSpan(value === null ? undefined : (value as Span)))}
          />
        </PageHeader>
        {runs.isError && <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />}
        {runs.data?.total === 0 && (
          <EmptyState
            icon={<IconHistory size={44} stroke={1.2} />}
            title={t(filtered ? 'runs.noMatch' : 'runs.empty')}
            hint={filtered ? undefined : t('runs.emptyHint')}
          />
        )}
        {runs.data && runs.data.total > 0 && (
          <>
            <RunTable runs={runs.data.items} />
            <Group justify="space-between" mt="md">
              <Text size="sm" c="dimmed">
                {t('runs.total', { total: format.number(runs.data.total) })}
              </Text>
              {runs.data.total > pageSize && (
                <Pagination
                  aria-label={t('runs.pages')}
                  total={Math.ceil(runs.data.total / pageSize)}
                  value={page}
                  onChange={setPage}
                />
              )}
            </Group>
          </>
        )}
      </div>
    </div>
  )
}

function RunTable({ runs }: { readonly runs: readonly RunSummary[] }) {
  const { t } = useText()
  const format = useFormat()
  return (
    <div className={`panel ${classes.scroll}`}>
      <Table verticalSpacing="xs" highlightOnHover>
        {/* Chinese may break at any character, headers of two at the first. */}
        <Table.Thead style={{ wordBreak: 'keep-all' }}>
          <Table.Tr>
            <Table.Th>{t('runs.flow')}</Table.Th>
            <Table.Th>{t('runs.status')}</Table.Th>
            <Table.Th>{t('runs.started')}</Table.Th>
            <Table.Th className="numbers">{t('runs.duration')}</Table.Th>
            <Table.Th className="numbers">{t('runs.in')}</Table.Th>
            <Table.Th className="numbers">{t('runs.out')}</Table.Th>
            <Table.Th className="numbers">{t('runs.filtered')}</Table.Th>
            <Table.Th className="numbers">{t('runs.rejected')}</Table.Th>
            <Table.Th>{t('runs.balance')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => {
            // Before they are counted, zeros would be figures.
            const rows = (count: number) => (run.balanced === null ? '–' : format.number(count))
            return (
              <Table.Tr key={run.id}>
                <Table.Td maw={{ base: 140, lg: 280 }}>
                  <Anchor
                    title={run.flowName}
                    component={Link}
                    to={`/runs/${run.id}`}
                    size="sm"
                    fw={500}
                    truncate
                    display="block"
                  >
                    {run.flowName}
                  </Anchor>
                  <Text size="xs" c="dimmed">
                    {run.version === null ? t('run.draft') : t('run.version', { version: run.version })}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Group gap={6}>
                    <StatusBadge state={run.hold ? 'held' : run.status} size="sm" />
                    {run.dry && <DryBadge size="sm" />}
                  </Group>
                </Table.Td>
                <Table.Td>
                  <Moment iso={run.queuedAt} />
                </Table.Td>
                <Table.Td className="numbers" style={{ whiteSpace: 'nowrap' }}>
                  {run.durationMs === null ? '' : format.duration(run.durationMs)}
                </Table.Td>
                <Table.Td className="numbers">{rows(run.rowsIn)}</Table.Td>
                <Table.Td className="numbers" c={run.dry ? 'dimmed' : undefined}>
                  {rows(run.rowsOut)}
                </Table.Td>
                <Table.Td className="numbers">{rows(run.filtered)}</Table.Td>
                <Table.Td className="numbers" c={run.rejected > 0 ? 'red' : undefined}>
                  {rows(run.rejected)}
                </Table.Td>
                <Table.Td>
                  <BalanceMark balanced={run.balanced} />
                </Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </div>
  )
}
