import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import path from 'node:path'
import type { ConnectorContext } from '../../spec/index.ts'

/** The first file is small, so that whoever takes it begins soon; a statement for each costs less the larger they are. */
const firstBytes = 4 * 2 ** 20
const chunkBytes = 16 * 2 ** 20
const lineFeed = 10

interface ChunkFile {
  readonly file: string
  readonly handle: FileHandle
  bytes: number
}

/**
 * Hands lines on as files of whole lines in the work folder. While `take` works on one, the next is
 * being received and written; so neither side waits for the other, and the disk holds two at most. A
 * block is not looked at after the next one was asked for.
 */
export async function inChunkFiles(
  context: Pick<ConnectorContext, 'workFolder' | 'signal'>,
  blocks: AsyncIterable<Uint8Array>,
  take: (file: string) => Promise<void>,
): Promise<void> {
  let chunk: ChunkFile | undefined
  let limit = firstBytes
  let taking: Promise<void> = Promise.resolve()
  const write = async (bytes: Uint8Array): Promise<ChunkFile> => {
    if (!chunk) {
      const file = path.join(context.workFolder, `chunk-${randomUUID()}`)
      chunk = { file, handle: await open(file, 'w'), bytes: 0 }
    }
    await chunk.handle.writeFile(bytes)
    chunk.bytes += bytes.length
    return chunk
  }
  const handOn = async ({ file, handle }: ChunkFile): Promise<void> => {
    await handle.close()
    await taking
    chunk = undefined
    limit = chunkBytes
    taking = take(file).finally(() => rm(file, { force: true }))
    // Seen by the next `await taking`; until then it must not count as unhandled.
    taking.catch(() => {})
  }
  try {
    for await (const block of blocks) {
      context.signal.throwIfAborted()
      const isEnough = (chunk?.bytes ?? 0) + block.length >= limit
      const end = isEnough ? block.lastIndexOf(lineFeed) + 1 : 0
      const written = await write(end > 0 ? block.subarray(0, end) : block)
      if (end === 0) continue
      await handOn(written)
      if (end < block.length) await write(block.subarray(end))
    }
    if (chunk) await handOn(chunk)
    await taking
  } finally {
    await chunk?.handle.close()
  }
}
