import { Button } from '@mantine/core'
import {
  IconCircleCheckFilled,
  IconDownload,
  IconExternalLink,
  IconScaleOutline,
  IconX,
} from '@tabler/icons-react'
import { Link } from 'react-router'
import { addressOf } from '../../../api/client.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { useRun } from '../../../editor/run-store.ts'
import { closeRun } from '../../../editor/running.ts'
import { HoldBanner } from '../../../forms/HoldBanner.tsx'
import { useFormat, useText } from '../../../i18n/index.ts'
import { DryBadge } from '../../../ui/DryBadge.tsx'
import { ProblemText } from '../../../ui/ErrorState.tsx'
import { useNodeName } from '../../../ui/node-name.ts'
import { StatusBadge } from '../../../ui/StatusBadge.tsx'
import styles from './data.module.css'

/** How the run that was started here went: rows, balance, outputs. */
export function RunSummaryPane() {
  const { t } = useText()
  const format = useFormat()
  const { status, dry, result, runId, problem, hold } = useRun()
  const flow = useDocument((state) => state.flow)
  const nameOf = useNodeName(flow)
  if (status === null || runId === null) return null
  const failedAt = problem?.location.nodeId
  // A run that ended before its rows were counted has no figures; zeros would be some.
  const figures = result &&
    result.balanced !== null && [
      { text: t('editor.run.in'), rows: result.rowsIn },
      { text: t('editor.run.out'), rows: result.rowsOut },
      { text: t('editor.run.filtered'), rows: result.filtered },
      { text: t('editor.run.rejected'), rows: result.rejected },
    ]
  return (
    <div className={styles['run']}>
      <div className={styles['line']} role="status">
        <StatusBadge state={hold ? 'held' : status} />
        {dry && <DryBadge />}
        {!result && !hold && t('editor.run.going')}
        {result && result.durationMs !== null && format.duration(result.durationMs)}
        {result && result.balanced !== null && (
          <span className={styles['balance']} data-balanced={result.balanced}>
            {result.balanced ? (
              <IconCircleCheckFilled size={16} aria-hidden />
            ) : (
              <IconScaleOutline size={16} aria-hidden />
            )}
            {result.balanced ? t('editor.run.balanced') : t('editor.run.unbalanced')}
          </span>
        )}
      </div>
      {hold && <HoldBanner runId={runId} hold={hold} flow={flow} />}
      {problem && <ProblemText problem={problem} nodeName={failedAt && nameOf(failedAt)} />}
      {figures && (
        <dl className={styles['figures']}>
          {figures.map(({ text, rows }) => (
            <div key={text}>
              <dt>{text}</dt>
              <dd>{format.number(rows)}</dd>
            </div>
          ))}
        </dl>
      )}
      <div className={styles['links']}>
        {result?.outputs
          .filter((output) => output.available)
          .map((output) => (
            <Button
              key={output.nodeId}
              component="a"
              size="xs"
              variant="light"
              leftSection={<IconDownload size={14} />}
              href={addressOf('downloadRunOutput', { id: runId, nodeId: output.nodeId })}
              download
            >
              {t('editor.run.download', { name: output.name })}
            </Button>
          ))}
        <Button
          component={Link}
          to={`/runs/${runId}`}
          size="xs"
          variant="default"
          leftSection={<IconExternalLink size={14} />}
        >
          {t('editor.run.open')}
        </Button>
        {result && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconX size={14} />}
            onClick={closeRun}
          >
            {t('editor.run.close')}
          </Button>
        )}
      </div>
    </div>
  )
}
