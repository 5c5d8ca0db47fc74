import type { FlowEdge, FlowGroup, FlowNode, FlowNote, Problem } from '@millrace/engine'
import { createContext, useContext } from 'react'
import type { Answer } from '../editor/connection.ts'
import type { Passage } from '../editor/lineage.ts'
import type { NodeRun } from '../editor/run-store.ts'
import type { DiffMark } from '../ui/DiffBadge.tsx'

/** What node cards and edges need to know; kept out of their data so that they need not be rebuilt. */
export interface CanvasContents {
  readonly nodes: ReadonlyMap<string, FlowNode>
  readonly groups: ReadonlyMap<string, FlowGroup>
  readonly notes: ReadonlyMap<string, FlowNote>
  readonly problems: ReadonlyMap<string, readonly Problem[]>
  readonly runs: ReadonlyMap<string, NodeRun> | undefined
  /** In a comparison, by ids of nodes and edges; what is not in it is the same. */
  readonly marks: ReadonlyMap<string, DiffMark> | undefined
  /** Where the column goes that is looked at; all else steps back. */
  readonly passage: Passage | undefined
  readonly readOnly: boolean
  readonly renaming: string | null
  readonly onRename: ((nodeId: string, label: string) => void) | undefined
  readonly onAddAfter: ((from: FlowEdge['from']) => void) | undefined
  readonly onAddInto: ((edgeId: string) => void) | undefined
  readonly onSelectGroup: ((groupId: string, rename: boolean) => void) | undefined
  readonly onRetitle: ((groupId: string, title: string) => void) | undefined
  readonly onNote: ((noteId: string, edit: Partial<FlowNote>) => void) | undefined
}

export const CanvasContext = createContext<CanvasContents>({
  nodes: new Map(),
  groups: new Map(),
  notes: new Map(),
  problems: new Map(),
  runs: undefined,
  marks: undefined,
  passage: undefined,
  readOnly: true,
  renaming: null,
  onRename: undefined,
  onAddAfter: undefined,
  onAddInto: undefined,
  onSelectGroup: undefined,
  onRetitle: undefined,
  onNote: undefined,
})

export const useCanvas = (): CanvasContents => useContext(CanvasContext)

/** What every node answers to the edge that is being drawn; null while none is. */
export const AnswersContext = createContext<ReadonlyMap<string, Answer> | null>(null)

/** The edge that takes what is being dragged when it is let go; null: none. */
export const DropEdgeContext = createContext<string | null>(null)

/** Whether the canvas is so far away that what is small on a card cannot be seen. */
export const FarContext = createContext(false)

/** The picture that takes the edges when they are seen from afar, once it is there. */
export const FarEdgesContext = createContext<SVGSVGElement | null>(null)
