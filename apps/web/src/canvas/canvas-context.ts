import type { FlowEdge, FlowNode, Problem } from '@millrace/engine'
import { createContext, useContext } from 'react'
import type { NodeRun } from '../editor/run-store.ts'

/** What node cards and edges need to know; kept out of their data so that they need not be rebuilt. */
export interface CanvasContents {
  readonly nodes: ReadonlyMap<string, FlowNode>
  readonly problems: ReadonlyMap<string, readonly Problem[]>
  readonly runs: ReadonlyMap<string, NodeRun> | undefined
  readonly readOnly: boolean
  readonly renaming: string | null
  readonly onRename: ((nodeId: string, label: string) => void) | undefined
  readonly onAddAfter: ((from: FlowEdge['from']) => void) | undefined
}

export const CanvasContext = createContext<CanvasContents>({
  nodes: new Map(),
  problems: new Map(),
  runs: undefined,
  readOnly: true,
  renaming: null,
  onRename: undefined,
  onAddAfter: undefined,
})

export const useCanvas = (): CanvasContents => useContext(CanvasContext)
