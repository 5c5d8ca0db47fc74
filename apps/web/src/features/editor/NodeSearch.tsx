import type { UsableFlow } from '@millrace/contract'
import {
  categories,
  categoryLabels,
  type Flow,
  type FlowColor,
  type FlowNode,
  flowColors,
  type NodeKind,
  nodeKinds,
} from '@millrace/engine'
import { IconNote } from '@tabler/icons-react'
import { KindIcon } from '../../canvas/index.ts'
import type { CommandTarget } from '../../editor/commands.ts'
import { useDocument } from '../../editor/document-store.ts'
import { replacement, throughPorts } from '../../editor/graph-edits.ts'
import { colouring } from '../../editor/marks.ts'
import { subflowKind, usedFlowMark } from '../../editor/used-flows.ts'
import { useView } from '../../editor/view-store.ts'
import { useText } from '../../i18n/index.ts'
import styles from './editor.module.css'
import { useFlowsToUse } from './FlowItems.tsx'
import { matches } from './Palette.tsx'
import { type Choice, SearchDialog } from './SearchDialog.tsx'

const glyph = (kind: NodeKind | undefined) => (
  <span className={styles['glyph']} data-category={kind?.category ?? 'advanced'}>
    <KindIcon name={kind?.icon ?? ''} size={16} />
  </span>
)

interface AddDialogProps {
  readonly onAdd: (kind: NodeKind) => void
  readonly onAddFlow: (flow: UsableFlow) => void
  readonly onClose: () => void
}

/** Chooses what is added, a kind of node or a flow: after a port, into an edge, or where there is room. */
export function AddDialog({ onAdd, onAddFlow, onClose }: AddDialogProps) {
  const { t, label } = useText()
  const addAfter = useView((state) => state.addAfter)
  const addInto = useView((state) => state.addInto)
  const flows = useFlowsToUse('')
  const usable = flows.filter(({ inputs, outputs }) =>
    addInto ? inputs.length > 0 && outputs.length > 0 : !addAfter || inputs.length > 0,
  )
  const fits = (kind: NodeKind) => {
    if (kind === subflowKind()) return false
    // A source cannot follow anything, a target cannot be followed.
    if (addInto) return throughPorts(kind, {}) !== undefined
    return !(addAfter && kind.inputs({}).length === 0)
  }
  return (
    <SearchDialog
      title={t(addInto ? 'editor.edge.insert' : 'editor.add.title')}
      none={t('editor.palette.none', { search: '' })}
      find={(search) =>
        [...nodeKinds.values()]
          .filter((kind) => matches(kind, search) && fits(kind))
          .toSorted((a, b) => categories.indexOf(a.category) - categories.indexOf(b.category))
          .map((kind) => ({
            id: kind.kind,
            text: label(kind.label),
            detail: `${label(categoryLabels[kind.category])} · ${label(kind.summary)}`,
            icon: glyph(kind),
          }))
          .concat(
            usable
              .filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()))
              .map(({ flow, name, inputs, outputs, version }) => ({
                id: `${usedFlowMark}${flow}`,
                text: name,
                detail: t('editor.subflow.palette', {
                  inputs: inputs.length,
                  outputs: outputs.length,
                  version,
                }),
                icon: glyph(subflowKind()),
              })),
          )
      }
      onChoose={(id) => {
        const kind = nodeKinds.get(id)
        const flow = usable.find((one) => id === `${usedFlowMark}${one.flow}`)
        if (kind) onAdd(kind)
        else if (flow) onAddFlow(flow)
      }}
      onClose={onClose}
    />
  )
}

