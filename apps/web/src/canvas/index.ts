export { type CanvasInstance, dragType, FlowCanvas, type FlowCanvasProps } from './FlowCanvas.tsx'
export { KindIcon } from './KindIcon.tsx'
export { NodeStateMark } from './NodeStateMark.tsx'
