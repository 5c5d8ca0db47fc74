import { Text, Tooltip } from '@mantine/core'
import type { LogLine, Run } from '@millrace/contract'
import type { Flow } from '@millrace/engine'
import { Fragment } from 'react'
import { useRunLog } from '../../api/queries.ts'
import { useFormat, useText } from '../../i18n/index.ts'
import { useNodeName } from '../../ui/node-name.ts'
import { stateLooks } from '../../ui/StatusBadge.tsx'
import classes from './runs.module.css'

const at = (iso: string): number => new Date(iso).getTime()

interface Props {
  readonly run: Run
  readonly flow: Flow | undefined
  /** While the run goes on: the lines so far. */
  readonly log: readonly LogLine[] | undefined
}

/** When each node worked, and when it waited to try again. Nodes that share a statement share its time. */
export function Gantt({ run, flow, log }: Props) {
  const { t, label } = useText()
  const stored = useRunLog(run.id)
  const lines = log && log.length >= (stored.data?.length ?? 0) ? log : (stored.data ?? [])
  const nameOf = useNodeName(flow)
  const format = useFormat()
  const begin = at(run.startedAt ?? run.queuedAt)
  const end = run.endedAt ? at(run.endedAt) : Date.now()
  const whole = Math.max(1, end - begin)
  return (
    <div className={`panel ${classes.gantt}`}>
      {run.nodes.map(({ nodeId, state, startedAt, endedAt }) => {
        const from = startedAt === null ? undefined : at(startedAt)
        const to = endedAt === null ? end : at(endedAt)
        return (
          <Fragment key={nodeId}>
            <Text size="sm" truncate>
              {nameOf(nodeId)}
            </Text>
            <div className={classes.track}>
              {from !== undefined && (
                <Tooltip label={`${format.time(startedAt ?? '')} · ${t(`state.${state}`)}`}>
                  <div
                    className={classes.bar}
                    style={{
                      left: `${(100 * (from - begin)) / whole}%`,
                      width: `${(100 * Math.max(0, to - from)) / whole}%`,
                      background: `var(--mantine-color-${stateLooks[state].color}-6)`,
                    }}
                  />
                </Tooltip>
              )}
              {lines.map((line) => {
                if (!line.retry || line.nodeId !== nodeId) return null
                const since = at(line.at)
                const until = Math.min(to, since + line.retry.waitSeconds * 1000)
                return (
                  <Tooltip key={line.at} label={label(line.message)} multiline maw={420}>
                    <div
                      className={classes.wait}
                      role="img"
                      aria-label={label(line.message)}
                      style={{
                        left: `${(100 * (since - begin)) / whole}%`,
                        width: `${(100 * Math.max(0, until - since)) / whole}%`,
                      }}
                    />
                  </Tooltip>
                )
              })}
            </div>
            <Text size="xs" c="dimmed" className="numbers">
              {from === undefined ? t(`state.${state}`) : format.duration(Math.max(0, to - from))}
            </Text>
          </Fragment>
        )
      })}
    </div>
  )
}
