import { constants, createReadStream, mkdirSync, type ReadStream, readdirSync, rmSync } from 'node:fs'
import { copyFile, lstat, mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { FileEntry, filePreview } from '@millrace/contract'
import { type ConnectorSpec, emptyFlow, type Flow, nodeKinds } from '@millrace/engine'
import type { Request } from 'express'
import type { z } from 'zod'
import type { DesignService } from '../design/service.ts'
import { RequestProblem } from '../http/request-problem.ts'
import { checkNewName, FileLocations } from './file-path.ts'
import { publishUpload, stageUpload } from './upload.ts'

/** A listing that is longer helps nobody and costs the server. */
const mostListed = 10_000
const previewRows = 100

export interface OpenedFile {
  readonly name: string
  readonly bytes: number
  readonly stream: ReadStream
}

/** What a file was when it was looked at; another run or an upload changes it. */
export interface FileStamp {
  readonly bytes: number
  readonly modifiedMs: number
}

interface FileServiceOptions {
  readonly files: string
  readonly folders: Readonly<Record<string, string>>
  /** For uploads under way; on the disk of `files`. */
  readonly staging: string
  readonly uploadBytes: number
  readonly design: DesignService
}

/** The source connector for a file name: the one with the longest extension that fits (`csv.gz` before `gz`). */
function connectorFor(name: string): ConnectorSpec | undefined {
  const lower = name.toLowerCase()
  return [...nodeKinds.values()]
    .flatMap((kind) => (kind.role === 'source' ? kind.connector : []))
    .flatMap((connector) => (connector.extensions ?? []).map((extension) => ({ connector, extension })))
    .filter(({ extension }) => lower.endsWith(`.${extension}`))
    .sort((left, right) => right.extension.length - left.extension.length)[0]?.connector
}

/** The Files area and the further folders that the operator of the server allows. */
export class FileService {
  readonly #options: FileServiceOptions
  readonly #locations: FileLocations

  constructor(options: FileServiceOptions) {
    this.#options = options
    this.#locations = new FileLocations(options.files, options.folders)
    mkdirSync(options.files, { recursive: true })
    mkdirSync(options.staging, { recursive: true })
    // Left by uploads that a stop of the server cut off.
    for (const name of readdirSync(options.staging)) rmSync(path.join(options.staging, name), { force: true })
  }

  async list(): Promise<FileEntry[]> {
    const entries: FileEntry[] = []
    await this.#walk(this.#options.files, '', false, entries)
    for (const [name, folder] of Object.entries(this.#options.folders))
      await this.#walk(folder, `@${name}/`, true, entries)
    return entries.sort((left, right) => (left.path < right.path ? -1 : 1))
  }

  async #walk(folder: string, prefix: string, readOnly: boolean, entries: FileEntry[]): Promise<void> {
    const directory = await opendir(folder).catch(() => undefined)
    if (!directory) return
    for await (const found of directory) {
      if (entries.length >= mostListed) return
      if (found.name.startsWith('.')) continue
      const real = path.join(folder, found.name)
      const name = `${prefix}${found.name}`
      if (found.isDirectory()) await this.#walk(real, `${name}/`, readOnly, entries)
      else if (found.isFile()) {
        const entry = await this.#entry(name, real, readOnly)
        if (entry) entries.push(entry)
      }
    }
  }

  async #entry(name: string, real: string, readOnly: boolean): Promise<FileEntry | undefined> {
    const found = await lstat(real).catch(() => undefined)
    if (!found) return undefined
    return {
      path: name,
      bytes: found.size,
      modifiedAt: found.mtime.toISOString(),
      connector: connectorFor(name)?.name ?? null,
      readOnly,
    }
  }

  async upload(request: Request, overwrite: boolean): Promise<FileEntry[]> {
    const { files, staging, uploadBytes } = this.#options
    const staged = await stageUpload(request, { staging, limit: uploadBytes })
    const names = await publishUpload(staged, files, overwrite)
    const entries = await Promise.all(names.map((name) => this.#entry(name, path.join(files, name), false)))
    return entries.filter((entry) => entry !== undefined)
  }

  /** Copies a file of Millrace's own into the Files area, unless one of that name is there. */
  async addIfMissing(name: string, from: string): Promise<void> {
    const target = path.join(this.#options.files, checkNewName(name))
    const temporary = path.join(this.#options.staging, `${path.basename(name)}.${process.pid}`)
    if (await lstat(target).catch(() => undefined)) return
    await mkdir(path.dirname(target), { recursive: true })
    await copyFile(from, temporary, constants.COPYFILE_FICLONE)
    await rename(temporary, target)
  }

  /** The caller reads or destroys the stream. */
  async open(name: string): Promise<OpenedFile> {
    const { real } = await this.#locations.existing(name)
    // The handle is opened once and asked for its size, so that name and content cannot part company.
    const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => {
      throw new RequestProblem('not-found')
    })
    const { size } = await handle.stat()
    const stream = createReadStream('', { fd: handle, ...(size > 0 && { end: size - 1 }) })
    return { name: path.basename(real), bytes: size, stream }
  }

  /** Undefined when there is no such file. */
  async stamp(name: string): Promise<FileStamp | undefined> {
    try {
      const { real } = await this.#locations.existing(name)
      const { size, mtimeMs } = await stat(real)
      return { bytes: size, modifiedMs: mtimeMs }
    } catch {
      return undefined
    }
  }

  async preview(name: string): Promise<z.infer<typeof filePreview>> {
    await this.#locations.existing(name)
    const kind = connectorFor(name)?.source?.kind
    if (kind === undefined)
      throw new RequestProblem('unsupported-media-type', { detail: `No connector reads “${name}”.` })
    const detected = await this.#options.design.detect(kind, { path: name })
    const settings = { path: name, ...detected.settings }
    const node = {
      id: 'file',
      kind,
      label: '',
      position: { x: 0, y: 0 },
      settings,
      disabled: false,
      note: '',
    }
    const flow: Flow = { ...emptyFlow('Preview'), nodes: [node] }
    const { columns, rows, problems } = await this.#options.design.preview({
      flow,
      nodeId: node.id,
      port: 'out',
      limit: previewRows,
      parameters: {},
    })
    const faults = problems.filter(
      ({ severity, location }) => severity === 'error' && location.nodeId === node.id,
    )
    if (faults.length > 0) throw new RequestProblem('flow-problem', { problems: faults })
    return { columns: columns.map(({ name: column, type }) => ({ name: column, type })), rows }
  }

  async delete(name: string): Promise<void> {
    const { real, isFurther } = await this.#locations.existing(name)
    if (isFurther) throw new RequestProblem('read-only')
    await rm(real)
  }
}
