import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { fail } from '../../problems/index.ts'
import type { ConnectorContext } from '../../spec/index.ts'

export const encodings = ['utf-8', 'gb18030', 'utf-16le', 'utf-16be', 'latin1'] as const
export type Encoding = (typeof encodings)[number]

/** Bytes that detection looks at. */
const headBytes = 2 * 1024 * 1024

const isGzip = (head: Buffer): boolean => head[0] === 0x1f && head[1] === 0x8b
const isZip = (head: Buffer): boolean => head.subarray(0, 4).equals(Buffer.from([0x50, 0x4b, 0x03, 0x04]))

/** The first bytes of a file, unpacked when it is gzip. */
export async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    const raw = buffer.subarray(0, bytesRead)
    if (!isGzip(raw)) return raw
  } finally {
    await handle.close()
  }
  const chunks: Buffer[] = []
  let size = 0
  const unpacked = createReadStream(file).pipe(createGunzip())
  try {
    for await (const chunk of unpacked) {
      chunks.push(chunk)
      size += chunk.length
      if (size >= headBytes) break
    }
  } catch {
    // A broken archive is reported when it is unpacked whole.
  }
  return Buffer.concat(chunks).subarray(0, headBytes)
}

/** Tells an encoding by its byte order mark, else by what the bytes can be. */
export function detectEncoding(head: Buffer): Encoding {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8'
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  const zeros = [0, 1].map((parity) => countZeros(head, parity))
  if ((zeros[1] ?? 0) > head.length / 8) return 'utf-16le'
  if ((zeros[0] ?? 0) > head.length / 8) return 'utf-16be'
  if (decodes(head, 'utf-8')) return 'utf-8'
  return decodes(head, 'gb18030') && isRatherChinese(head) ? 'gb18030' : 'latin1'
}

/**
 * GB18030 also reads most Latin-1: the “ül” of Müller is one of its characters. Its second byte is a letter then,
 * as in few words that Chinese people write: GB 2312 has none such.
 */
function isRatherChinese(head: Buffer): boolean {
  let chinese = 0
  let latin = 0
  for (let index = 0; index < head.length - 1; index++) {
    if ((head[index] ?? 0) < 0x80) continue
    const second = head[++index] ?? 0
    if (second >= 0x40 && second < 0x80) latin++
    else chinese++
  }
  return chinese >= latin
}

function countZeros(bytes: Buffer, parity: number): number {
  let count = 0
  for (let index = parity; index < bytes.length; index += 2) if (bytes[index] === 0) count++
  return count
}

function decodes(head: Buffer, encoding: Encoding): boolean {
  try {
    // `stream` forgives a character that the end of the sample cuts in two.
    new TextDecoder(encoding, { fatal: true }).decode(head, { stream: true })
    return true
  } catch {
    return false
  }
}

export interface PlainFile {
  /** UTF-8, not compressed; the file itself where it is that already. */
  readonly path: string
  readonly encoding: Encoding
  readonly transcoded: boolean
}

/**
 * Makes a file readable by DuckDB: unpacks gzip and converts to UTF-8, streaming, into the work
 * folder. Throws located problems for an empty file, a broken or too large archive, an Excel file.
 */
export async function toPlainFile(
  context: ConnectorContext,
  file: string,
  name: string,
  wanted: Encoding | 'auto',
): Promise<PlainFile> {
  const location = { nodeId: context.nodeId, field: 'path' }
  const handle = await open(file, 'r')
  const start = Buffer.alloc(4)
  const { bytesRead } = await handle.read(start, 0, 4, 0)
  const { size } = await handle.stat()
  await handle.close()
  if (size === 0) fail('file.empty', { path: name }, location)
  if (bytesRead === 4 && isZip(start))
    fail(
      'file.unreadable',
      {
        path: name,
        detail: {
          en: 'it is an archive or an Excel file, not text',
          zh: '它是压缩包或 Excel 文件，不是文本文件',
        },
      },
      location,
    )
  const compressed = isGzip(start)
  const head = await readHead(file)
  const encoding = wanted === 'auto' ? detectEncoding(head) : wanted
  if (!compressed && encoding === 'utf-8') return { path: file, encoding, transcoded: false }
  const plain = path.join(context.workFolder, `${context.nodeId}-${plainFiles++}.txt`)
  const unpacked = limitBytes(context, name)
  const input = createReadStream(file, { signal: context.signal })
  const output = createWriteStream(plain)
  try {
    if (compressed) await pipeline(input, createGunzip(), unpacked, toUtf8(encoding), output)
    else await pipeline(input, unpacked, toUtf8(encoding), output)
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof RangeError) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (/^Z_|^ERR_.*ZLIB/.test(code))
      fail(
        'file.unreadable',
        {
          path: name,
          detail: { en: 'the compressed file is damaged or cut off', zh: '压缩文件已损坏或不完整' },
        },
        location,
      )
    throw error
  }
  return { path: plain, encoding, transcoded: true }
}

let plainFiles = 0

/** Bytes that are not valid in the encoding become U+FFFD; the rows that hold one are rejected later. */
function toUtf8(encoding: Encoding): Transform {
  const decoder = new TextDecoder(encoding === 'latin1' ? 'windows-1252' : encoding)
  return new Transform({
    transform(chunk: Buffer, _, done) {
      done(null, Buffer.from(decoder.decode(chunk, { stream: true })))
    },
    flush(done) {
      done(null, Buffer.from(decoder.decode()))
    },
  })
}

function limitBytes(context: ConnectorContext, name: string): Transform {
  let bytes = 0
  const location = { nodeId: context.nodeId, field: 'path' }
  const limit = `${Math.round(context.inputLimit / 2 ** 20)} MiB`
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      try {
        if (bytes > context.inputLimit) fail('file.tooLarge', { path: name, limit }, location)
        done(null, chunk)
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)))
      }
    },
  })
}

/** Bytes after which a line has to end. */
const longestStretch = 32 * 2 ** 20

/**
 * The byte from which a file goes on for 32 MiB without a line break, or undefined. DuckDB's reader
 * loses a line longer than its buffer without a word, so such a file is refused. Looks at a little of
 * every 32 MiB only: a break in each is proof enough.
 */
export async function endlessLineAt(file: string): Promise<number | undefined> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    const chunk = Buffer.alloc(64 * 1024)
    for (let start = 0; start + longestStretch <= size; start += longestStretch) {
      let found = false
      for (let at = start; at < start + longestStretch && !found; at += chunk.length) {
        const { bytesRead } = await handle.read(chunk, 0, chunk.length, at)
        found = chunk.subarray(0, bytesRead).includes(10)
      }
      if (!found) return start
    }
    return undefined
  } finally {
    await handle.close()
  }
}
