import { IconArrowsMaximize } from '@tabler/icons-react'
import { ControlButton, Controls, useReactFlow, useStoreApi } from '@xyflow/react'
import { command } from '../editor/commands.ts'
import { useText } from '../i18n/index.ts'
import { moving, wholeView } from './first-view.ts'

/** Zoom, and the whole flow at once: React Flow's own fit knows only of the nodes that have been drawn. */
export function CanvasControls() {
  const { label } = useText()
  const { getNodes, setViewport } = useReactFlow()
  const { getState } = useStoreApi()
  const name = label(command('fit').label)
  const fit = () => {
    const nodes = getNodes()
    if (nodes.length > 0) void setViewport(wholeView(nodes, getState()), { duration: moving(160) })
  }
  return (
    <Controls showInteractive={false} showFitView={false} position="bottom-left">
      <ControlButton className="react-flow__controls-fitview" title={name} aria-label={name} onClick={fit}>
        <IconArrowsMaximize style={{ fill: 'none' }} aria-hidden />
      </ControlButton>
    </Controls>
  )
}
