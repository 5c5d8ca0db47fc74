import type { ConnectionUse } from '@millrace/contract'
import { type Flow, parseFlow, pathOfId, wholeFlow } from '@millrace/engine'
import type { Database } from '../database/database.ts'

type Nodes = Flow['nodes']

/** The ids that a text can stand for: parameters have a default, and values in environments. */
function readings(
  text: string,
  flow: Flow,
  environments: readonly Readonly<Record<string, string>>[],
): string[] {
  if (!text.includes('${')) return [text]
  const defaults = Object.fromEntries(flow.parameters.map(({ name, default: value }) => [name, value]))
  return [{}, ...environments].map((values) => {
    const bound: Readonly<Record<string, string>> = { ...defaults, ...values }
    return text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => bound[name.trim()] ?? whole)
  })
}

/** The nodes of a flow by the connections that they name. */
function nodesByConnection(
  flow: Flow,
  environments: readonly Readonly<Record<string, string>>[],
): Map<string, Nodes[number][]> {
  const found = new Map<string, Nodes[number][]>()
  for (const inner of wholeFlow(flow).nodes) {
    // What stands in a flow that is used is found at the node that uses it.
    const node = flow.nodes.find(({ id }) => id === pathOfId(inner.id)[0]) ?? inner
    const named = inner.settings['connection']
    if (typeof named !== 'string' || named === '') continue
    for (const id of new Set(readings(named, flow, environments)))
      found.set(id, [...(found.get(id) ?? []), node])
  }
  return found
}

/** Flows by the connections that their drafts or published versions name. */
export async function connectionUses(database: Database): Promise<Map<string, ConnectionUse[]>> {
  const names = { contains: '"connection"' }
  const drafts = await database.flow.findMany({
    where: { OR: [{ draft: names }, { versions: { some: { content: names } } }] },
    select: { id: true, name: true, draft: true, publishedVersion: true, environments: true },
    orderBy: { name: 'asc' },
  })
  const versions = await database.flowVersion.findMany({
    where: {
      content: names,
      OR: drafts.flatMap(({ id, publishedVersion: version }) =>
        version === null ? [] : [{ flowId: id, version }],
      ),
    },
    select: { flowId: true, content: true },
  })
  const uses = new Map<string, ConnectionUse[]>()
  for (const { id, name, draft, environments } of drafts) {
    const values = environments.map((one): Record<string, string> => JSON.parse(one.values))
    const published = versions.find(({ flowId }) => flowId === id)
    const inDraft = nodesByConnection(parseFlow(draft), values)
    const inVersion = published
      ? nodesByConnection(parseFlow(published.content), values)
      : new Map<string, Nodes[number][]>()
    for (const connection of new Set([...inDraft.keys(), ...inVersion.keys()])) {
      const nodes = new Map(
        [...(inVersion.get(connection) ?? []), ...(inDraft.get(connection) ?? [])].map((node) => [
          node.id,
          { id: node.id, kind: node.kind, label: node.label },
        ]),
      )
      const use = {
        flowId: id,
        flowName: name,
        draft: inDraft.has(connection),
        published: inVersion.has(connection),
        nodes: [...nodes.values()],
      }
      uses.set(connection, [...(uses.get(connection) ?? []), use])
    }
  }
  return uses
}
