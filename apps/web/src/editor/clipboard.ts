import { type Flow, flow, flowEdge, flowGroup, flowNode, flowNote, type Label } from '@millrace/engine'
import { z } from 'zod'
import { readStored, writeStored } from '../browser-storage.ts'
import type { Change, Step } from './changes.ts'
import { freeId } from './new-node.ts'

const clip = z.strictObject({
  format: z.literal('millrace.nodes'),
  nodes: z.array(flowNode).max(5000),
  edges: z.array(flowEdge),
  groups: z.array(flowGroup).default([]),
  notes: z.array(flowNote).default([]),
})
type Clip = z.infer<typeof clip>

/** The chosen nodes with the edges between them and the groups that are among them, and the chosen notes, as text. */
export function copyText(
  { nodes, edges, groups = [], notes = [] }: Flow,
  ids: ReadonlySet<string>,
  noteIds: ReadonlySet<string> = new Set(),
): string {
  const text: Clip = {
    format: 'millrace.nodes',
    nodes: nodes.filter((node) => ids.has(node.id)),
    edges: edges.filter((edge) => ids.has(edge.from.node) && ids.has(edge.to.node)),
    groups: groups.filter((group) => group.nodes.every((id) => ids.has(id))),
    notes: notes.filter((note) => noteIds.has(note.id)),
  }
  return JSON.stringify(text)
}

/** What a text holds that nodes can be taken from: copied nodes, or a whole flow. */
function read(text: string): Clip | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const copied = clip.safeParse(json)
  if (copied.success) return copied.data
  const whole = flow.safeParse(json)
  if (!whole.success) return undefined
  const { nodes, edges, groups = [], notes = [] } = whole.data
  return { format: 'millrace.nodes', nodes, edges, groups, notes }
}

export interface Pasting {
  readonly change: Change
  /** Ids of what is added. */
  readonly nodes: readonly string[]
  readonly notes: readonly string[]
}

/** Adds what a text holds, with ids that are free in the flow; undefined: not our text, or nothing in it. */
export function pasting(into: Flow, text: string, label: Label): Pasting | undefined {
  const found = read(text)
  if (!found || found.nodes.length + found.notes.length === 0) return undefined
  const { nodes, edges, groups = [], notes = [] } = into
  const places = new Set([...nodes, ...notes].map(({ position }) => `${position.x} ${position.y}`))
  // What is pasted twice lies beside itself, not on itself.
  let shift = 0
  while (
    [...found.nodes, ...found.notes].some(({ position: { x, y } }) => places.has(`${x + shift} ${y + shift}`))
  )
    shift += 32
  const shifted = ({ x, y }: { x: number; y: number }) => ({ x: x + shift, y: y + shift })
  const ids = freeIds(found.nodes, nodes)
  const noteIds = freeIds(found.notes, notes)
  const groupIds = freeIds(found.groups, groups)
  const newIds = (old: readonly string[]) => old.flatMap((id) => ids.get(id) ?? [])
  const steps: Step[] = [
    ...found.nodes.map((node, n): Step => {
      const after = { ...node, id: ids.get(node.id) ?? node.id, position: shifted(node.position) }
      return { of: 'node', index: nodes.length + n, before: null, after }
    }),
    ...found.edges.flatMap(({ from, to }, n): Step[] => {
      const [start, end] = [ids.get(from.node), ids.get(to.node)]
      if (start === undefined || end === undefined) return []
      const after = { from: { ...from, node: start }, to: { ...to, node: end } }
      return [{ of: 'edge', index: edges.length + n, before: null, after }]
    }),
    ...found.groups.map((group, n): Step => {
      const after = { ...group, id: groupIds.get(group.id) ?? group.id, nodes: newIds(group.nodes) }
      return { of: 'group', index: groups.length + n, before: null, after }
    }),
    ...found.notes.map((note, n): Step => {
      const after = { ...note, id: noteIds.get(note.id) ?? note.id, position: shifted(note.position) }
      return { of: 'note', index: notes.length + n, before: null, after }
    }),
  ]
  return { change: { label, steps }, nodes: [...ids.values()], notes: [...noteIds.values()] }
}

interface Named {
  readonly id: string
}

/** A free id for each of what is added, by the id that it has. */
function freeIds(added: readonly Named[], there: readonly Named[]): ReadonlyMap<string, string> {
  const taken = new Set(there.map(({ id }) => id))
  return new Map(
    added.map(({ id }) => {
      const free = freeId(id.replace(/-\d+$/, ''), taken)
      taken.add(free)
      return [id, free]
    }),
  )
}

const key = 'millrace.clipboard'

/**
 * Puts a text on the clipboard. Browsers give it only to pages on https or localhost; elsewhere what is
 * copied can at least be pasted in this browser, in any tab.
 */
export async function writeClipboard(text: string): Promise<void> {
  writeStored(key, text)
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // It is kept above.
  }
}

/** The text on the clipboard, or what was copied here last where the browser does not give it. */
export async function readClipboard(): Promise<string> {
  try {
    return await navigator.clipboard.readText()
  } catch {
    return readStored(key) ?? ''
  }
}

/** What a page is given that is pasted into by the browser's own keys; the same as above where it may not copy. */
export const pastedText = (given: string): string =>
  window.isSecureContext ? given : (readStored(key) ?? given)
