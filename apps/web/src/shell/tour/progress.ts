import type { FlowNode, Problem } from '@millrace/engine'
import type { TourStep } from './tour-store.ts'

/** What the tour looks at to see how far the person has come. */
export interface Progress {
  readonly nodes: readonly Pick<FlowNode, 'id' | 'kind' | 'settings'>[]
  readonly byNode: ReadonlyMap<string, readonly Problem[]>
  /** Problems and columns are those of the flow as it is now. */
  readonly isCurrent: boolean
  readonly hasEnded: boolean
}

const isSource = ({ kind }: { kind: string }) => kind.endsWith('.source')
const isTarget = ({ kind }: { kind: string }) => kind.endsWith('.target')
const isFilter = ({ kind }: { kind: string }) => kind === 'filter'

/** Steps that the person does; the others are only read. */
const done: Readonly<Partial<Record<TourStep, (progress: Progress) => boolean>>> = {
  source: ({ nodes }) => nodes.some(isSource),
  file: (progress) => isSet(progress, isSource),
  filter: ({ nodes }) => nodes.some(isFilter),
  condition: (progress) => isSet(progress, isFilter),
  target: (progress) => isSet(progress, isTarget),
  run: ({ hasEnded }) => hasEnded,
}

/** A node of this kind is there and nothing about it is wrong. */
function isSet({ nodes, byNode, isCurrent }: Progress, which: (node: { kind: string }) => boolean): boolean {
  return (
    isCurrent &&
    nodes.some((node) => which(node) && !byNode.get(node.id)?.some(({ severity }) => severity === 'error'))
  )
}

/** Whether a step asks for something to be done, and whether that is done. */
export const stepState = (step: TourStep, progress: Progress): 'read' | 'open' | 'done' => {
  const holds = done[step]
  if (!holds) return 'read'
  return holds(progress) ? 'done' : 'open'
}
