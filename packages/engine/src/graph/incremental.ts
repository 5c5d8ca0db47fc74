import type { Flow } from '../model/index.ts'
import { nodeKinds } from './kinds.ts'

/** Whether a run of this flow reads on where the last one ended: two of them at once would read the same rows. */
export const isIncremental = ({ nodes }: Flow): boolean =>
  nodes.some(
    ({ kind, disabled, settings }) =>
      !disabled && nodeKinds.get(kind)?.role === 'source' && (settings['mode'] ?? 'full') !== 'full',
  )
