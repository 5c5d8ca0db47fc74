import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { repository } from './boundaries.ts'
import { runTool } from './tool.ts'

/** What a new operator or connector is called in the places where it is named. */
export interface Naming {
  /** In flows and as a folder: `top-rows`. */
  readonly kind: string
  /** In code: `topRows`. */
  readonly name: string
  /** For people: `Top rows`. */
  readonly title: string
}

const reserved = new Set(
  'arguments await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void while with yield list connectors operators'.split(
    ' ',
  ),
)

/** Reads NAME from the command line; throws an error that says what a name has to look like. */
export function namingOf(argv: readonly string[], command: string): Naming {
  const { positionals } = parseArgs({ args: [...argv], allowPositionals: true })
  const [kind, ...others] = positionals
  if (kind === undefined || others.length > 0) throw new Error(`Usage: pnpm ${command} NAME`)
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(kind))
    throw new Error(`NAME is written in lower-case letters, digits and hyphens, not "${kind}"`)
  const name = kind.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  if (reserved.has(name)) throw new Error(`"${kind}" is a word of the language; choose another name`)
  const words = kind.replaceAll('-', ' ')
  return { kind, name, title: words.charAt(0).toUpperCase() + words.slice(1) }
}

/** Fills the templates of `family` into a new folder; returns the files. Throws when the folder exists. */
export function writeFolder(family: 'operator' | 'connector', folder: string, naming: Naming): string[] {
  const target = path.join(repository, folder, naming.kind)
  if (existsSync(target)) throw new Error(`${folder}/${naming.kind} exists already`)
  mkdirSync(target)
  const parts = family === 'operator' ? ['spec', 'compile'] : ['spec', 'source', 'target']
  return parts.map((part) => {
    const template = path.join(repository, 'scripts/templates', family, `${part}.ts.txt`)
    const text = readFileSync(template, 'utf8')
      .replaceAll('{{name}}', naming.name)
      .replaceAll('{{kind}}', naming.kind)
      .replaceAll('{{title}}', naming.title)
    const file = path.join(target, `${part}.ts`)
    writeFileSync(file, text)
    return file
  })
}

interface Registration {
  readonly imports: readonly string[]
  /** The bracket in which the visible list begins, e.g. `const list = [`. */
  readonly opening: string
  readonly closing: ']' | '} as const'
  readonly entry: string
}

/** Adds imports and an entry at the end of the visible list of a registry; returns the file. */
export function register(file: string, { imports, opening, closing, entry }: Registration): string {
  const full = path.join(repository, file)
  const text = readFileSync(full, 'utf8')
  const start = text.indexOf(opening)
  const end = text.indexOf(closing, start + opening.length)
  if (start === -1 || end === -1) throw new Error(`${file} has no list that begins with "${opening}"`)
  const list = text.slice(start, end).trimEnd().replace(/,$/, '')
  writeFileSync(full, `${imports.join('\n')}\n${text.slice(0, start)}${list}, ${entry}${text.slice(end)}`)
  return full
}

/** Puts what was written into the form that `pnpm check` wants: imports sorted, lines broken. */
export function tidy(files: readonly string[]): void {
  const { ok, output } = runTool('biome', ['check', '--write', '--vcs-enabled=false', ...files])
  if (!ok) throw new Error(output)
}

/** Runs a scaffold and says what came of it. */
export function main(scaffold: () => readonly string[], next: string): void {
  try {
    const files = scaffold()
    tidy(files)
    console.log(files.map((file) => path.relative(repository, file)).join('\n'))
    console.log(next)
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
