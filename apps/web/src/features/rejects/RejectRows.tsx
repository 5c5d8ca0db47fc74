import { Checkbox, Table, Text } from '@mantine/core'
import type { DeskReject } from '@millrace/contract'
import { reasonIn } from '@millrace/engine'
import { useFormat, useText } from '../../i18n/index.ts'
import { RejectBadge } from './RejectBadge.tsx'
import classes from './rejects.module.css'
import { rowKey } from './row-key.ts'

type Chosen = ReadonlyMap<string, DeskReject>

interface Props {
  readonly rows: readonly DeskReject[]
  /** They are those of the filter before; others are on their way. */
  readonly isStale: boolean
  readonly chosen: Chosen
  /** The row whose details are shown. */
  readonly opened: string | undefined
  readonly onChoose: (chosen: Chosen) => void
  readonly onOpen: (row: DeskReject) => void
}

/** One line for every rejected row: what was wrong, where, and what became of it. */
export function RejectRows({ rows, isStale, chosen, opened, onChoose, onOpen }: Props) {
  const { t, language } = useText()
  const format = useFormat()
  const isAll = rows.every((row) => chosen.has(rowKey(row)))
  const choose = (list: readonly DeskReject[], on: boolean) => {
    const next = new Map(chosen)
    for (const row of list) {
      if (on) next.set(rowKey(row), row)
      else next.delete(rowKey(row))
    }
    onChoose(next)
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={`panel ${classes['scroll']}`} aria-label={t('rejects.rows')} tabIndex={0}>
      <Table fz="sm" verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={40}>
              <Checkbox
                size="xs"
                disabled={isStale}
                aria-label={t('rejects.chooseAll')}
                checked={isAll}
                indeterminate={!isAll && rows.some((row) => chosen.has(rowKey(row)))}
                onChange={(event) => choose(rows, event.currentTarget.checked)}
              />
            </Table.Th>
            <Table.Th>{t('rejects.states')}</Table.Th>
            <Table.Th>{t('run.column')}</Table.Th>
            <Table.Th>{t('run.value')}</Table.Th>
            <Table.Th>{t('run.reason')}</Table.Th>
            <Table.Th>{t('run.place')}</Table.Th>
            <Table.Th>{t('rejects.flow')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr
              key={rowKey(row)}
              className={classes['row'] ?? ''}
              data-open={opened === rowKey(row) || undefined}
            >
              <Table.Td>
                <Checkbox
                  size="xs"
                  disabled={isStale}
                  aria-label={t('rejects.choose', { number: row.number + 1 })}
                  checked={chosen.has(rowKey(row))}
                  onChange={(event) => choose([row], event.currentTarget.checked)}
                />
              </Table.Td>
              <Table.Td>
                <RejectBadge state={row.state} />
              </Table.Td>
              <Table.Td>
                <button
                  type="button"
                  className={classes['opener']}
                  aria-label={[row.column, t('rejects.open', { number: row.number + 1 })]
                    .filter(Boolean)
                    .join(' · ')}
                  onClick={() => onOpen(row)}
                >
                  {row.column || '—'}
                </button>
              </Table.Td>
              <Table.Td className={classes['value']}>{row.value}</Table.Td>
              <Table.Td className={classes['reason']}>{reasonIn(language, row.reason)}</Table.Td>
              <Table.Td className="mono">
                {row.line === null ? row.file : `${row.file ?? ''}:${row.line}`}
              </Table.Td>
              <Table.Td maw={220}>
                <Text size="sm" truncate>
                  {row.flowName}
                </Text>
                <Text size="xs" c="dimmed">
                  {format.dateTime(row.queuedAt)}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  )
}
