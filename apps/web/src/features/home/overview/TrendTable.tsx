import { Table } from '@mantine/core'
import type { OverviewSpan } from '@millrace/contract'
import { useFormat, useText } from '../../../i18n/index.ts'
import classes from './overview.module.css'
import { type Period, spanName } from './period.ts'

/** What the charts show, as figures, newest first. */
export function TrendTable({
  period,
  spans,
}: {
  readonly period: Period
  readonly spans: readonly OverviewSpan[]
}) {
  const { t } = useText()
  const format = useFormat()
  const duration = (ms: number | null) => (ms === null ? '–' : format.duration(ms))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <section className={`panel ${classes['table']}`} aria-label={t('overview.table')} tabIndex={0}>
      <Table stickyHeader verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('overview.from')}</Table.Th>
            <Table.Th className="numbers">{t('state.succeeded')}</Table.Th>
            <Table.Th className="numbers">{t('state.failed')}</Table.Th>
            <Table.Th className="numbers">{t('state.cancelled')}</Table.Th>
            <Table.Th className="numbers">{t('overview.written')}</Table.Th>
            <Table.Th className="numbers">{t('overview.rejected')}</Table.Th>
            <Table.Th className="numbers">{t('overview.median')}</Table.Th>
            <Table.Th className="numbers">{t('overview.longest')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {spans.toReversed().map((span) => (
            <Table.Tr key={span.start}>
              <Table.Th scope="row" fw={500}>
                {format.moment(span.start, spanName[period])}
              </Table.Th>
              {[span.succeeded, span.failed, span.cancelled, span.rowsOut, span.rejected].map(
                (count, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its column
                  <Table.Td key={index} className="numbers">
                    {format.number(count)}
                  </Table.Td>
                ),
              )}
              <Table.Td className="numbers">{duration(span.medianMs)}</Table.Td>
              <Table.Td className="numbers">{duration(span.longestMs)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
