import type { Label, PinnedRows } from '@millrace/engine'
import { nodeEdit } from '../../../editor/changes.ts'
import { useDocument } from '../../../editor/document-store.ts'

/** Pins rows at a source, edits those that are, or takes them away; one step that can be undone. */
export function setPinned(nodeId: string, pinned: PinnedRows | undefined, label: Label): void {
  const { flow, make } = useDocument.getState()
  make(
    nodeEdit(
      flow,
      (node) => {
        if (node.id !== nodeId || node.pinned === pinned) return node
        const { pinned: _, ...rest } = node
        return pinned ? { ...rest, pinned } : rest
      },
      label,
    ),
  )
}
