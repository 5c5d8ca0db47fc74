import {
  fieldsOf,
  isShown,
  type NodeKind,
  nameInSource,
  nodeKinds,
  type SourceColumn,
  sourceColumn,
} from '@millrace/engine'
import { z } from 'zod'
import { detect, useDetections } from './detection.ts'
import { useDocument } from './document-store.ts'

const list = z.array(sourceColumn)

/** Columns that a reading has found, before anybody has changed them. */
type Found = Pick<SourceColumn, 'name' | 'type' | 'format'>

/**
 * The columns of a new reading, with the names, types and formats that the person has given to columns of the one
 * before. `read`: what that one had found; undefined: nobody knows any more, and then all types count as given.
 */
export function keepingEdits(
  found: readonly SourceColumn[],
  before: readonly SourceColumn[],
  read: readonly Found[] | undefined,
): SourceColumn[] {
  return found.map((column) => {
    const name = nameInSource(column)
    const old = before.find((one) => nameInSource(one) === name)
    if (!old) return column
    const was = read?.find((one) => one.name === name)
    const isOwnType = !was || was.type !== old.type || was.format !== old.format
    const { name: called, original } = old
    return {
      ...(isOwnType ? old : column),
      name: called,
      ...(original !== undefined && { original }),
    }
  })
}

/** The settings of a source without what its reading has found: columns and more of one file are not of another. */
export function asUnread(
  kind: NodeKind,
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const found: readonly string[] = kind.role === 'source' ? (kind.end.finds ?? []) : []
  const kept = Object.entries(settings).filter(([name]) => !found.includes(name))
  return { ...Object.fromEntries(kept), ...('columns' in settings && { columns: [] }) }
}

const columnsOf = (settings: Readonly<Record<string, unknown>>): SourceColumn[] => {
  const parsed = list.safeParse(settings['columns'])
  return parsed.success ? parsed.data : []
}

const nodeOf = (nodeId: string) => useDocument.getState().flow.nodes.find(({ id }) => id === nodeId)

/**
 * Reads the columns of a source anew. `field`: the setting that was changed, which undo takes back with them;
 * none: somebody asks for what is in the file, and gets columns back that were taken away.
 */
export async function readColumnsAgain(nodeId: string, field?: string): Promise<void> {
  const node = nodeOf(nodeId)
  if (!node) return
  const read = useDetections.getState().byNode.get(nodeId)?.evidence
  const asked = node.settings
  await detect(nodeId, node.kind, { ...asked, columns: [] }, (answer) => {
    const now = nodeOf(nodeId)
    // Somebody went on changing how the file is read: the next reading is about that.
    if (!now || !sameReading(now.settings, asked)) return
    const before = columnsOf(now.settings)
    const asBefore = before.map((column) => ({ ...column, name: nameInSource(column) }))
    const known = read && read.length > 0 ? read : field === undefined ? asBefore : undefined
    const found = keepingEdits(columnsOf(answer), before, known)
    const there = found.filter((one) => before.some((old) => nameInSource(old) === nameInSource(one)))
    // What was taken away does not come back unasked.
    const isHeld = field !== undefined && now.settings['newColumns'] === 'hold' && there.length > 0
    const columns = isHeld ? there : found
    useDocument.getState().setSettings(nodeId, { ...now.settings, ...answer, columns }, field ?? 'all')
  })
}

/** Settings of a source that say nothing of how its columns are found. */
const others = new Set(['path', 'columns', 'newColumns', 'fileColumn'])

const sameReading = (one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>) =>
  one['path'] === other['path'] &&
  [...new Set([...Object.keys(one), ...Object.keys(other)])]
    .filter((name) => !others.has(name))
    .every((name) => JSON.stringify(one[name]) === JSON.stringify(other[name]))

/** After the last key that is pressed, ms. */
const pause = 500
const waiting = new Map<string, ReturnType<typeof setTimeout>>()

/** A setting by which a file is read was changed: its columns are read anew, where they had been read. */
export function readingChanged(nodeId: string, field: string): void {
  const node = nodeOf(nodeId)
  const kind = node && nodeKinds.get(node.kind)
  if (!node || kind?.role !== 'source' || others.has(field)) return
  const fields = fieldsOf(kind.settings)
  const columns = fields.find(({ meta }) => meta.widget === 'sourceColumns')
  if (!columns || !isShown(columns, fields, node.settings)) return
  if (columnsOf(node.settings).length === 0) return
  clearTimeout(waiting.get(nodeId))
  waiting.set(
    nodeId,
    setTimeout(() => {
      waiting.delete(nodeId)
      void readColumnsAgain(nodeId, field)
    }, pause),
  )
}

/** Readings that are still to begin begin now. */
export function readPending(): void {
  for (const [nodeId, timer] of waiting) {
    clearTimeout(timer)
    void readColumnsAgain(nodeId, 'all')
  }
  waiting.clear()
}
