import { nodeKinds } from '../graph/kinds.ts'
import { textsOf } from '../graph/settings.ts'
import type { FlowNode } from '../model/index.ts'
import { fieldsOf, isShown } from '../spec/index.ts'
import type { FileArea } from './file-area.ts'

/**
 * Real paths of every file that the sources among `nodes` name: exactly what their engine process
 * may read. Throws the located problem of the first that is missing or not allowed.
 */
export async function inputFiles(
  nodes: readonly FlowNode[],
  files: FileArea,
  settingsOf: (node: FlowNode) => Readonly<Record<string, unknown>> | undefined,
): Promise<string[]> {
  const found: string[] = []
  for (const node of nodes) {
    const kind = nodeKinds.get(node.kind)
    const settings = settingsOf(node)
    if (kind?.role !== 'source' || !settings || node.disabled) continue
    const fields = fieldsOf(kind.settings)
    // What a source was set to before it was set to something else is not read.
    const shown = new Set(fields.filter((field) => isShown(field, fields, settings)).map(({ name }) => name))
    for (const { text, path } of textsOf(kind.settings, settings, ['file']))
      if (text !== '' && shown.has(path.split('.')[0] ?? ''))
        found.push(...(await files.pattern(text, { nodeId: node.id, field: path })))
  }
  return found
}
