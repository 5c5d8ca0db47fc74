import { nodeKinds } from '@millrace/engine'
import { askRemoval, askRename, columnsOf, traceColumn } from '../../../editor/columns.ts'
import { useDocument } from '../../../editor/document-store.ts'
import { useInference } from '../../../editor/inference.ts'
import { type ColumnAct, useView } from '../../../editor/view-store.ts'
import { useText } from '../../../i18n/index.ts'
import { SearchDialog } from '../SearchDialog.tsx'

/** Chooses a column of the selected node for what is to be done with it. */
export function ColumnSearch({ act, onClose }: { act: ColumnAct; onClose: () => void }) {
  const { t, label } = useText()
  const flow = useDocument((state) => state.flow)
  const ports = useInference((state) => state.ports)
  const nodeId = useView((state) => state.nodes[0]) ?? ''
  const node = flow.nodes.find(({ id }) => id === nodeId)
  const outputs = (node && nodeKinds.get(node.kind)?.outputs(node.settings)) ?? []
  const columns = columnsOf(flow, ports, nodeId)
  return (
    <SearchDialog
      title={t(`columns.choose.${act}`)}
      none={t('columns.choose.none')}
      find={(search) =>
        columns.flatMap(({ at, type }, index) => {
          if (!at.column.toLowerCase().includes(search.trim().toLowerCase())) return []
          const port = outputs.length > 1 ? outputs.find(({ name }) => name === at.port) : undefined
          const detail = port ? `${label(port.label)} · ${type}` : type
          return [{ id: String(index), text: at.column, detail }]
        })
      }
      onChoose={(id) => {
        const at = columns[Number(id)]?.at
        if (!at) return
        if (act === 'trace') traceColumn(at)
        else if (act === 'rename') askRename(at)
        else askRemoval(at)
      }}
      onClose={onClose}
    />
  )
}
