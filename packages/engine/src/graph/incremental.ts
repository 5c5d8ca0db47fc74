import type { FlowNode } from '../model/index.ts'
import { nodeKinds } from './kinds.ts'

/** Whether a node reads on where the last run ended: two runs at once would read the same rows. */
export const isIncremental = ({ kind, disabled, settings }: FlowNode): boolean =>
  !disabled && nodeKinds.get(kind)?.role === 'source' && settings['mode'] === 'incremental'
