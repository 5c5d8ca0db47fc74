import { IconArrowsMaximize } from '@tabler/icons-react'
import { ControlButton, Controls, type ReactFlowState, useReactFlow, useStore } from '@xyflow/react'
import { shallow } from 'zustand/shallow'
import { command } from '../editor/commands.ts'
import { useText } from '../i18n/index.ts'
import { boundsOf, moving, viewOf } from './first-view.ts'

const roomOf = ({ width, height }: ReactFlowState) => ({ width, height })

/** Zoom, and the whole flow at once: React Flow's own fit knows only of the nodes that have been drawn. */
export function CanvasControls() {
  const { label } = useText()
  const { getNodes, setViewport } = useReactFlow()
  const room = useStore(roomOf, shallow)
  const name = label(command('fit').label)
  const fit = () => {
    const nodes = getNodes()
    if (nodes.length > 0) void setViewport(viewOf(boundsOf(nodes), room, 0.15, 1), { duration: moving(160) })
  }
  return (
    <Controls showInteractive={false} showFitView={false} position="bottom-left">
      <ControlButton className="react-flow__controls-fitview" title={name} aria-label={name} onClick={fit}>
        <IconArrowsMaximize style={{ fill: 'none' }} aria-hidden />
      </ControlButton>
    </Controls>
  )
}
