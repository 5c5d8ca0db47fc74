import { Pagination, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import type { DeskReject } from '@millrace/contract'
import { IconCircleCheck, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useRejects } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { PageHeader } from '../../ui/PageHeader.tsx'
import { RejectActions } from './RejectActions.tsx'
import { RejectDrawer } from './RejectDrawer.tsx'
import { RejectFilters } from './RejectFilters.tsx'
import { RejectRows } from './RejectRows.tsx'
import classes from './rejects.module.css'
import { rowKey } from './row-key.ts'
import { useFilter } from './use-filter.ts'

const pageSize = 50

/** The rejected rows of all runs: find them, mend them, feed them in again. */
export function RejectsPage() {
  const { t } = useText()
  const filter = useFilter()
  const { flow, run, node, column, rule, state, search, page, opened, put } = filter
  const found = useRejects({
    flowId: flow,
    runId: run,
    nodeId: node,
    column,
    rule,
    state,
    search,
    page,
    pageSize,
  })
  const [chosen, setChosen] = useState<ReadonlyMap<string, DeskReject>>(new Map())
  const [text, setText] = useState(search ?? '')
  const searchSoon = useDebouncedCallback((value: string) => put({ search: value.trim() }), 300)
  const { data } = found
  const isFiltered = [flow, run, node, rule, state, search].some(Boolean)
  return (
    <div className="page">
      <div className="page-inner">
        <PageHeader title={t('rejects.title')}>
          <TextInput
            aria-label={t('rejects.search')}
            placeholder={t('rejects.search')}
            leftSection={<IconSearch size={16} />}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value)
              searchSoon(event.currentTarget.value)
            }}
          />
          <Select
            aria-label={t('rejects.flow')}
            placeholder={t('rejects.anyFlow')}
            clearable
            searchable
            w={240}
            data={data?.flows.map(({ id, name }) => ({ value: id, label: name })) ?? []}
            value={flow ?? null}
            onChange={(value) =>
              put({
                flow: value ?? undefined,
                run: undefined,
                node: undefined,
                column: undefined,
                rule: undefined,
              })
            }
          />
        </PageHeader>
        {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
        {data?.flows.length === 0 && (
          <EmptyState
            icon={<IconCircleCheck size={44} stroke={1.2} />}
            title={t('rejects.empty')}
            hint={t('rejects.emptyHint')}
          />
        )}
        {data && data.flows.length > 0 && (
          <div className={classes['layout']}>
            <RejectFilters found={data} filter={filter} />
            <div>
              <RejectActions chosen={chosen} onDone={() => setChosen(new Map())} />
              {data.total === 0 ? (
                <EmptyState
                  icon={<IconCircleCheck size={36} stroke={1.2} />}
                  title={t(isFiltered ? 'rejects.noMatch' : 'rejects.empty')}
                />
              ) : (
                <RejectRows
                  rows={data.items}
                  isStale={found.isPlaceholderData}
                  chosen={chosen}
                  opened={opened && rowKey(opened)}
                  onChoose={setChosen}
                  onOpen={(row) => put({ open: rowKey(row), page })}
                />
              )}
              {data.total > pageSize && (
                <Pagination
                  mt="md"
                  aria-label={t('runs.pages')}
                  total={Math.ceil(data.total / pageSize)}
                  value={page}
                  onChange={(next) => put({ page: next })}
                />
              )}
            </div>
          </div>
        )}
        {opened && (
          <RejectDrawer
            key={rowKey(opened)}
            runId={opened.runId}
            number={opened.number}
            onClose={() => put({ open: undefined, page })}
          />
        )}
      </div>
    </div>
  )
}
