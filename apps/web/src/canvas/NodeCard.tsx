import {
  type FlowNode,
  type Language,
  nodeKinds,
  type PortSpec,
  type Problem,
  subflowSpec,
} from '@millrace/engine'
import { IconAlertCircleFilled, IconAlertTriangleFilled, IconNote, IconPlus } from '@tabler/icons-react'
import { Handle, type Node, type NodeProps, Position, useUpdateNodeInternals } from '@xyflow/react'
import { Fragment, memo, useContext, useEffect, useRef } from 'react'
import { command } from '../editor/commands.ts'
import type { Answer } from '../editor/connection.ts'
import type { NodeRun } from '../editor/run-store.ts'
import { usedBy } from '../editor/used-flows.ts'
import { useText } from '../i18n/index.ts'
import { DiffBadge, type DiffMark } from '../ui/DiffBadge.tsx'
import { useRowLaw } from '../ui/use-row-law.ts'
import styles from './canvas.module.css'
import { AnswersContext, type CanvasContents, FarContext, useCanvas } from './canvas-context.ts'
import { GuardMark } from './GuardMark.tsx'
import { KindIcon } from './KindIcon.tsx'
import { NewerVersion } from './NewerVersion.tsx'
import { NodeStateMark } from './NodeStateMark.tsx'
import { portSpacing, portTop } from './ports.ts'
import { shortened } from './shortened.ts'

export type CardNode = Node<{ readonly revision: number }, 'card'>

const rate = (rows: number, language: Language): string =>
  new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en', {
    notation: 'compact',
    maximumFractionDigits: 1,
  }).format(rows)

/** One node. Looks up what it shows, so that a card is drawn anew only when that has changed. */
export const NodeCard = memo(function NodeCard({ id, selected }: NodeProps<CardNode>) {
  const { nodes, problems, runs, marks, passage, readOnly, renaming, onRename, onAddAfter } = useCanvas()
  const answer = useContext(AnswersContext)?.get(id)
  const node = nodes.get(id)
  if (!node) return null
  return (
    <Card
      node={node}
      selected={selected}
      found={problems.get(id) ?? noProblems}
      run={runs?.get(id)}
      mark={marks?.get(id)}
      isSame={marks !== undefined && !marks.has(id)}
      isPassed={passage?.nodes.has(id)}
      answer={answer}
      isRenamed={renaming === id}
      onRename={onRename}
      onAddAfter={readOnly ? undefined : onAddAfter}
    />
  )
})

/** Columns of text that a card has room for when it is seen from afar. */
const farWidth = 17
const noProblems: readonly Problem[] = []

interface CardProps {
  readonly node: FlowNode
  readonly selected: boolean
  readonly found: readonly Problem[]
  readonly run: NodeRun | undefined
  readonly mark: DiffMark | undefined
  /** In a comparison: nothing is different here. */
  readonly isSame: boolean
  /** Whether the column that is looked at goes through here; undefined while none is. */
  readonly isPassed: boolean | undefined
  /** What this node says to the edge that is being drawn. */
  readonly answer: Answer | undefined
  readonly isRenamed: boolean
  readonly onRename: CanvasContents['onRename']
  readonly onAddAfter: CanvasContents['onAddAfter']
}

