import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import type { FlowNode } from '../model/index.ts'
import type { Connections } from './connections.ts'
import type { FileArea } from './file-area.ts'
import { inputFiles } from './input-files.ts'

/** What a source reads from, as far as it can be told without reading. */
export interface SourceState {
  /** Real paths of its files. */
  readonly files: readonly string[]
  /** Changes when its settings, its files or its connection do; not when rows in a database do. */
  readonly key: string
}

/** Throws the located problem of a file that is missing or not allowed. */
export async function stateOf(
  node: FlowNode,
  settings: Readonly<Record<string, unknown>>,
  area: FileArea,
  connections: Connections,
): Promise<SourceState> {
  const files = await inputFiles([node], area, () => settings)
  const stamps = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await stat(file)
      return [file, size, mtimeMs]
    }),
  )
  const id = settings['connection']
  const connection = typeof id === 'string' ? await connections.find(id) : undefined
  const key = createHash('sha256')
    .update(JSON.stringify([node.kind, settings, stamps, connection]))
    .digest('hex')
  return { files, key }
}
