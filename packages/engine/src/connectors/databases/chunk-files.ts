import { randomUUID } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import path from 'node:path'
import type { ConnectorContext } from '../../spec/index.ts'

const chunkBytes = 16 * 2 ** 20
const lineFeed = 10

async function writeParts(file: string, parts: readonly Uint8Array[]): Promise<void> {
  const handle = await open(file, 'w')
  try {
    await handle.writev([...parts])
  } finally {
    await handle.close()
  }
}

/**
 * Hands a stream of lines on as files of whole lines in the work folder. While `take` works on one,
 * the next is being received; so neither side waits for the other, and the disk holds two at most.
 */
export async function inChunkFiles(
  context: Pick<ConnectorContext, 'workFolder' | 'signal'>,
  stream: AsyncIterable<Uint8Array>,
  take: (file: string, bytes: number) => Promise<void>,
): Promise<void> {
  let parts: Uint8Array[] = []
  let size = 0
  let taking: Promise<void> = Promise.resolve()
  const handOn = async (): Promise<void> => {
    const file = path.join(context.workFolder, `chunk-${randomUUID()}`)
    const bytes = size
    await writeParts(file, parts)
    parts = []
    size = 0
    await taking
    taking = take(file, bytes).finally(() => rm(file, { force: true }))
    // Seen by the next `await taking`; until then it must not count as unhandled.
    taking.catch(() => {})
  }
  for await (const bytes of stream) {
    context.signal.throwIfAborted()
    const end = size + bytes.length < chunkBytes ? -1 : bytes.lastIndexOf(lineFeed)
    if (end === -1) {
      parts.push(bytes)
      size += bytes.length
      continue
    }
    parts.push(bytes.subarray(0, end + 1))
    size += end + 1
    await handOn()
    const rest = bytes.subarray(end + 1)
    if (rest.length > 0) parts.push(rest)
    size = rest.length
  }
  if (size > 0) await handOn()
  await taking
}
