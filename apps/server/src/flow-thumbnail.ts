import type { flowThumbnail } from '@millrace/contract'
import { type Flow, nodeKinds } from '@millrace/engine'
import type { z } from 'zod'

/** Enough of a flow to draw it as a small picture. */
export const thumbnailOf = (flow: Flow): z.infer<typeof flowThumbnail> => ({
  nodes: flow.nodes.map(({ id, kind, position }) => ({
    id,
    category: nodeKinds.get(kind)?.category ?? 'unknown',
    ...position,
  })),
  edges: flow.edges.map(({ from, to }) => ({ from: from.node, to: to.node })),
})
