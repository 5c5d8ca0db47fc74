import { useColumns } from '../../../editor/columns.ts'
import { LineagePanel } from './LineagePanel.tsx'
import { RemoveDialog } from './RemoveDialog.tsx'
import { RenameDialog } from './RenameDialog.tsx'
import { RenamedPanel } from './RenamedPanel.tsx'

/** What stands beside the canvas about a column. */
export function ColumnPanels() {
  const panel = useColumns((state) => state.panel)
  if (panel === null) return null
  return panel.of === 'renamed' ? <RenamedPanel {...panel} /> : <LineagePanel at={panel.at} />
}

/** Questions about a column. */
export function ColumnDialogs() {
  const asked = useColumns((state) => state.asked)
  const close = () => useColumns.setState({ asked: null })
  if (asked === null) return null
  if (asked.act === 'rename') return <RenameDialog at={asked.at} onClose={close} />
  return <RemoveDialog at={asked.at} proceed={asked.proceed} onClose={close} />
}
