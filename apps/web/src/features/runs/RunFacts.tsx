import { Anchor, Badge, Code, Group, Text } from '@mantine/core'
import type { Run } from '@millrace/contract'
import { IconHistory, IconPlugConnectedX } from '@tabler/icons-react'
import { Link } from 'react-router'
import { type TextKey, useFormat, useText } from '../../i18n/index.ts'
import { DryBadge } from '../../ui/DryBadge.tsx'
import { StatusBadge } from '../../ui/StatusBadge.tsx'
import { BalanceMark } from './BalanceMark.tsx'

/** How a run stands, of what version it is, where it comes from, and how many rows it moved. */
export function RunFacts({ run, isOffline }: { readonly run: Run; readonly isOffline: boolean }) {
  const { t } = useText()
  const format = useFormat()
  const isChanged = Object.keys(run.environmentValues).length > 0
  const origins: readonly (readonly [TextKey, string | undefined])[] = [
    ['run.approvedBy', run.approvedBy ?? undefined],
    ['run.approves', run.approves ?? undefined],
    [run.resumes ? 'run.resumes' : 'run.retries', run.retries ?? undefined],
    ['run.replays', run.replays?.runId],
    ['run.waitsFor', run.waitsFor ?? undefined],
  ]
  return (
    <Group gap="md" mb="sm">
      <StatusBadge state={run.hold ? 'held' : run.status} size="lg" />
      {run.dry && <DryBadge size="lg" />}
      {run.backfill && (
        <Badge variant="light" tt="none" leftSection={<IconHistory size={12} stroke={2.2} aria-hidden />}>
          {t('run.backfill', { from: run.backfill.from, to: run.backfill.to })}
        </Badge>
      )}
      {run.environment !== null && (
        <Badge variant="light" tt="none">
          {t(isChanged ? 'run.environmentChanged' : 'run.environment', { name: run.environment })}
        </Badge>
      )}
      <Badge variant="outline" color="gray" tt="none">
        {run.version === null ? t('run.draft') : t('run.version', { version: run.version })}
      </Badge>
      {origins.map(
        ([key, id]) =>
          id !== undefined && (
            <Anchor key={key} component={Link} to={`/runs/${id}`} size="sm">
              {t(key)}
            </Anchor>
          ),
      )}
      <Text size="sm" c="dimmed">
        {format.dateTime(run.queuedAt)}
        {run.durationMs !== null && ` · ${format.duration(run.durationMs)}`}
      </Text>
      {isOffline && (
        <Badge color="orange" variant="light" tt="none" leftSection={<IconPlugConnectedX size={12} />}>
          {t('run.offline')}
        </Badge>
      )}
      {Object.entries(run.parameters).map(([name, value]) => (
        <Code key={name}>
          {name} = {value}
          {Object.hasOwn(run.environmentValues, name) &&
            ` ${t('run.insteadOf', { value: run.environmentValues[name] ?? '' })}`}
        </Code>
      ))}
      <BalanceMark balanced={run.balanced} />
      {/* Before they are counted, zeros would be figures. */}
      {run.balanced !== null && (
        <Text size="sm">
          {t(run.dry ? 'run.drySummary' : 'run.summary', {
            in: format.number(run.rowsIn),
            out: format.number(run.rowsOut),
            filtered: format.number(run.filtered),
            rejected: format.number(run.rejected),
          })}
        </Text>
      )}
    </Group>
  )
}
