import { Button, Group, Pagination, Select, Spoiler, Table, Text } from '@mantine/core'
import type { Run } from '@millrace/contract'
import { type Flow, reasonIn, ruleIn } from '@millrace/engine'
import { IconCircleCheck, IconDownload, IconFirstAidKit } from '@tabler/icons-react'
import { Link } from 'react-router'
import { addressOf } from '../../api/client.ts'
import { useRunRejects } from '../../api/queries.ts'
import { useText } from '../../i18n/index.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import classes from './runs.module.css'
import type { Place } from './use-place.ts'

const pageSize = 50

/** The rows that failed a rule: which, where from, and why. */
interface Props {
  readonly run: Run
  readonly flow: Flow | undefined
  readonly place: Place
}

export function RejectsTable({ run, flow, place }: Props) {
  const { t, language } = useText()
  const nameOf = useNodeName(flow)
  const { nodeId, page } = place
  const rejects = useRunRejects(run.id, nodeId, page, pageSize)
  if (run.rejected === 0)
    return <EmptyState icon={<IconCircleCheck size={36} stroke={1.2} />} title={t('run.noRejects')} />
  if (rejects.isError) return <ErrorState error={rejects.error} onRetry={() => void rejects.refetch()} />
  const nodes = run.nodes.filter(({ ledger }) => (ledger?.rejected ?? 0) > 0)
  return (
    <>
      <Group mb="sm" justify="space-between">
        <Select
          aria-label={t('run.node')}
          placeholder={t('run.allNodes')}
          clearable
          data={nodes.map((node) => ({ value: node.nodeId, label: nameOf(node.nodeId) }))}
          value={nodeId ?? null}
          onChange={(value) => place.go({ tab: 'rejects', nodeId: value ?? undefined, page: 1 })}
        />
        <Group gap="xs">
          {!run.dry && (
            <Button
              component={Link}
              to={`/rejects?run=${run.id}`}
              leftSection={<IconFirstAidKit size={16} />}
            >
              {t('run.mendRejects')}
            </Button>
          )}
          <Button
            component="a"
            variant="default"
            href={addressOf('downloadRunRejects', { id: run.id })}
            download
            leftSection={<IconDownload size={16} />}
          >
            {t('run.downloadRejects')}
          </Button>
        </Group>
      </Group>
      <div className={`panel ${classes.scroll}`}>
        <Table fz="sm" verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('run.node')}</Table.Th>
              <Table.Th>{t('run.place')}</Table.Th>
              <Table.Th>{t('run.column')}</Table.Th>
              <Table.Th>{t('run.value')}</Table.Th>
              <Table.Th>{t('run.rule')}</Table.Th>
              <Table.Th>{t('run.reason')}</Table.Th>
              <Table.Th>{t('run.row')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rejects.data?.items.map((item) => (
              <Table.Tr key={`${item.nodeId}:${item.file}:${item.line}:${item.row}`}>
                <Table.Td>{nameOf(item.nodeId)}</Table.Td>
                <Table.Td className="mono">
                  {item.line === null ? item.file : `${item.file ?? ''}:${item.line}`}
                </Table.Td>
                <Table.Td fw={500}>{item.column}</Table.Td>
                <Table.Td className={classes.cell}>
                  <Text size="sm" c="red" span>
                    {item.value}
                  </Text>
                </Table.Td>
                <Table.Td>{ruleIn(language, item.rule)}</Table.Td>
                <Table.Td className={classes.cell}>{reasonIn(language, item.reason)}</Table.Td>
                <Table.Td className={classes.cell}>
                  <Spoiler maxHeight={38} showLabel="…" hideLabel="−">
                    <Text size="xs" className="mono" component="code">
                      {item.row}
                    </Text>
                  </Spoiler>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {rejects.data && rejects.data.total > pageSize && (
        <Pagination
          mt="md"
          aria-label={t('runs.pages')}
          total={Math.ceil(rejects.data.total / pageSize)}
          value={page}
          onChange={(next) => place.go({ tab: 'rejects', nodeId, page: next })}
        />
      )}
    </>
  )
}
