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
  const id = settings['connection']
  const connection = typeof id === 'string' ? await connections.find(id) : undefined
  return { files, key: await digestOf(node, settings, files, connection) }
}

/** The same of what it asks its system for, however that is reached. */
export async function askedOf(
  node: FlowNode,
  settings: Readonly<Record<string, unknown>>,
  area: FileArea,
): Promise<SourceState> {
  const files = await inputFiles([node], area, () => settings)
  return { files, key: await digestOf(node, settings, files) }
}

async function digestOf(
  { kind }: FlowNode,
  settings: Readonly<Record<string, unknown>>,
  files: readonly string[],
  connection?: unknown,
): Promise<string> {
  const stamps = await Promise.all(
    files.map(async (file) => {
      const { size, mtimeMs } = await stat(file)
      return [file, size, mtimeMs]
    }),
  )
  return createHash('sha256')
    .update(JSON.stringify([kind, settings, stamps, connection]))
    .digest('hex')
}
