import { access, constants, mkdir, readdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Label } from '../model/index.ts'
import { fail, type Location } from '../problems/index.ts'
import type { FileAccess } from '../spec/index.ts'

export interface FileRoots {
  /** The Files area; relative paths of a flow are inside it. */
  readonly files: string
  /** Further folders by name; a flow says `@name/…`. */
  readonly folders: Readonly<Record<string, string>>
}

const isFolder: Label = {
  en: 'there is a folder of that name. Choose another name.',
  zh: '已有同名文件夹，请改用其他文件名。',
}
const underFile: Label = {
  en: 'a part of its path is a file, not a folder. Choose another folder.',
  zh: '路径的一部分是文件而不是文件夹，请改用其他文件夹。',
}
const notWritable: Label = {
  en: 'the server may not write there. Give it the right to, or choose another folder.',
  zh: '服务器没有该文件夹的写入权限，请授予权限或改用其他文件夹。',
}

/** Why nothing can be written at a path, by the code of the system. */
const writingFaults: Readonly<Record<string, Label>> = {
  EEXIST: underFile,
  ENOTDIR: underFile,
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
  ENAMETOOLONG: { en: 'the name is too long. Choose a shorter one.', zh: '名称过长，请缩短。' },
}

/** Turns the paths that flows name into real ones, and never into one outside the roots. */
export class FileArea {
  readonly #roots: FileRoots
  constructor(roots: FileRoots) {
    this.#roots = roots
  }

  /** Splits `@name/rest` into the folder of that name and the rest; throws a problem for anything that leaves it. */
  #locate(name: string, location: Location): { root: string; rest: string } {
    const refuse = () => fail('file.notAllowed', { path: name }, location)
    const [, folder, inFolder] = /^@([^/]+)\/(.+)$/.exec(name) ?? []
    const root =
      folder === undefined
        ? this.#roots.files
        : Object.hasOwn(this.#roots.folders, folder)
          ? this.#roots.folders[folder]
          : undefined
    const rest = inFolder ?? name
    const parts = rest.split('/')
    const isClean = parts.every(
      (part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\\'),
    )
    if (root === undefined || !isClean || rest.includes('\0') || path.isAbsolute(rest)) return refuse()
    return { root, rest }
  }

  /** Real path of an existing file. */
  async input(name: string, location: Location = {}): Promise<string> {
    const { root, rest } = this.#locate(name, location)
    const missing = () => fail('file.missing', { path: name }, location)
    const real = await realpath(path.join(root, rest)).catch(missing)
    await this.#keepInside(real, root, name, location)
    const found = await stat(real).catch(missing)
    return found.isFile() ? real : missing()
  }

  /** Real paths of the files whose names match; `*` and `?` stand for parts of the last name only. */
  async pattern(name: string, location: Location = {}): Promise<string[]> {
    if (!/[*?]/.test(name)) return [await this.input(name, location)]
    const { root, rest } = this.#locate(name, location)
    const folder = path.join(root, path.dirname(rest))
    const matches = globExpression(path.basename(rest))
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
    const names = entries
      .filter((entry) => matches.test(entry.name) && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
    if (names.length === 0) return fail('file.noMatch', { pattern: name }, location)
    const prefix = name.slice(0, name.length - path.basename(rest).length)
    return Promise.all(names.sort().map((match) => this.input(`${prefix}${match}`, location)))
  }

  /** Real path to write to, where a file can be; its folder is made. */
  output(name: string, location: Location = {}): Promise<string> {
    return this.#output(name, location).catch((error: unknown) => {
      const reason = writingFaults[String(error instanceof Error && 'code' in error && error.code)]
      if (!reason) throw error
      return fail('target.failed', { path: name, detail: reason }, location)
    })
  }

  async #output(name: string, location: Location): Promise<string> {
    const { root, rest } = this.#locate(name, location)
    const target = path.join(root, rest)
    await mkdir(root, { recursive: true })
    await this.#keepInside(await existingAncestor(path.dirname(target)), root, name, location)
    await mkdir(path.dirname(target), { recursive: true })
    const folder = await realpath(path.dirname(target))
    await this.#keepInside(folder, root, name, location)
    const real = path.join(folder, path.basename(target))
    const existing = await realpath(real).catch(() => real)
    if (existing !== real) return fail('file.notAllowed', { path: name }, location)
    // What would fail when the run is committed, which it then never could be, has to fail now.
    await access(folder, constants.W_OK)
    const standing = await stat(real).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    })
    if (standing?.isDirectory()) return fail('target.failed', { path: name, detail: isFolder }, location)
    return real
  }

  async #keepInside(real: string, root: string, name: string, location: Location): Promise<void> {
    const realRoot = await realpath(root).catch(() => root)
    if (real !== realRoot && !real.startsWith(`${realRoot}${path.sep}`))
      fail('file.notAllowed', { path: name }, location)
  }
}

/** Files as connections find them; the setting that names one is `path`. */
export function fileAccess(roots: FileRoots): FileAccess {
  const area = new FileArea(roots)
  return { resolveInput: (name) => area.input(name, { field: 'path' }) }
}

/** Real path of the nearest folder above (or at) `folder` that is there. */
const existingAncestor = (folder: string): Promise<string> =>
  realpath(folder).catch(() => existingAncestor(path.dirname(folder)))

const globExpression = (pattern: string): RegExp =>
  new RegExp(
    `^${[...pattern]
      .map((character) =>
        character === '*' ? '.*' : character === '?' ? '.' : character.replace(/[.+^${}()|[\]\\]/g, '\\$&'),
      )
      .join('')}$`,
    'u',
  )
