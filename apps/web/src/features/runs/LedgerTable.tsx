import { Anchor, Table, Text } from '@mantine/core'
import type { Run } from '@millrace/contract'
import { type Flow, wholeFlow } from '@millrace/engine'
import { useMemo } from 'react'
import { Link } from 'react-router'
import { useFormat, useText } from '../../i18n/index.ts'
import { useNodeName } from '../../ui/node-name.ts'
import { StatusBadge } from '../../ui/StatusBadge.tsx'
import { useRowLaw } from '../../ui/use-row-law.ts'
import { BalanceMark } from './BalanceMark.tsx'
import { placeOfWritten } from './kept-rows.ts'
import classes from './runs.module.css'

const sum = (counts: Readonly<Record<string, number>> | undefined): number =>
  Object.values(counts ?? {}).reduce((total, count) => total + count, 0)

interface CountProps {
  readonly count: number
  /** Where these rows are kept; undefined: they are not. */
  readonly to: string | undefined
  readonly label: string
}

/** A number of rows, and the way to them where they are kept. */
function RowCount({ count, to, label }: CountProps) {
  const format = useFormat()
  if (count === 0 || to === undefined) return format.number(count)
  return (
    <Anchor
      component={Link}
      to={to}
      replace
      preventScrollReset
      size="sm"
      c="inherit"
      underline="always"
      aria-label={`${format.number(count)}: ${label}`}
    >
      {format.number(count)}
    </Anchor>
  )
}

/** Every node with what came in, what left, and the law that both must satisfy. */
export function LedgerTable({ run, flow }: { readonly run: Run; readonly flow: Flow | undefined }) {
  const { t } = useText()
  const rowLaw = useRowLaw()
  const nameOf = useNodeName(flow)
  const format = useFormat()
  const kinds = useMemo(
    () => new Map(flow && wholeFlow(flow).nodes.map(({ id, kind }) => [id, kind])),
    [flow],
  )
  return (
    <div className={`panel ${classes.scroll}`}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('run.node')}</Table.Th>
            <Table.Th>{t('run.state')}</Table.Th>
            <Table.Th className="numbers">{t('runs.in')}</Table.Th>
            <Table.Th className="numbers">{t('runs.out')}</Table.Th>
            <Table.Th className="numbers">{t('runs.filtered')}</Table.Th>
            <Table.Th className="numbers">{t('runs.rejected')}</Table.Th>
            <Table.Th>{t('run.equation')}</Table.Th>
            <Table.Th>{t('runs.balance')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {run.nodes.map(({ nodeId, state, ledger }) => (
            <Table.Tr key={nodeId}>
              <Table.Td fw={500}>{nameOf(nodeId)}</Table.Td>
              <Table.Td>
                <StatusBadge state={state} size="sm" />
              </Table.Td>
              <Table.Td className="numbers">
                {ledger && format.number(ledger.terms['read'] ?? sum(ledger.in))}
              </Table.Td>
              <Table.Td className="numbers">
                {ledger && (
                  <RowCount
                    count={sum(ledger.out)}
                    to={placeOfWritten(run, nodeId)}
                    label={t('run.showRows', { node: nameOf(nodeId) })}
                  />
                )}
              </Table.Td>
              <Table.Td className="numbers">{ledger && format.number(ledger.filtered)}</Table.Td>
              <Table.Td className="numbers" c={ledger && ledger.rejected > 0 ? 'red' : undefined}>
                {ledger && (
                  <RowCount
                    count={ledger.rejected}
                    to={`?tab=rejects&node=${encodeURIComponent(nodeId)}`}
                    label={t('run.showRejects', { node: nameOf(nodeId) })}
                  />
                )}
              </Table.Td>
              <Table.Td>
                <Text size="xs" c="dimmed" className="numbers" ta="left">
                  {ledger && rowLaw(ledger.equation, kinds.get(nodeId))}
                </Text>
              </Table.Td>
              <Table.Td>
                <BalanceMark balanced={ledger?.balanced ?? null} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