/** What a node is, what it is set to, what is wrong with it, and how far a run is with it. */
const Card = memo(function Card(props: CardProps) {
  const { node, selected, found, run, mark, isSame, isPassed, answer, isRenamed, onRename, onAddAfter } =
    props
  const { id } = node
  const isFar = useContext(FarContext)
  const { t, label, language } = useText()
  const rowLaw = useRowLaw()
  const updateInternals = useUpdateNodeInternals()
  const kind = nodeKinds.get(node.kind)
  const outputs = kind?.outputs(node.settings) ?? []
  const ports = [...(kind?.inputs(node.settings) ?? []), ...outputs].map((port) => port.name).join(' ')
  const drawn = useRef(ports)
  useEffect(() => {
    // The first time they are measured anyway.
    if (drawn.current !== ports) updateInternals(id)
    drawn.current = ports
  }, [id, ports, updateInternals])
  const inputs = kind?.inputs(node.settings) ?? []
  const name = node.label || usedBy(node)?.content.name || (kind ? label(kind.label) : node.kind)
  const described = kind?.describe(node.settings)
  const line = described ? label(described) : kind ? t('editor.card.notSet') : t('editor.card.unknown')
  const errors = found.filter((problem) => problem.severity === 'error').length
  const height =
    Math.max(inputs.length, outputs.length) > 2
      ? 32 + Math.max(inputs.length, outputs.length) * portSpacing
      : undefined
  const looks = {
    className: styles['card'],
    'data-category': kind?.category ?? 'advanced',
    'data-selected': selected || undefined,
    'data-disabled': node.disabled || undefined,
    'data-state': run?.state,
    'data-faulty': errors > 0 || undefined,
    'data-color': node.color,
    'data-mark': mark,
    'data-same': isSame || undefined,
    'data-passed': isPassed,
    'data-answer': answer && ('edge' in answer ? 'yes' : 'no'),
    style: height ? { minHeight: height } : undefined,
  }
  if (isFar && !isRenamed)
    return (
      <div {...looks} data-far>
        {shortened(name, farWidth)}
      </div>
    )
  return (
    <div {...looks}>
      {mark && (
        <span className={styles['cardMark']}>
          <DiffBadge mark={mark} />
        </span>
      )}
      {answer && 'reason' in answer && <span className={styles['reason']}>{answer.reason[language]}</span>}
      {inputs.map((port, index) => (
        <InputPort key={port.name} port={port} index={index} count={inputs.length} />
      ))}
      <div className={styles['cardHead']}>
        <span className={styles['glyph']}>
          <KindIcon name={kind?.icon ?? ''} />
        </span>
        <div className={styles['cardText']}>
          {isRenamed ? (
            <input
              className={`${styles['renameInput']} nodrag nopan`}
              aria-label={label(command('rename').label)}
              defaultValue={name}
              // The user has just asked for this field.
              ref={(input) => input?.select()}
              onBlur={(event) => onRename?.(id, event.currentTarget.value.trim())}
              onKeyDown={(event) => {
                event.stopPropagation()
                if (event.key === 'Enter') event.currentTarget.blur()
                if (event.key === 'Escape') onRename?.(id, node.label)
              }}
            />
          ) : (
            <span className={styles['cardName']} title={name}>
              {name}
            </span>
          )}
          <span className={styles['cardLine']} title={line} data-unset={!described || undefined}>
            {node.disabled ? t('editor.card.disabled') : line}
          </span>
        </div>
        {node.note && (
          <span className={styles['noted']} role="img" aria-label={t('editor.card.note')} title={node.note}>
            <IconNote size={14} aria-hidden />
          </span>
        )}
        {onAddAfter && node.kind === subflowSpec.kind && <NewerVersion node={node} />}
        {node.guard && <GuardMark guard={node.guard} />}
        {found.length > 0 && (
          <span
            className={styles['badge']}
            data-severity={errors > 0 ? 'error' : 'warning'}
            role="img"
            aria-label={t('editor.problems.count', { count: found.length })}
            title={found[0]?.message[language]}
          >
            {errors > 0 ? <IconAlertCircleFilled size={14} /> : <IconAlertTriangleFilled size={14} />}
            {found.length}
          </span>
        )}
      </div>
      {run && (
        <div className={styles['cardRun']}>
          <NodeStateMark state={run.state} retry={run.retry} />
          {run.ledger && (
            <span
              className={styles['ledger']}
              data-balanced={run.ledger.balanced}
              title={rowLaw(run.ledger.equation, node.kind)}
            >
              {run.ledger.balanced ? t('editor.ledger.balanced') : t('editor.ledger.unbalanced')}
            </span>
          )}
          {run.state === 'running' && run.rowsPerSecond > 0 && (
            <span className={styles['rate']}>
              {t('editor.rate', { rows: rate(run.rowsPerSecond, language) })}
            </span>
          )}
          {run.state === 'running' && run.fraction !== null && (
            <span className={styles['bar']} style={{ width: `${Math.round(run.fraction * 100)}%` }} />
          )}
        </div>
      )}
      {outputs.map((port, index) => (
        <Fragment key={port.name}>
          <Handle
            type="source"
            position={Position.Right}
            id={port.name}
            className={styles['port']}
            data-port={port.name === 'rejects' ? 'rejects' : 'out'}
            style={{ top: portTop(index, outputs.length) }}
            title={label(port.label)}
          />
          {outputs.length > 1 && (
            <span
              className={styles['portName']}
              data-port={port.name === 'rejects' ? 'rejects' : 'out'}
              style={{ top: portTop(index, outputs.length) }}
            >
              {label(port.label)}
            </span>
          )}
          {onAddAfter && (
            <button
              type="button"
              className={`${styles['plus']} nodrag nopan`}
              data-named={outputs.length > 1 || undefined}
              style={{ top: portTop(index, outputs.length) - 12 }}
              aria-label={t('editor.card.addAfter', { port: label(port.label), node: name })}
              onClick={(event) => {
                event.stopPropagation()
                onAddAfter({ node: id, port: port.name })
              }}
            >
              <IconPlus size={12} stroke={2.4} aria-hidden />
            </button>
          )}
        </Fragment>
      ))}
    </div>
  )
})

function InputPort({ port, index, count }: { port: PortSpec; index: number; count: number }) {
  const { label } = useText()
  return (
    <>
      <Handle
        type="target"
        position={Position.Left}
        id={port.name}
        className={styles['port']}
        data-port="in"
        style={{ top: portTop(index, count) }}
        title={label(port.label)}
      />
      {count > 1 && (
        <span className={styles['inputName']} style={{ top: portTop(index, count) }}>
          {label(port.label)}
        </span>
      )}
    </>
  )
}
