import { defaultSettings, type Flow, type FlowNode, type NodeKind } from '@millrace/engine'

/** Space between nodes that are put side by side, in canvas pixels. */
export const gridStep = 16
export const columnStep = 304
const rowStep = 144

/** A readable id that is still free: `filter`, `filter-2` … */
export function freeId(wanted: string, taken: ReadonlySet<string>): string {
  const letters = wanted
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 56)
  const base = letters === '' ? 'node' : letters
  let id = base
  for (let n = 2; taken.has(id); n++) id = `${base}-${n}`
  return id
}

/** A place near the one wanted where no other node lies. */
export function freePlace(
  flow: { readonly nodes: readonly Pick<FlowNode, 'position'>[] },
  wanted: { x: number; y: number },
) {
  const snap = (value: number) => Math.round(value / gridStep) * gridStep
  const place = { x: snap(wanted.x), y: snap(wanted.y) }
  const isTaken = () =>
    flow.nodes.some(
      ({ position }) => Math.abs(position.x - place.x) < 232 && Math.abs(position.y - place.y) < 96,
    )
  while (isTaken()) place.y += rowStep
  return place
}

/** A node as it is before anybody has touched it. */
export function newNode(
  flow: Flow,
  kind: NodeKind,
  wanted: { x: number; y: number },
  settings: FlowNode['settings'] = defaultSettings(kind),
): FlowNode {
  const [connector = kind.kind, end] = kind.kind.split('.')
  return {
    id: freeId(end === 'target' ? `${connector}-target` : connector, new Set(flow.nodes.map(({ id }) => id))),
    kind: kind.kind,
    label: '',
    position: freePlace(flow, wanted),
    settings,
    disabled: false,
    note: '',
  }
}
