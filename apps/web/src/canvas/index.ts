export {
  type CanvasInstance,
  dragType,
  FlowCanvas,
  type FlowCanvasProps,
  type MenuPlace,
} from './FlowCanvas.tsx'
export { boundsOf, legibleZoom, moving, viewOf, wholeView } from './first-view.ts'
export { KindIcon } from './KindIcon.tsx'
export { NodeStateMark } from './NodeStateMark.tsx'
