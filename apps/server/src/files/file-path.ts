import { lstat, realpath } from 'node:fs/promises'
import path from 'node:path'
import { RequestProblem } from '../http/request-problem.ts'

/** Names that some system takes for a device. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i
// Flows take * and ? for patterns; the others cannot be written on every system.
const forbidden = /[\\:*?"<>|\p{Cc}\p{Cf}]/u

function isUsablePart(part: string): boolean {
  return (
    part !== '' &&
    !part.startsWith('.') &&
    !/[. ]$/.test(part) &&
    !forbidden.test(part) &&
    !reserved.test(part) &&
    Buffer.byteLength(part) <= 240
  )
}

/**
 * The name of a new file of the Files area, with `/` between folders.
 * @throws RequestProblem `invalid-path`; nothing is repaired, because a repaired name is not the one meant
 */
export function checkNewName(name: string): string {
  const normal = name.normalize('NFC')
  const parts = normal.split('/')
  if (parts.length > 16 || !parts.every(isUsablePart) || parts[0]?.startsWith('@'))
    throw new RequestProblem('invalid-path', { detail: `“${name}” cannot be the name of a file.` })
  return normal
}

export interface FileLocation {
  readonly real: string
  /** In a folder that the operator of the server added. */
  readonly isFurther: boolean
}

/** Where the Files area and the further folders are. */
export class FileLocations {
  readonly files: string
  readonly folders: Readonly<Record<string, string>>

  constructor(files: string, folders: Readonly<Record<string, string>>) {
    this.files = files
    this.folders = folders
  }

  /**
   * The real path of an existing plain file.
   * @throws RequestProblem `invalid-path` for what leaves its folder, `not-found` for what is no plain file
   */
  async existing(name: string): Promise<FileLocation> {
    const [, folder, inFolder] = /^@([^/]+)\/(.+)$/s.exec(name) ?? []
    const root =
      folder === undefined
        ? this.files
        : Object.hasOwn(this.folders, folder)
          ? this.folders[folder]
          : undefined
    const rest = inFolder ?? name
    const isClean = rest.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
    if (root === undefined || !isClean || /[\\\0]/.test(rest)) throw new RequestProblem('invalid-path')
    const missing = () => {
      throw new RequestProblem('not-found', { detail: `There is no file “${name}”.` })
    }
    const asked = path.join(root, rest)
    const found = await lstat(asked).catch(missing)
    if (!found.isFile()) return missing()
    const [real, realRoot] = await Promise.all([
      realpath(asked).catch(missing),
      realpath(root).catch(missing),
    ])
    // A link among the folders on the way would show here.
    if (real !== path.join(realRoot, rest)) return missing()
    return { real, isFurther: folder !== undefined }
  }
}
