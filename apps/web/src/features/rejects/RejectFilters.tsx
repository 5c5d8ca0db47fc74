import { Badge, CloseButton } from '@mantine/core'
import { type DeskPage, rejectStates } from '@millrace/contract'
import { ruleIn } from '@millrace/engine'
import { useFormat, useText } from '../../i18n/index.ts'
import { rejectLooks } from './RejectBadge.tsx'
import classes from './rejects.module.css'
import type { Filter } from './use-filter.ts'

/** States and reasons with their numbers; each is a filter. */
export function RejectFilters({ found, filter }: { readonly found: DeskPage; readonly filter: Filter }) {
  const { t, language } = useText()
  const format = useFormat()
  const { run, state, node, column, rule, flow, put } = filter
  const isReason = node !== undefined && column !== undefined && rule !== undefined
  const total = rejectStates.reduce((sum, name) => sum + found.states[name], 0)
  const flowNames = new Map(found.flows.map(({ id, name }) => [id, name]))
  return (
    <aside className={`panel ${classes['filters']}`}>
      {run !== undefined && (
        <Badge
          variant="light"
          color="gray"
          tt="none"
          mb="sm"
          rightSection={
            <CloseButton size="xs" aria-label={t('action.close')} onClick={() => put({ run: undefined })} />
          }
        >
          {t('rejects.ofRun')}
        </Badge>
      )}
      <h2>{t('rejects.states')}</h2>
      <button
        type="button"
        className={classes['choice']}
        aria-pressed={state === undefined}
        onClick={() => put({ state: undefined })}
      >
        <span>{t('rejects.allStates')}</span>
        <small>{format.number(total)}</small>
      </button>
      {rejectStates.map((name) => {
        const { Icon, color } = rejectLooks[name]
        return (
          <button
            key={name}
            type="button"
            className={classes['choice']}
            aria-pressed={state === name}
            onClick={() => put({ state: state === name ? undefined : name })}
          >
            <Icon size={16} stroke={1.8} color={`var(--mantine-color-${color}-light-color)`} aria-hidden />
            <span>{t(`rejects.state.${name}`)}</span>
            <small>{format.number(found.states[name])}</small>
          </button>
        )
      })}
      <h2>{t('rejects.reasons')}</h2>
      <button
        type="button"
        className={classes['choice']}
        aria-pressed={!isReason}
        onClick={() => put({ node: undefined, column: undefined, rule: undefined })}
      >
        <span>{t('rejects.allReasons')}</span>
      </button>
      {found.reasons.map((reason) => {
        const isChosen =
          node === reason.nodeId && column === reason.column && rule === reason.rule && flow === reason.flowId
        return (
          <button
            key={`${reason.flowId} ${reason.nodeId} ${reason.column} ${reason.rule}`}
            type="button"
            className={classes['choice']}
            aria-pressed={isChosen}
            onClick={() =>
              put(
                isChosen
                  ? { node: undefined, column: undefined, rule: undefined }
                  : { flow: reason.flowId, node: reason.nodeId, column: reason.column, rule: reason.rule },
              )
            }
          >
            <span>
              {reason.column === ''
                ? ruleIn(language, reason.rule)
                : t('rejects.reason', { column: reason.column, rule: ruleIn(language, reason.rule) })}
              {flow === undefined && (
                <small style={{ display: 'block' }}>{flowNames.get(reason.flowId)}</small>
              )}
            </span>
            <small>{format.number(reason.count)}</small>
          </button>
        )
      })}
    </aside>
  )
}
