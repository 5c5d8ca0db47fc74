import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isDiskFull } from '@millrace/engine'
import busboy from 'busboy'
import type { Request } from 'express'
import { RequestProblem } from '../http/request-problem.ts'
import { checkNewName } from './file-path.ts'

interface StagedFile {
  readonly name: string
  readonly temporary: string
}

interface UploadOptions {
  /** Folder on the same disk as the Files area. */
  readonly staging: string
  readonly limit: number
}

/** Files of one upload that may be sent together. */
const mostFiles = 100

/**
 * Streams the parts `file` of a multipart request to disk, under temporary names.
 * Everything is removed again when any of them is refused.
 */
export async function stageUpload(request: Request, options: UploadOptions): Promise<StagedFile[]> {
  if (!request.is('multipart/form-data')) throw new RequestProblem('unsupported-media-type')
  const staged: StagedFile[] = []
  try {
    await receive(request, options, staged)
    if (staged.length === 0)
      throw new RequestProblem('invalid-request', { detail: 'There is no part called “file” with a file.' })
    return staged
  } catch (error) {
    await discard(staged)
    throw error
  }
}

async function receive(
  request: Request,
  { staging, limit }: UploadOptions,
  staged: StagedFile[],
): Promise<void> {
  let parser: busboy.Busboy
  try {
    parser = busboy({
      headers: request.headers,
      preservePath: true,
      defParamCharset: 'utf8',
      limits: {
        fileSize: limit,
        files: mostFiles,
        fields: 10,
        fieldSize: 1024,
        parts: mostFiles + 10,
        headerPairs: 100,
      },
    })
  } catch {
    throw new RequestProblem('invalid-request', { detail: 'This is not a multipart body that can be read.' })
  }
  const tooLarge = () => new RequestProblem('too-large', { detail: `A file may have ${limit} bytes.` })
  const writes: Promise<void>[] = []
  parser.on('file', (part, stream, { filename }) => {
    if (part !== 'file' || !filename) {
      stream.resume()
      return
    }
    const write = (async () => {
      const name = checkNewName(filename)
      const temporary = path.join(staging, randomUUID())
      staged.push({ name, temporary })
      const refuseTruncated = new Transform({
        transform: (chunk, _encoding, done) => done(null, chunk),
        flush: (done) => done(stream.truncated ? tooLarge() : null),
      })
      await pipeline(
        stream,
        refuseTruncated,
        createWriteStream(temporary, { flags: 'wx', flush: true, mode: 0o600 }),
      )
    })()
    // Whoever awaits `writes` hears of it; until then the parser is stopped from reading on.
    write.catch((error: unknown) => {
      stream.resume()
      parser.destroy(error instanceof Error ? error : new Error(String(error)))
    })
    writes.push(write)
  })
  for (const limited of ['filesLimit', 'partsLimit', 'fieldsLimit'] as const)
    parser.on(limited, () =>
      parser.destroy(new RequestProblem('too-large', { detail: 'There are too many parts.' })),
    )
  try {
    await pipeline(request, parser)
  } catch (error) {
    await Promise.allSettled(writes)
    if (error instanceof RequestProblem || isDiskFull(error)) throw error
    throw new RequestProblem('invalid-request', { detail: 'The upload broke off or cannot be read.' })
  }
  await Promise.all(writes)
}

/** Moves staged files to where people see them: each at once, and replacing only when that was asked for. */
export async function publishUpload(
  staged: readonly StagedFile[],
  files: string,
  overwrite: boolean,
): Promise<string[]> {
  try {
    for (const { name, temporary } of staged)
      await publish(path.join(files, name), temporary, files, overwrite)
  } finally {
    await discard(staged)
  }
  return staged.map(({ name }) => name)
}

async function publish(target: string, temporary: string, files: string, overwrite: boolean): Promise<void> {
  const folder = path.dirname(target)
  const exists = () =>
    new RequestProblem('file-exists', { detail: `“${path.relative(files, target)}” exists.` })
  try {
    await mkdir(folder, { recursive: true })
    if ((await realpath(folder)) !== path.join(await realpath(files), path.relative(files, folder)))
      throw new RequestProblem('invalid-path')
    if (overwrite) await rename(temporary, target)
    else await link(temporary, target)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST' || code === 'EISDIR' || code === 'ENOTDIR') throw exists()
    throw error
  }
  await syncFolder(folder)
}

/** Makes a rename in the folder survive a loss of power. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function discard(staged: readonly StagedFile[]): Promise<void> {
  await Promise.all(staged.map(({ temporary }) => rm(temporary, { force: true })))
}
