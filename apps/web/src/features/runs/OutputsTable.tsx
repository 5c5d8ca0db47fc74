import { Button, Table, Text } from '@mantine/core'
import type { Run } from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import { IconDownload, IconFileOff } from '@tabler/icons-react'
import { addressOf } from '../../api/client.ts'
import { PreviousRows } from '../../forms/PreviousRows.tsx'
import { useFormat, useText } from '../../i18n/index.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import classes from './runs.module.css'

export function OutputsTable({ run, flow }: { readonly run: Run; readonly flow: Flow | undefined }) {
  const { t } = useText()
  const nameOf = useNodeName(flow)
  const format = useFormat()
  /** The connection of a target that is a table; undefined for files, and where a parameter names it. */
  const connectionOf = (nodeId: string): string | undefined => {
    const connection = flow?.nodes.find(({ id }) => id === nodeId)?.settings['connection']
    const isKnown = typeof connection === 'string' && connection !== '' && !connection.includes('${')
    return isKnown ? connection : undefined
  }
  if (run.outputs.length === 0)
    return <EmptyState icon={<IconFileOff size={36} stroke={1.2} />} title={t('run.noOutputs')} />
  return (
    <div className={`panel ${classes.scroll}`}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('run.node')}</Table.Th>
            <Table.Th>{t('run.outputs')}</Table.Th>
            <Table.Th className="numbers">{t('run.rows')}</Table.Th>
            <Table.Th className="numbers">{t('files.size')}</Table.Th>
            <Table.Th className="numbers">{t('run.outputAction')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {run.outputs.map(({ nodeId, name, rows, bytes, available }) => (
            <Table.Tr key={nodeId}>
              <Table.Td>{nameOf(nodeId)}</Table.Td>
              <Table.Td fw={500}>{name}</Table.Td>
              <Table.Td className="numbers">{format.number(rows)}</Table.Td>
              <Table.Td className="numbers">{format.bytes(bytes)}</Table.Td>
              <Table.Td className="numbers">
                {available ? (
                  <Button
                    component="a"
                    href={addressOf('downloadRunOutput', { id: run.id, nodeId })}
                    download
                    size="compact-sm"
                    variant="light"
                    leftSection={<IconDownload size={14} />}
                    aria-label={`${t('action.download')} ${name}`}
                  >
                    {t('action.download')}
                  </Button>
                ) : connectionOf(nodeId) === undefined ? (
                  <Text size="sm" c="dimmed">
                    {t('run.fileGone')}
                  </Text>
                ) : (
                  <PreviousRows connection={connectionOf(nodeId) ?? ''} table={name} />
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
