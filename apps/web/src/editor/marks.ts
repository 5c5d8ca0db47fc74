import type { Flow, FlowColor, FlowGroup, FlowNote } from '@millrace/engine'
import { type Change, groupEdit, join, nodeEdit, noteEdit } from './changes.ts'
import { freeId } from './new-node.ts'

/** The group that all of these nodes belong to; undefined where there is none. */
export const groupOf = (flow: Pick<Flow, 'groups'>, nodeIds: readonly string[]): FlowGroup | undefined =>
  nodeIds.length === 0
    ? undefined
    : flow.groups?.find((group) => nodeIds.every((id) => group.nodes.includes(id)))

/** Puts nodes into a group of their own; a node is in one group at most, so they leave those they were in. */
export function grouping(flow: Flow, nodeIds: readonly string[]): { change: Change; id: string } {
  const label = { en: 'Group', zh: '分组' }
  const nothing: Change = { label, steps: [] }
  const left = (flow.groups ?? []).toReversed().reduce((change, group) => {
    const nodes = group.nodes.filter((id) => !nodeIds.includes(id))
    if (nodes.length === group.nodes.length) return change
    return join(change, groupEdit(flow, group, nodes.length > 0 ? { ...group, nodes } : null, label))
  }, nothing)
  const id = freeId('group', new Set(flow.groups?.map((group) => group.id)))
  const made = groupEdit(flow, null, { id, title: '', nodes: [...nodeIds] }, label)
  return { change: join(left, made), id }
}

export const ungrouping = (flow: Flow, group: FlowGroup): Change =>
  groupEdit(flow, group, null, { en: 'Ungroup', zh: '取消分组' })

export const retitling = (flow: Flow, group: FlowGroup, title: string): Change =>
  groupEdit(flow, group, { ...group, title }, { en: 'Rename the group', zh: '重命名分组' })

/** A new note; the place is its top left corner. */
export function newNote(flow: Flow, place: { x: number; y: number }): { change: Change; id: string } {
  const id = freeId('note', new Set(flow.notes?.map((note) => note.id)))
  const note: FlowNote = { id, text: '', position: place, size: { width: 224, height: 128 }, color: 'yellow' }
  return { change: noteEdit(flow, null, note, { en: 'Add a note', zh: '添加便签' }), id }
}

export function noteChange(flow: Flow, id: string, edit: Partial<FlowNote>): Change {
  const label = { en: 'Change a note', zh: '修改便签' }
  const before = flow.notes?.find((note) => note.id === id)
  return before ? noteEdit(flow, before, { ...before, ...edit }, label) : { label, steps: [] }
}

/** Colours nodes and notes; null takes their colour away. A group that is chosen as a whole is coloured itself. */
export function colouring(
  flow: Flow,
  nodeIds: readonly string[],
  noteIds: readonly string[],
  color: FlowColor | null,
): Change {
  const label = { en: 'Colour', zh: '颜色' }
  const painted = <Item extends { readonly color?: FlowColor | undefined }>(item: Item): Item => ({
    ...item,
    color: color ?? undefined,
  })
  const group = groupOf(flow, nodeIds)
  const whole = group && group.nodes.length === nodeIds.length && nodeIds.length > 1
  const nodes: Change = whole
    ? groupEdit(flow, group, painted(group), label)
    : nodeEdit(flow, (node) => (nodeIds.includes(node.id) ? painted(node) : node), label)
  const notes = (flow.notes ?? []).filter((note) => noteIds.includes(note.id))
  const steps = notes.flatMap((note) => noteEdit(flow, note, painted(note), label).steps)
  return { label, steps: [...nodes.steps, ...steps] }
}
