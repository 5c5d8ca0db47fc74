import { type Flow, type FlowEdge, type FlowNode, flowEdge, flowNode } from '@millrace/engine'
import { z } from 'zod'
import { readStored, writeStored } from '../browser-storage.ts'
import { freeId } from './new-node.ts'

const clip = z.strictObject({
  format: z.literal('millrace.nodes'),
  nodes: z.array(flowNode).min(1).max(5000),
  edges: z.array(flowEdge),
})

/** The chosen nodes and the edges between them, as the text that goes to the clipboard. */
export function copyText(flow: Flow, ids: ReadonlySet<string>): string {
  return JSON.stringify({
    format: 'millrace.nodes',
    nodes: flow.nodes.filter((node) => ids.has(node.id)),
    edges: flow.edges.filter((edge) => ids.has(edge.from.node) && ids.has(edge.to.node)),
  })
}

/** What a pasted text adds to the flow, with ids that are free there; undefined: not our text. */
export function pasted(flow: Flow, text: string): { nodes: FlowNode[]; edges: FlowEdge[] } | undefined {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return undefined
  }
  const parsed = clip.safeParse(json)
  if (!parsed.success) return undefined
  const places = new Set(flow.nodes.map(({ position }) => `${position.x} ${position.y}`))
  // What is pasted twice lies beside itself, not on itself.
  let shift = 0
  while (parsed.data.nodes.some(({ position: { x, y } }) => places.has(`${x + shift} ${y + shift}`)))
    shift += 32
  const taken = new Set(flow.nodes.map(({ id }) => id))
  const renamed = new Map<string, string>()
  const nodes = parsed.data.nodes.map((node) => {
    const id = freeId(node.id.replace(/-\d+$/, ''), taken)
    taken.add(id)
    renamed.set(node.id, id)
    return { ...node, id, position: { x: node.position.x + shift, y: node.position.y + shift } }
  })
  const edges = parsed.data.edges.flatMap(({ from, to }) => {
    const start = renamed.get(from.node)
    const end = renamed.get(to.node)
    return start && end ? [{ from: { ...from, node: start }, to: { ...to, node: end } }] : []
  })
  return { nodes, edges }
}

const key = 'millrace.clipboard'

/**
 * Puts a text on the clipboard. Browsers give it only to pages on https or localhost; elsewhere what is
 * copied can at least be pasted in this browser, in any tab.
 */
export async function writeClipboard(text: string): Promise<void> {
  writeStored(key, text)
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // It is kept above.
  }
}

/** The text on the clipboard, or what was copied here last where the browser does not give it. */
export async function readClipboard(): Promise<string> {
  try {
    return await navigator.clipboard.readText()
  } catch {
    return readStored(key) ?? ''
  }
}
