import { Table, Text } from '@mantine/core'
import type { LogLine } from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import { IconNotes } from '@tabler/icons-react'
import { useRunLog } from '../../api/queries.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import classes from './runs.module.css'

interface Props {
  readonly id: string
  /** While the run goes on: the lines so far. */
  readonly live: readonly LogLine[] | undefined
  readonly flow: Flow | undefined
}

const colors = { info: undefined, warning: 'orange', error: 'red' } as const

export function LogTable({ id, live, flow }: Props) {
  const { t, label } = useText()
  const nameOf = useNodeName(flow)
  const format = useFormat()
  const stored = useRunLog(id)
  const lines = live && live.length >= (stored.data?.length ?? 0) ? live : stored.data
  if (lines?.length === 0)
    return <EmptyState icon={<IconNotes size={36} stroke={1.2} />} title={t('run.noLog')} />
  return (
    <div className={`panel ${classes.scroll}`}>
      <Table fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={100}>{t('run.at')}</Table.Th>
            <Table.Th w={200}>{t('run.node')}</Table.Th>
            <Table.Th>{t('run.message')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines?.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines are only ever appended
            <Table.Tr key={index}>
              <Table.Td className="mono">{format.time(line.at)}</Table.Td>
              <Table.Td>{line.nodeId && nameOf(line.nodeId)}</Table.Td>
              <Table.Td>
                <Text size="sm" c={colors[line.level]}>
                  {label(line.message)}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