/** Chooses another kind for the selected node, and says how many of its edges it keeps. */
export function ReplaceDialog({ onClose }: { onClose: () => void }) {
  const { t, label } = useText()
  const flow = useDocument((state) => state.flow)
  const id = useView((state) => state.nodes[0]) ?? ''
  const node = flow.nodes.find((one) => one.id === id)
  const total = flow.edges.filter(({ from, to }) => from.node === id || to.node === id).length
  const choiceOf = (kind: NodeKind): (Choice & { readonly kept: number }) | undefined => {
    const change = replacement(flow, id, kind)
    if (!change) return undefined
    const kept = total - change.steps.filter((step) => step.of === 'edge' && step.after === null).length
    const keeps = total > 0 ? `${t('editor.replace.keeps', { count: kept, total })} · ` : ''
    return {
      id: kind.kind,
      kept,
      text: label(kind.label),
      detail: `${keeps}${label(kind.summary)}`,
      icon: glyph(kind),
    }
  }
  const role = nodeKinds.get(node?.kind ?? '')?.role
  return (
    <SearchDialog
      title={t('editor.replace.title')}
      none={t('editor.palette.none', { search: '' })}
      find={(search) =>
        [...nodeKinds.values()]
          .filter((kind) => kind !== subflowKind() && matches(kind, search))
          .flatMap((kind) => {
            const choice = choiceOf(kind)
            return choice ? [{ ...choice, isAkin: kind.role === role }] : []
          })
          // What is of the same sort and keeps most comes first.
          .toSorted((a, b) => Number(b.isAkin) - Number(a.isAkin) || b.kept - a.kept)
      }
      onChoose={(chosen) => {
        const kind = nodeKinds.get(chosen)
        const change = kind && replacement(useDocument.getState().flow, id, kind)
        if (change) useDocument.getState().make(change)
      }}
      onClose={onClose}
    />
  )
}

/** Finds nodes by name, kind and what they are set to, and notes by their text. */
export function FindDialog({ target, onClose }: { target: CommandTarget; onClose: () => void }) {
  const { t, label } = useText()
  const flow = useDocument((state) => state.flow)
  return (
    <SearchDialog
      title={t('editor.find.title')}
      none={t('editor.find.none')}
      find={(search) => [
        ...flow.nodes.flatMap((node): Choice[] => {
          const kind = nodeKinds.get(node.kind)
          const where = foundIn(node, kind, search)
          if (where === undefined) return []
          const described = kind?.describe(node.settings)
          return [
            {
              id: node.id,
              text: node.label || (kind ? label(kind.label) : node.kind),
              detail: where || (described ? label(described) : t('editor.card.notSet')),
              icon: glyph(kind),
            },
          ]
        }),
        ...notesWith(flow, search).map((note) => ({
          id: `note:${note.id}`,
          text: t('editor.note.name'),
          detail: note.text,
          icon: (
            <span className={styles['glyph']} data-category="advanced">
              <IconNote size={16} aria-hidden />
            </span>
          ),
        })),
      ]}
      onChoose={(id) => {
        const isNote = id.startsWith('note:')
        useView.getState().select(isNote ? [] : [id], [], isNote ? [id.slice('note:'.length)] : [])
        target.reveal([id])
      }}
      onClose={onClose}
    />
  )
}

const notesWith = (flow: Flow, search: string) =>
  (flow.notes ?? []).filter(({ text }) => text.toLowerCase().includes(search.trim().toLowerCase()))

/** The text of a node's settings that matches, empty where its name or kind does, undefined where nothing does. */
export function foundIn(node: FlowNode, kind: NodeKind | undefined, search: string): string | undefined {
  const wanted = search.trim().toLowerCase()
  const has = (text: string) => text.toLowerCase().includes(wanted)
  if (
    wanted === '' ||
    has(node.label) ||
    has(node.id) ||
    (kind && (has(kind.label.en) || has(kind.label.zh)))
  )
    return ''
  return textsOf([node.settings, node.note]).find(has)
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

/** Gives a colour to what is selected, or takes it away. */
export function ColorDialog({ onClose }: { onClose: () => void }) {
  const { t } = useText()
  const choices: readonly (FlowColor | 'none')[] = [...flowColors, 'none']
  return (
    <SearchDialog
      title={t('editor.color.title')}
      none={t('editor.commands.none')}
      find={(search) =>
        choices
          .map((id) => ({
            id,
            text: t(`editor.color.${id}`),
            detail: '',
            icon: <span className={styles['swatch']} data-color={id} />,
          }))
          .filter(({ text }) => text.toLowerCase().includes(search.trim().toLowerCase()))
      }
      onChoose={(id) => {
        const color = flowColors.find((one) => one === id) ?? null
        const { nodes, notes } = useView.getState()
        const { flow, make } = useDocument.getState()
        make(colouring(flow, nodes, notes, color))
      }}
      onClose={onClose}
    />
  )
}
