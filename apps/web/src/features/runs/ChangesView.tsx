import { Alert, Button, Group, Pagination, Text } from '@mantine/core'
import { type ChangeKind, changeKinds, type Run, type TargetChanges } from '@millrace/contract'
import { type Flow, writeModeOptions } from '@millrace/engine'
import { IconCircleCheck, IconDownload, IconEqual, IconInfoCircle, IconRepeat } from '@tabler/icons-react'
import { addressOf } from '../../api/client.ts'
import { useRunChanges } from '../../api/queries.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { EmptyState } from '../../ui/EmptyState.tsx'
import { ErrorState } from '../../ui/ErrorState.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import { ChangeRows } from './ChangeRows.tsx'
import { changeLooks } from './change-looks.ts'
import classes from './changes.module.css'
import type { Place } from './use-place.ts'

const pageSize = 50

interface Props {
  readonly run: Run
  readonly flow: Flow | undefined
  readonly place: Place
}

/** What a run would do to every target: figures that filter, and the rows behind them. */
export function ChangesView({ run, flow, place }: Props) {
  const { t } = useText()
  const { nodeId = run.changes[0]?.nodeId, change, page, go } = place
  const nameOf = useNodeName(flow)
  const shown = run.changes.find((target) => target.nodeId === nodeId)
  if (!shown) return <EmptyState icon={<IconEqual size={36} stroke={1.2} />} title={t('run.noChanges')} />
  const choose = (target: string, kind?: ChangeKind) =>
    go({ tab: 'changes', nodeId: target, change: kind, page: 1 })
  return (
    <>
      <div className={classes['targets']}>
        {run.changes.map((target) => (
          <TargetCard
            key={target.nodeId}
            target={target}
            name={nameOf(target.nodeId)}
            isShown={target.nodeId === shown.nodeId && run.changes.length > 1}
            change={target.nodeId === shown.nodeId ? change : undefined}
            onChoose={(kind) => choose(target.nodeId, kind)}
          />
        ))}
      </div>
      {!shown.compared && (
        <Alert variant="light" color="blue" icon={<IconInfoCircle size={18} />} mb="md">
          {t('run.notCompared')}
        </Alert>
      )}
      <Rows
        key={`${shown.nodeId} ${change}`}
        run={run}
        target={shown}
        name={nameOf(shown.nodeId)}
        change={change}
        page={page}
        onPage={(next) => go({ ...place, tab: 'changes', nodeId: shown.nodeId, page: next })}
      />
    </>
  )
}

interface CardProps {
  readonly target: TargetChanges
  readonly name: string
  readonly isShown: boolean
  readonly change: ChangeKind | undefined
  readonly onChoose: (change: ChangeKind | undefined) => void
}

function TargetCard({ target, name, isShown, change, onChoose }: CardProps) {
  const { t, label } = useText()
  const format = useFormat()
  const mode = writeModeOptions([target.mode])[0]
  const quiet = [
    { key: 'run.change.same', Icon: IconEqual, count: target.unchanged },
    { key: 'run.change.repeated', Icon: IconRepeat, count: target.repeated },
  ] as const
  return (
    <section className={`panel ${classes['target']}`} data-shown={isShown || undefined} aria-label={name}>
      <button type="button" className={classes['targetName']} onClick={() => onChoose(undefined)}>
        {name}
      </button>
      <p className={classes['how']}>
        {mode && label(mode.label)}
        {target.keys.length > 0 && ` · ${t('run.change.by', { keys: target.keys.join(', ') })}`}
      </p>
      <div className={classes['figures']}>
        {changeKinds
          .filter((kind) => changeLooks[kind].count(target) > 0)
          .map((kind) => {
            const { Icon, mark, count } = changeLooks[kind]
            return (
              <button
                key={kind}
                type="button"
                className={classes['figure']}
                data-mark={mark}
                aria-pressed={change === kind}
                onClick={() => onChoose(change === kind ? undefined : kind)}
              >
                <Icon size={14} stroke={2.2} aria-hidden />
                <b>{format.number(count(target))}</b> {t(`run.change.${kind}s`)}
              </button>
            )
          })}
        {quiet
          .filter(({ count }) => count > 0)
          .map(({ key, Icon, count }) => (
            <span key={key} className={classes['figure']} data-quiet>
              <Icon size={14} stroke={2} aria-hidden />
              {format.number(count)} {t(key)}
            </span>
          ))}
      </div>
    </section>
  )
}

interface RowsProps {
  readonly run: Run
  readonly target: TargetChanges
  readonly name: string
  readonly change: ChangeKind | undefined
  readonly page: number
  readonly onPage: (page: number) => void
}

function Rows({ run, target, name, change, page, onPage }: RowsProps) {
  const { t } = useText()
  const format = useFormat()
  const { nodeId } = target
  const changes = useRunChanges(run.id, { nodeId, change, page, pageSize })
  if (changes.isError) return <ErrorState error={changes.error} onRetry={() => void changes.refetch()} />
  if (!changes.data) return null
  const { items, total } = changes.data
  if (total === 0)
    return (
      <EmptyState
        icon={<IconCircleCheck size={36} stroke={1.2} />}
        title={t('run.noChanges')}
        hint={t('run.noChangesHint')}
      />
    )
  return (
    <>
      <Group justify="space-between" mb="xs">
        <Text size="sm" c="dimmed">
          {t('run.change.shown', {
            from: format.number((page - 1) * pageSize + 1),
            to: format.number((page - 1) * pageSize + items.length),
            total: format.number(total),
          })}
        </Text>
        <Button
          component="a"
          size="compact-sm"
          variant="default"
          href={addressOf('downloadRunChanges', { id: run.id }, { nodeId, change })}
          download
          leftSection={<IconDownload size={14} />}
        >
          {t('run.change.download')}
        </Button>
      </Group>
      <div className="panel">
        <ChangeRows label={t('run.changesOf', { target: name })} rows={items} keys={target.keys} />
      </div>
      {total > pageSize && (
        <Pagination
          mt="md"
          aria-label={t('runs.pages')}
          total={Math.ceil(total / pageSize)}
          value={page}
          onChange={onPage}
        />
      )}
    </>
  )
}
