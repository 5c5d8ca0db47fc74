import {
  edgeId,
  type Flow,
  type FlowEdge,
  type NodeDifference,
  nodeKinds,
  type Parameter,
} from '@millrace/engine'
import { useEffect, useRef } from 'react'
import { type TextKey, useText } from '../../i18n/index.ts'
import { DiffBadge } from '../../ui/DiffBadge.tsx'
import { useNodeName } from '../../ui/node-name.ts'
import { plainChange, type ShownChange, type ShownValue, settingChanges } from './setting-path.ts'
import { TextDiff } from './TextDiff.tsx'
import type { Union } from './union.ts'
import styles from './versions.module.css'

interface ChangeListProps {
  readonly before: Flow
  readonly after: Flow
  readonly union: Union
  readonly selected: string | undefined
  readonly onSelect: (nodeId: string) => void
}

/** Every difference between two flows in words, settings and expressions side by side. */
export function ChangeList({ before, after, union, selected, onSelect }: ChangeListProps) {
  const { t } = useText()
  const { difference } = union
  const { nodes, edges, parameters, texts, isMeaningful } = difference
  const nameBefore = useNodeName(before)
  const nameAfter = useNodeName(after)
  const inForm = (part: 'type' | 'default' | 'description', parameter: Parameter | undefined) =>
    parameter && (part === 'type' ? t(`editor.kind.${parameter.type}`) : parameter[part])
  if (nodes.length + edges.added.length + edges.removed.length + parameters.length + texts.length === 0)
    return (
      <p className={styles['hint']}>
        <strong>{t('versions.same')}</strong>
        {t('versions.sameText')}
      </p>
    )
  const edgeItems = (list: readonly FlowEdge[], mark: 'added' | 'removed') =>
    list.map((edge) => {
      const nameOf = mark === 'added' ? nameAfter : nameBefore
      return (
        <li key={`${mark} ${edgeId(edge)}`} className={styles['edge']}>
          <DiffBadge mark={mark} />
          {t('versions.edge', { from: nameOf(edge.from.node), to: nameOf(edge.to.node) })}
        </li>
      )
    })
  return (
    <>
      {!isMeaningful && <p className={styles['calm']}>{t('versions.notMeaningful')}</p>}
      {nodes.map((found) => (
        <NodeChanges
          key={found.id}
          found={found}
          name={found.kind === 'removed' ? nameBefore(found.id) : nameAfter(found.id)}
          isSelected={found.id === selected}
          onSelect={() => onSelect(found.id)}
        />
      ))}
      {edges.added.length + edges.removed.length > 0 && (
        <section className={styles['change']}>
          <h3>{t('versions.edges')}</h3>
          <ul>
            {edgeItems(edges.added, 'added')}
            {edgeItems(edges.removed, 'removed')}
          </ul>
        </section>
      )}
      {parameters.map(({ kind, name, before: was, after: is }) => (
        <section key={name} className={styles['change']}>
          <h3>
            <DiffBadge mark={kind} /> {t('versions.parameter', { name })}
          </h3>
          {(['type', 'default', 'description'] as const)
            .filter((part) => was?.[part] !== is?.[part] && (was?.[part] || is?.[part]))
            .map((part) => (
              <Change
                key={part}
                change={plainChange(t(`versions.part.${part}`), {
                  path: [],
                  before: inForm(part, was),
                  after: inForm(part, is),
                })}
              />
            ))}
        </section>
      ))}
      {texts.length > 0 && (
        <section className={styles['change']}>
          <h3>{t('versions.flow')}</h3>
          {texts.map((change) => (
            <Change
              key={change.path.join('.')}
              change={plainChange(t(partKey(String(change.path[0]))), {
                ...change,
                before: inWords(change.before, t),
                after: inWords(change.after, t),
              })}
            />
          ))}
        </section>
      )}
    </>
  )
}

const parts = [
  'label',
  'note',
  'color',
  'kind',
  'disabled',
  'pinned',
  'guard',
  'retry',
  'requiresApproval',
  'name',
  'description',
  'groups',
  'notes',
] as const

const partKey = (part: string): TextKey => {
  const known = parts.find((one) => one === part)
  return known ? `versions.part.${known}` : 'versions.flow'
}

const inWords = (value: unknown, t: (key: TextKey) => string): unknown =>
  typeof value === 'boolean' ? t(value ? 'versions.yes' : 'versions.no') : value

interface NodeChangesProps {
  readonly found: NodeDifference
  readonly name: string
  readonly isSelected: boolean
  readonly onSelect: () => void
}

function NodeChanges({ found, name, isSelected, onSelect }: NodeChangesProps) {
  const { t, label } = useText()
  const section = useRef<HTMLElement>(null)
  useEffect(() => {
    if (isSelected) section.current?.scrollIntoView({ block: 'nearest' })
  }, [isSelected])
  const node = found.kind === 'removed' ? found.before : found.after
  const kind = nodeKinds.get(node.kind)
  const line = kind?.describe(node.settings)
  const kindName = kind ? label(kind.label) : node.kind
  return (
    <section className={styles['change']} data-selected={isSelected || undefined} ref={section}>
      <h3>
        <DiffBadge mark={found.kind} />
        <button type="button" className={styles['nodeName']} onClick={onSelect}>
          {name}
        </button>
        {name !== kindName && <small>{kindName}</small>}
      </h3>
      {found.kind === 'added' || found.kind === 'removed' ? (
        <p className={styles['calm']}>
          {line ? label(line) : t('versions.settings', { count: Object.keys(node.settings).length })}
        </p>
      ) : (
        <NodeValues found={found} />
      )}
    </section>
  )
}

function NodeValues({ found }: { found: Extract<NodeDifference, { kind: 'changed' | 'moved' }> }) {
  const { t, language } = useText()
  const { before, after, changes } = found
  const plain = changes.filter(({ path }) => path[0] !== 'settings' && path[0] !== 'position')
  const isMoved = changes.some(({ path }) => path[0] === 'position')
  const settings = settingChanges(
    after.kind,
    changes.filter(({ path }) => path[0] === 'settings'),
    before.settings,
    after.settings,
    language,
  )
  return (
    <>
      {settings.map((change) => (
        <Change key={JSON.stringify(change.where)} change={change} />
      ))}
      {plain.map((change) => (
        <Change
          key={change.path.join('.')}
          change={plainChange(t(partKey(String(change.path[0]))), {
            ...change,
            before: inWords(change.before, t),
            after: inWords(change.after, t),
          })}
        />
      ))}
      {isMoved && <p className={styles['calm']}>{t('versions.moved')}</p>}
    </>
  )
}

function Change({ change }: { change: ShownChange }) {
  const { t, label } = useText()
  const where = change.where.map((part) => (typeof part === 'object' ? label(part) : String(part)))
  const { before, after } = change
  const isText = typeof before === 'string' && typeof after === 'string'
  const worded = (value: ShownValue) => {
    if (typeof value === 'boolean') return t(value ? 'versions.yes' : 'versions.no')
    return typeof value === 'object' && value !== null ? label(value) : value
  }
  return (
    <div className={styles['value']}>
      <h4>{where.join(' › ')}</h4>
      <TextDiff before={worded(before)} after={worded(after)} byWord={isText} />
    </div>
  )
}
