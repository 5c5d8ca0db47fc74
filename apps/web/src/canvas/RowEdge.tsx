import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react'
import { useText } from '../i18n/index.ts'
import styles from './canvas.module.css'
import { useCanvas } from './canvas-context.ts'

export type RowsEdge = Edge<{ readonly port: string }, 'rows'>

/** An edge with the rows that went along it; red where it carries rejects. */
export function RowEdge(props: EdgeProps<RowsEdge>) {
  const { runs, nodes } = useCanvas()
  const { t, language } = useText()
  const [path, x, y] = getBezierPath(props)
  const port = props.sourceHandleId ?? 'out'
  const run = runs?.get(props.source)
  const rows = run?.ledger?.out[port] ?? run?.rows[port]
  const idle = nodes.get(props.source)?.disabled || nodes.get(props.target)?.disabled
  const kind = port === 'rejects' ? 'rejects' : 'rows'
  return (
    <>
      <BaseEdge
        path={path}
        interactionWidth={20}
        className={styles['edge']}
        data-kind={kind}
        data-idle={idle || undefined}
        data-selected={props.selected || undefined}
        data-running={run?.state === 'running' || undefined}
      />
      {rows !== undefined && (
        <EdgeLabelRenderer>
          <span
            className={styles['edgeRows']}
            data-kind={kind}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            {t('editor.rows', {
              count: new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en').format(rows),
            })}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  )
}
