import { IconPlus } from '@tabler/icons-react'
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react'
import { memo, useContext, useState } from 'react'
import { createPortal } from 'react-dom'
import { useText } from '../i18n/index.ts'
import { DiffBadge } from '../ui/DiffBadge.tsx'
import { DropEdgeContext, FarContext, FarEdgesContext, useCanvas } from './canvas-context.ts'
import styles from './edge.module.css'
import { FarEdge } from './FarEdges.tsx'

export type RowsEdge = Edge<Record<string, never>, 'rows'>

/** An edge with the rows that went along it; red where it carries rejects. */
export const RowEdge = memo(function RowEdge(props: EdgeProps<RowsEdge>) {
  const { runs, marks, passage, nodes, readOnly, onAddInto } = useCanvas()
  const isFar = useContext(FarContext)
  const farEdges = useContext(FarEdgesContext)
  const takesDrop = useContext(DropEdgeContext) === props.id
  const { t, language } = useText()
  const [hovered, setHovered] = useState(false)
  const [path, x, y] = getBezierPath(props)
  const port = props.sourceHandleId ?? 'out'
  const run = runs?.get(props.source)
  const rows = run?.ledger?.out[port] ?? run?.rows[port]
  const idle = nodes.get(props.source)?.disabled || nodes.get(props.target)?.disabled
  const kind = port === 'rejects' ? 'rejects' : 'rows'
  const mark = marks?.get(props.id)
  const offersPlus = !readOnly && onAddInto !== undefined && (hovered || props.selected || takesDrop)
  const hover = { onMouseEnter: () => setHovered(true), onMouseLeave: () => setHovered(false) }
  const line = (
    <BaseEdge
      path={path}
      interactionWidth={24}
      className={styles['edge']}
      data-kind={kind}
      data-idle={idle || undefined}
      data-selected={props.selected || undefined}
      data-drop={takesDrop || undefined}
      data-mark={mark}
      data-same={(marks !== undefined && !mark) || undefined}
      data-passed={passage?.edges.has(props.id)}
      data-running={run?.state === 'running' || undefined}
    />
  )
  if (isFar) return farEdges && createPortal(<FarEdge id={props.id}>{line}</FarEdge>, farEdges)
  return (
    <>
      <g {...hover}>{line}</g>
      {(rows !== undefined || offersPlus || mark) && (
        <EdgeLabelRenderer>
          <div
            className={styles['edgeMiddle']}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
          >
            {rows !== undefined && !offersPlus && (
              <span className={styles['edgeRows']} data-kind={kind}>
                {t('editor.rows', {
                  count: new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en').format(rows),
                })}
              </span>
            )}
            {mark && <DiffBadge mark={mark} isSmall />}
            {offersPlus && (
              <button
                type="button"
                className={`${styles['edgePlus']} nodrag nopan`}
                aria-label={t('editor.edge.insert')}
                title={t('editor.edge.insert')}
                onClick={() => onAddInto(props.id)}
                {...hover}
              >
                <IconPlus size={14} stroke={2.4} aria-hidden />
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  )
})
