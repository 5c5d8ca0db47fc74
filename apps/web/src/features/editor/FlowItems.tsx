import { Tooltip } from '@mantine/core'
import type { UsableFlow } from '@millrace/contract'
import { useUsableFlows } from '../../api/queries.ts'
import { dragType, KindIcon } from '../../canvas/index.ts'
import { useDocument } from '../../editor/document-store.ts'
import { subflowKind, usableIn, usedFlowMark } from '../../editor/used-flows.ts'
import { useText } from '../../i18n/index.ts'
import styles from './editor.module.css'

/** The published flows that the flow which is edited can use, as far as they are what is searched for. */
export function useFlowsToUse(search: string): UsableFlow[] {
  const flows = useUsableFlows()
  const flowId = useDocument((state) => state.flowId)
  const wanted = search.trim().toLowerCase()
  return usableIn(flows.data ?? [], flowId).filter(({ name }) => name.toLowerCase().includes(wanted))
}

interface FlowItemsProps {
  readonly flows: readonly UsableFlow[]
  readonly onAdd: (flow: UsableFlow) => void
}

/** Published flows as nodes: click adds one, dragging puts it where it is dropped. */
export function FlowItems({ flows, onAdd }: FlowItemsProps) {
  const { t } = useText()
  return flows.map((usable) => {
    const { flow, version, name, inputs, outputs } = usable
    const about = { inputs: inputs.length, outputs: outputs.length, version }
    return (
      <Tooltip
        key={flow}
        label={`${name}. ${t('editor.subflow.palette', about)}`}
        position="right"
        openDelay={500}
        multiline
        maw={260}
      >
        <button
          type="button"
          className={styles['paletteItem']}
          data-category="flow"
          aria-label={name}
          draggable
          onDragStart={(event) => {
            event.dataTransfer.setData(dragType, `${usedFlowMark}${flow}@${version}`)
            event.dataTransfer.effectAllowed = 'copy'
          }}
          onClick={() => onAdd(usable)}
        >
          <span className={styles['glyph']}>
            <KindIcon name={subflowKind().icon} size={16} />
          </span>
          <span className={styles['paletteName']}>{name}</span>
        </button>
      </Tooltip>
    )
  })
}
