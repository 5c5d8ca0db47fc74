import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

export const repository = path.resolve(import.meta.dirname, '..')

const roots = ['packages/engine/src', 'packages/contract/src', 'apps/server/src', 'apps/web/src']

/** Every TypeScript file of the product, relative to the repository. */
export function sourceFiles(): string[] {
  const files: string[] = []
  const visit = (entry: string): void => {
    if (statSync(path.join(repository, entry)).isDirectory()) {
      if (/(^|\/)(generated|node_modules|dist)$/.test(entry)) return
      for (const name of readdirSync(path.join(repository, entry))) visit(path.join(entry, name))
    } else if (/\.tsx?$/.test(entry)) files.push(entry)
  }
  for (const root of roots) if (existsSync(path.join(repository, root))) visit(root)
  return files.sort()
}

/** Matches `import … from 'x'`, `export … from 'x'`, `import 'x'` and `import('x')`; type imports are told apart. */
const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]\s*\)/g

export interface Import {
  readonly from: string
  /** A file of the repository, or the name of a package. */
  readonly to: string
  readonly typeOnly: boolean
}

const workspace: Readonly<Record<string, string>> = {
  '@millrace/engine': 'packages/engine/src/index.ts',
  '@millrace/engine/runtime': 'packages/engine/src/runtime.ts',
  '@millrace/engine/testing': 'packages/engine/src/testing/index.ts',
  '@millrace/contract': 'packages/contract/src/index.ts',
}

export function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(repository, file), 'utf8')
  return [...text.matchAll(importPattern)].map((match) => {
    const specifier = match[2] ?? match[3] ?? ''
    const to = specifier.startsWith('.')
      ? path.normalize(path.join(path.dirname(file), specifier))
      : (workspace[specifier] ?? specifier)
    return { from: file, to, typeOnly: match[1] !== undefined }
  })
}

/** Layers of the engine: a folder may import itself and those before it. */
const engineLayers = [
  'model',
  'golden',
  'problems',
  'sql',
  'spec',
  'connectors',
  'operators',
  'graph',
  'plan',
  'run',
] as const

const engine = 'packages/engine/src/'
const folderIn = (root: string, file: string): string | undefined =>
  file.startsWith(root) ? file.slice(root.length).split('/')[0] : undefined

/** Why an import is not allowed, or undefined. Tests may look everywhere. */
export function violation({ from, to, typeOnly }: Import): string | undefined {
  if (/\.test\.tsx?$/.test(from) || /\/testing\//.test(from)) return undefined
  const own = folderIn(engine, from)
  const theirs = folderIn(engine, to)
  if (own !== undefined) {
    if (to.startsWith('apps/') || to.startsWith('packages/contract'))
      return 'the engine knows no server, no web, no contract'
    const [ownLayer, theirLayer] = [own, theirs].map((name) =>
      engineLayers.indexOf(name as (typeof engineLayers)[number]),
    )
    if (ownLayer !== undefined && theirLayer !== undefined && ownLayer >= 0 && theirLayer > ownLayer)
      return `engine/${own} must not import engine/${theirs}`
  }
  if (from.startsWith('packages/contract') && to.startsWith('apps/')) return 'the contract knows no app'
  if (from.startsWith('apps/web')) return webViolation(from, to)
  if (from.startsWith('apps/server')) return serverViolation(from, to, typeOnly)
  return undefined
}

function webViolation(from: string, to: string): string | undefined {
  if (to.startsWith('apps/server') || to.startsWith(`${engine}runtime`))
    return 'the web app runs in a browser'
  if (to.startsWith(engine) && to !== `${engine}index.ts`)
    return 'the web app uses the engine by its browser-safe entry'
  const [own, theirs] = [from, to].map((file) => folderIn('apps/web/src/features/', file))
  return own !== undefined && theirs !== undefined && own !== theirs
    ? `feature ${own} must not import feature ${theirs}`
    : undefined
}

function serverViolation(from: string, to: string, typeOnly: boolean): string | undefined {
  if (to.startsWith('apps/web')) return 'the server knows no web app'
  if (to.startsWith('@duckdb')) return 'the server never loads DuckDB'
  const [own, theirs] = [from, to].map((file) => /^apps\/server\/src\/([^/]+)\//.exec(file)?.[1])
  const isForeignInside =
    own !== undefined && theirs !== undefined && own !== theirs && /\/(repository|routes)\.ts$/.test(to)
  if (isForeignInside && !typeOnly) return `${own} meets ${theirs} only through its service`
  if (/\/routes\.ts$/.test(from) && /\/repository\.ts$/.test(to)) return 'routes → service → repository'
  return undefined
}

/** Circles of imports that are needed at run time, each as the list of its files. */
export function cycles(imports: readonly Import[]): string[][] {
  const graph = Map.groupBy(
    imports.filter((entry) => !entry.typeOnly && existsSync(path.join(repository, entry.to))),
    (entry) => entry.from,
  )
  const found: string[][] = []
  const state = new Map<string, 'open' | 'done'>()
  const visit = (file: string, trail: string[]): void => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      found.push([...trail.slice(trail.indexOf(file)), file])
      return
    }
    state.set(file, 'open')
    for (const { to } of graph.get(file) ?? []) visit(to, [...trail, file])
    state.set(file, 'done')
  }
  for (const file of graph.keys()) visit(file, [])
  return found
}
