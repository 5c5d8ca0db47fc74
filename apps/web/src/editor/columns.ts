import type { RenameResponse } from '@millrace/contract'
import { type Flow, type FlowNode, nodeKinds, type Problem, sameName } from '@millrace/engine'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { create } from 'zustand'
import { call } from '../api/client.ts'
import { type Change, nodeEdit } from './changes.ts'
import { useDocument } from './document-store.ts'
import { columnsAt, meaningOf } from './inference.ts'
import { type Passage, passageOf } from './lineage.ts'

/** A column at an output port; of a target, at its input. Without a port, the first that has it. */
export interface ColumnPlace {
  readonly nodeId: string
  readonly port?: string
  readonly column: string
}

/** What a rename did, to be told. */
export interface Renamed {
  readonly of: 'renamed'
  readonly from: string
  readonly to: string
  /** The edit that it was; once it is undone there is nothing to tell. */
  readonly change: Change
  readonly answer: RenameResponse
}

interface ColumnsState {
  /** A column that is asked about in a dialog. `proceed` takes it away, where that is not the dialog's own doing. */
  readonly asked:
    | { readonly act: 'rename'; readonly at: ColumnPlace }
    | { readonly act: 'remove'; readonly at: ColumnPlace; readonly proceed?: () => void }
    | null
  /** What stands beside the canvas. */
  readonly panel: Renamed | { readonly of: 'lineage'; readonly at: Required<ColumnPlace> } | null
}

export const useColumns = create<ColumnsState>()(() => ({ asked: null, panel: null }))

export const askRename = (at: ColumnPlace) => useColumns.setState({ asked: { act: 'rename', at } })
export const askRemoval = (at: ColumnPlace, proceed?: () => void) =>
  useColumns.setState({ asked: { act: 'remove', at, ...(proceed && { proceed }) } })
export const traceColumn = (at: Required<ColumnPlace>) =>
  useColumns.setState({ panel: { of: 'lineage', at } })
export const closePanel = () => useColumns.setState({ panel: null })

let underway: Promise<unknown> = Promise.resolve()
/** Resolves when no rename is on its way any more. */
export const renamesDone = async (): Promise<void> => {
  await underway.catch(() => {})
}

const isError = ({ severity }: Problem) => severity === 'error'

/**
 * Gives a column another name wherever the flow names it, as one edit. Returns what is against it, empty when
 * it is done; throws an ApiError when the engine cannot be asked.
 */
export function renameColumn(at: ColumnPlace, to: string): Promise<readonly Problem[]> {
  const done = rename(at, to)
  underway = done
  return done
}

async function rename({ column: from, ...place }: ColumnPlace, to: string): Promise<readonly Problem[]> {
  for (;;) {
    const { flow, flowId } = useDocument.getState()
    const answer = await call('renameColumn', { body: { flow, ...place, from, to } })
    const now = useDocument.getState()
    if (now.flowId !== flowId) return []
    // Somebody went on editing while the engine thought: the answer is about another flow.
    if (now.flow !== flow) continue
    const against = answer.problems.filter(isError)
    if (against.length > 0) return against
    const change = renaming(flow, answer.flow, from, to)
    if (change.steps.length === 0) return []
    now.make(change)
    useColumns.setState({ panel: { of: 'renamed', from, to, change, answer } })
    return []
  }
}

function renaming(flow: Flow, after: Flow, from: string, to: string): Change {
  const renamed = new Map(after.nodes.map((node) => [node.id, node]))
  return nodeEdit(
    flow,
    (node) => {
      const other = renamed.get(node.id)
      return other && JSON.stringify(other) !== JSON.stringify(node) ? other : node
    },
    { en: `Rename ${from} to ${to}`, zh: `将 ${from} 重命名为 ${to}` },
  )
}

/** Takes a column away unless something would break; then a dialog tells what and asks. */
export async function removeColumn(at: ColumnPlace, proceed: () => void): Promise<void> {
  const { flow } = useDocument.getState()
  let isUsed = true
  try {
    const { breakages, targets } = await call('breakages', { body: { flow, ...at } })
    isUsed = breakages.length + targets.length > 0
  } catch {
    // The dialog asks again, and says why there is no answer.
  }
  if (isUsed) askRemoval(at, proceed)
  else proceed()
}

/** The list in a node's settings that makes a column, without it; undefined where no setting makes it alone. */
export function withoutColumn(node: FlowNode, column: string): Record<string, unknown> | undefined {
  const kind = nodeKinds.get(node.kind)
  for (const name of Object.keys(kind?.settings.shape ?? {})) {
    const value = node.settings[name]
    if (!Array.isArray(value)) continue
    const rows: readonly unknown[] = value
    const index = rows.findIndex((row) => sameName(nameOf(row), column))
    // An empty list of a source means all columns of its file.
    if (index < 0 || rows.length < 2) continue
    // What a source no longer names would else come back as something new.
    const held = 'newColumns' in (kind?.settings.shape ?? {}) ? { newColumns: 'hold' } : {}
    return { ...node.settings, [name]: rows.toSpliced(index, 1), ...held }
  }
  return undefined
}

const nameOf = (row: unknown): string =>
  typeof row === 'object' && row !== null && 'name' in row && typeof row.name === 'string' ? row.name : ''

/** Where a column comes from and where it goes, of the flow as it is now. */
export function useLineage() {
  const panel = useColumns((state) => state.panel)
  const flow = useDocument((state) => state.flow)
  const at = panel?.of === 'lineage' ? panel.at : null
  return useQuery({
    queryKey: ['lineage', at, at && meaningOf(flow)],
    queryFn: () => (at ? call('lineage', { body: { flow, ...at } }) : null),
    enabled: at !== null,
    placeholderData: (before, query) => (query?.queryKey[1] === at ? keepPreviousData(before) : undefined),
    retry: false,
    gcTime: 60_000,
  })
}

/** The nodes and edges that the column goes through that is looked at; undefined while none is. */
export function usePassage(): Passage | undefined {
  const { data } = useLineage()
  const panel = useColumns((state) => state.panel)
  const edges = useDocument((state) => state.flow.edges)
  const nodeId = panel?.of === 'lineage' ? panel.at.nodeId : undefined
  return useMemo(
    () => (data && nodeId !== undefined ? passageOf({ edges }, data, nodeId) : undefined),
    [data, edges, nodeId],
  )
}

/** All columns of a node: at its outputs, or what arrives at a target. */
export function columnsOf(flow: Flow, ports: Parameters<typeof columnsAt>[1], nodeId: string) {
  const node = flow.nodes.find(({ id }) => id === nodeId)
  const kind = node && nodeKinds.get(node.kind)
  if (!node || !kind) return []
  const place = (port: string) => (column: { readonly name: string; readonly type: string }) => ({
    at: { nodeId, port, column: column.name },
    type: column.type,
  })
  if (kind.role === 'target')
    return kind
      .inputs(node.settings)
      .flatMap(({ name }) => columnsAt(flow, ports, nodeId, name).map(place(name)))
  return kind.outputs(node.settings).flatMap(({ name }) => (ports[nodeId]?.[name] ?? []).map(place(name)))
}
